//! Reporting what was found to a running Narrowgate.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use narrowgate_scan::{Finding, Report};
use serde_json::{Value, json};
use url::{Host, Url};

use super::revoke::{Fate, Fates, ours};

/// Where reports go.
const LEAKS: &str = "api/narrowgate/v1/leaks";
/// How many tokens one report names at most.
const PER_REPORT: usize = 100;
const TIMEOUT: Duration = Duration::from_secs(30);

/// The URL that reports go to, given that or Narrowgate's own.
///
/// # Errors
/// When tokens would travel in the clear to another machine.
pub(super) fn endpoint(url: &Url) -> Result<Url> {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        bail!("tokens are reported over https only, or to this machine");
    }
    let mut url = url.clone();
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with(LEAKS) {
        url.set_path(&format!("{path}/{LEAKS}"));
    }
    Ok(url)
}

/// Reports Narrowgate's tokens among the findings, in the form of GitHub's scanner.
///
/// # Errors
/// When a report can't be sent, or isn't taken.
pub(super) async fn send(report: &Report, endpoint: &Url) -> Result<Fates> {
    let mut fates = Fates::default();
    let found: Vec<&Finding> = ours(report).collect();
    if found.is_empty() {
        return Ok(fates);
    }
    let redirect = reqwest::redirect::Policy::none();
    // Whoever installed a provider first did as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().timeout(TIMEOUT).redirect(redirect).build()?;
    for packet in found.chunks(PER_REPORT) {
        let body: Vec<Value> = packet.iter().map(|found| entry(found)).collect();
        let response = http
            .post(endpoint.clone())
            .json(&body)
            .send()
            .await
            .with_context(|| format!("cannot report to {endpoint}"))?;
        if !response.status().is_success() {
            bail!("{endpoint} did not take the report: {}", response.status());
        }
        for found in packet {
            fates.set(found.digest, Fate::Reported);
        }
    }
    Ok(fates)
}

fn entry(found: &Finding) -> Value {
    json!({
        "token": found.expose(),
        "type": found.kind.as_str(),
        "url": format!("{}:{}", found.origin, found.position.line),
        "source": if found.origin.history.is_some() { "commit" } else { "content" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(text: &str) -> Result<String> {
        endpoint(&text.parse().unwrap()).map(String::from)
    }

    #[test]
    fn endpoint_is_completed() {
        let expected = "https://gate.example.com/git/api/narrowgate/v1/leaks";
        assert_eq!(to("https://gate.example.com/git/").unwrap(), expected);
        assert_eq!(to(expected).unwrap(), expected);
    }

    #[test]
    fn tokens_do_not_travel_in_the_clear() {
        for here in ["http://localhost:8080", "http://127.0.0.2", "http://[::1]:1"] {
            assert!(to(here).is_ok(), "{here}");
        }
        for there in ["http://gate.example.com", "http://10.0.0.1", "ftp://localhost"] {
            assert!(to(there).is_err(), "{there}");
        }
    }
}
