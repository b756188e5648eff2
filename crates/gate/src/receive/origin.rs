//! Where a request really came from, behind proxies that are trusted to say so.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address: that of the connection or, where a trusted proxy made it, the last that no trusted proxy has.
///
/// What stands further to the left was written by the client, who can write anything.
pub(crate) fn address(connection: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = connection.to_canonical();
    if !is_trusted(address, trusted) {
        return address;
    }
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    for entry in values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')) {
        let Some(named) = parse(entry) else { break };
        address = named;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    address
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|range| range.contains(&address))
}

/// An address, with or without a port; IPv6 also in brackets.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None if text.matches(':').count() == 1 => text.split_once(':')?.0,
        None => text,
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn found(connection: &str, lines: &[&'static str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"].iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        address(connection.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn the_last_untrusted_address_counts() {
        assert_eq!(found("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("::ffff:10.0.0.1", &["192.0.2.1, 198.51.100.1,10.2.3.4"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["192.0.2.1", "198.51.100.1", "10.2.3.4"]), "198.51.100.1");
        assert_eq!(found("fd00::1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(found("10.0.0.1", &["198.51.100.1:8080"]), "198.51.100.1");
    }

    #[test]
    fn nonsense_ends_the_search_at_the_proxy() {
        assert_eq!(found("10.0.0.1", &["192.0.2.1, unknown"]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["192.0.2.1, unknown, 10.9.9.9"]), "10.9.9.9");
        assert_eq!(found("10.0.0.1", &["192.0.2.1,"]), "10.0.0.1");
    }
}
