//! What a token demands of the request besides its privileges. GitLab has none of this.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::{Micros, RefPattern};

/// The conditions of one token; what is empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// From when on it works, that moment included.
    pub not_before: Option<Micros>,
    /// The addresses that it may be used from; any if empty.
    pub addresses: AddressRanges,
    /// The refs that it may push to; any if empty.
    pub push_refs: Vec<RefPattern>,
}

impl Conditions {
    /// Whether nothing is demanded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether these admit every address and every ref that `narrower` admits. When a token begins to work is no part of
    /// it: who makes one works already.
    #[must_use]
    pub fn include(&self, narrower: &Self) -> bool {
        let within = |wanted: &RefPattern| self.push_refs.iter().any(|own| own.includes(wanted));
        let refs = self.push_refs.is_empty()
            || (!narrower.push_refs.is_empty() && narrower.push_refs.iter().all(within));
        refs && self.addresses.include(&narrower.addresses)
    }

    /// Whether a push may touch this ref, given by its full name.
    #[must_use]
    pub fn allow_ref(&self, name: &[u8]) -> bool {
        self.push_refs.is_empty() || self.push_refs.iter().any(|pattern| pattern.matches(name))
    }
}

/// Ranges of addresses. An IPv4 address is the same in its IPv6 form (`::ffff:10.0.0.1`), in ranges and in requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRanges(Vec<IpNet>);

impl AddressRanges {
    /// The ranges as given, in any order.
    #[must_use]
    pub fn new(ranges: &[IpNet]) -> Self {
        Self(IpNet::aggregate(&ranges.iter().copied().map(canonical).collect()))
    }

    /// Whether no range is given, so that any address will do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address may use the token.
    #[must_use]
    pub fn allow(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.is_empty() || self.0.iter().any(|range| range.contains(&address))
    }

    /// Whether these ranges allow every address that `narrower` allows.
    #[must_use]
    pub fn include(&self, narrower: &Self) -> bool {
        // Ranges are aggregated: what several of them cover together, one covers alone.
        let within = |range: &IpNet| self.0.iter().any(|own| own.contains(range));
        self.0.is_empty() || (!narrower.0.is_empty() && narrower.0.iter().all(within))
    }
}

impl FromIterator<IpNet> for AddressRanges {
    fn from_iter<T: IntoIterator<Item = IpNet>>(ranges: T) -> Self {
        Self::new(&ranges.into_iter().collect::<Vec<_>>())
    }
}

/// A range of IPv4 addresses in IPv6 form as what it is.
fn canonical(range: IpNet) -> IpNet {
    match (range.network().to_canonical(), range.prefix_len().checked_sub(96)) {
        (IpAddr::V4(network), Some(length)) if matches!(range, IpNet::V6(_)) => {
            Ipv4Net::new(network, length).map_or(range, IpNet::V4)
        }
        _ => range.trunc(),
    }
}
