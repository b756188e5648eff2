//! What a token demands of requests besides its privileges.

use ipnet::IpNet;

use crate::time::Timestamp;

/// The conditions of a token; what is empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// From when on it works, that moment included.
    pub not_before: Option<Timestamp>,
    /// The addresses that it may be used from.
    pub addresses: Vec<IpNet>,
    /// Patterns of the refs that it may push to, such as `refs/heads/feature/*`.
    pub push_refs: Vec<String>,
}
