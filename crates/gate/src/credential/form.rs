//! A credential in a form's body: GitLab reads `private_token` there before any header.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};

use super::{By, Presented, by_name, judge};
use crate::body;
use crate::classify::content::{Content, content};
use crate::core::Core;
use crate::receive::query::{self, CREDENTIALS, base_name};
use crate::receive::{Payload, Received, Violation};
use crate::refusal::Refusal;

/// Reads a form and takes its credential out.
pub(super) async fn take(core: &Core, received: &mut Received) -> Result<Presented, Refusal> {
    if content(&received.head)? != Content::Form {
        return Ok(Presented::Nothing);
    }
    let text = match std::mem::replace(&mut received.body, Payload::Empty) {
        Payload::Empty => return Ok(Presented::Nothing),
        Payload::Whole(bytes) => bytes,
        Payload::Unread(incoming) => body::read(incoming, core.config.limits.request_body).await?,
    };
    let (rest, credential) = split(&text)?;
    received.head.headers.insert(CONTENT_LENGTH, HeaderValue::from(rest.len()));
    received.body = Payload::Whole(rest);
    match credential {
        Some((credential, by)) => judge(&credential, by, &core.config.prefixes),
        None => Ok(Presented::Nothing),
    }
}

/// The form without its credential, and the credential.
fn split(body: &Bytes) -> Result<(Bytes, Option<(String, By)>), Violation> {
    let text = std::str::from_utf8(body).map_err(|_| Violation::InvalidBody)?;
    let mut kept = Vec::new();
    let mut found = None;
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = query::decode(name)?;
        if !CREDENTIALS.contains(&base_name(&name)) {
            kept.push(pair);
        } else if found.replace((query::decode(value)?.into_owned(), by_name(&name))).is_some() {
            return Err(Violation::RepeatedParameter);
        }
    }
    match found {
        None => Ok((body.clone(), None)),
        found => Ok((Bytes::from(kept.join("&")), found)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_is_taken_out() {
        let split = |text: &'static str| split(&Bytes::from_static(text.as_bytes()));
        assert_eq!(split("a=1&b=2").unwrap(), (Bytes::from_static(b"a=1&b=2"), None));
        let (rest, found) = split("a=1&private%5Ftoken=x%2By&b=2").unwrap();
        assert_eq!((&rest[..], found), (&b"a=1&b=2"[..], Some(("x+y".to_owned(), By::Access))));
        assert_eq!(split("private_token=a&[private_token]=b"), Err(Violation::RepeatedParameter));
        assert_eq!(split("a=%zz&private_token=x").map(|_| ()), Ok(()));
    }
}
