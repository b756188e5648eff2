//! Persistence: connections, tokens, grants, the change log and the audit log.
