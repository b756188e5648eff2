//! How many reports are taken.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use narrowgate_store::time::Timestamp;

const MINUTE: i64 = 60_000_000;
/// How many addresses are counted at once; beyond that only the common limit holds.
const MOST_ADDRESSES: usize = 10_000;

/// Counts reports by address in windows of a minute.
pub(crate) struct Limiter {
    each: u32,
    all: u32,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    minute: i64,
    all: u32,
    by_address: HashMap<IpAddr, u32>,
}

impl Limiter {
    pub(crate) fn new(each: u32, all: u32) -> Self {
        Self { each, all, window: Mutex::new(Window::default()) }
    }

    /// Counts one report.
    ///
    /// # Errors
    /// After how many seconds to come back, when there were too many.
    pub(super) fn admit(&self, address: IpAddr, now: Timestamp) -> Result<(), u64> {
        // Whatever a panic left behind is a count, at most one too low.
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.0.div_euclid(MINUTE);
        if window.minute != minute {
            *window = Window { minute, ..Window::default() };
        }
        let wait = (MINUTE - now.0.rem_euclid(MINUTE)).unsigned_abs().div_ceil(1_000_000);
        let address = network(address);
        let is_known = window.by_address.contains_key(&address);
        let own = window.by_address.get(&address).copied().unwrap_or_default();
        if window.all >= self.all || own >= self.each {
            return Err(wait);
        }
        window.all += 1;
        if is_known || window.by_address.len() < MOST_ADDRESSES {
            window.by_address.insert(address, own + 1);
        }
        Ok(())
    }
}

/// One host has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_network_and_begins_anew_each_minute() {
        let limiter = Limiter::new(2, 3);
        let at = |text: &str, now| limiter.admit(text.parse().unwrap(), Timestamp(now));
        assert_eq!(at("2001:db8::1", 0), Ok(()));
        assert_eq!(at("2001:db8::2", 1), Ok(()));
        assert_eq!(at("2001:db8::3", 45_000_000), Err(15), "the same /64");
        assert_eq!(at("192.0.2.1", 2), Ok(()));
        assert_eq!(at("192.0.2.2", 3), Err(60), "the common limit");
        assert_eq!(at("2001:db8::1", MINUTE), Ok(()));
    }
}
