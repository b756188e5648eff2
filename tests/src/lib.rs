//! End to end, with real clients.
