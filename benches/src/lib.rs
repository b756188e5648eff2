//! Figures beside peers.
