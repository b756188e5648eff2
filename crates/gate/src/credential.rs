//! Step 2: finds the one credential of a request.

mod form;
pub(crate) mod strip;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use http::request::Parts;
use narrowgate_policy::Reason;
use narrowgate_secret::{ParseTokenError, Prefixes, TokenDigest};
use secrecy::SecretString;
use smallvec::SmallVec;

use crate::core::Core;
use crate::receive::query::{self, CREDENTIALS, base_name};
use crate::receive::{Received, Violation};
use crate::refusal::Refusal;

/// Headers that carry nothing but a token.
pub(crate) const TOKEN_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("private-token"),
    HeaderName::from_static("job-token"),
    HeaderName::from_static("deploy-token"),
];

/// What came as a credential.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    /// Nothing.
    Nothing,
    /// A well-formed token of Narrowgate's.
    Ours(TokenDigest),
    /// Something that Narrowgate did not issue.
    Foreign(TokenDigest, SecretString),
}

/// Finds the credential in headers, query and, failing these, in a form body.
///
/// # Errors
///
/// Two different ones, one that is malformed, `Sudo`, or a form that can't be read.
pub(crate) async fn take(core: &Core, received: &mut Received) -> Result<Presented, Refusal> {
    refuse_sudo(&received.head)?;
    let presented = in_head(&received.head, &core.config.prefixes)?;
    match presented {
        Presented::Nothing => form::take(core, received).await,
        presented => Ok(presented),
    }
}

/// Finds the credential in headers and query.
///
/// # Errors
///
/// As [`take`].
pub(crate) fn in_head(head: &Parts, prefixes: &Prefixes) -> Result<Presented, Refusal> {
    let mut found: SmallVec<[Cow<'_, str>; 2]> = SmallVec::new();
    if let Some(value) = single(&head.headers, &AUTHORIZATION)? {
        found.push(authorization(value)?);
    }
    for name in &TOKEN_HEADERS {
        if let Some(value) = single(&head.headers, name)? {
            found.push(Cow::Borrowed(value));
        }
    }
    if let Some(query) = head.uri.query() {
        in_query(query, &mut found)?;
    }
    one(&found, prefixes)
}

/// All carriers may repeat one credential; two different ones are refused.
fn one(found: &[Cow<'_, str>], prefixes: &Prefixes) -> Result<Presented, Refusal> {
    let Some((first, others)) = found.split_first() else {
        return Ok(Presented::Nothing);
    };
    if others.iter().any(|other| other != first) {
        return Err(Refusal::reason(Reason::TwoCredentials));
    }
    judge(first, prefixes)
}

/// Tells a Narrowgate token from others.
///
/// # Errors
///
/// A text that claims to be Narrowgate's and is not well formed.
fn judge(text: &str, prefixes: &Prefixes) -> Result<Presented, Refusal> {
    match TokenDigest::parse(text, prefixes) {
        Ok(digest) => Ok(Presented::Ours(digest)),
        Err(ParseTokenError::NotOurs) if !text.is_empty() => {
            Ok(Presented::Foreign(TokenDigest::of(text), SecretString::from(text)))
        }
        Err(_) => Err(Refusal::reason(Reason::Malformed)),
    }
}

/// The value of a header. It may be repeated: git-lfs sends `Authorization` once for `http.extraHeader` and once more for
/// the batch's answer. Another value beside it is another credential.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.any(|other| other != value) {
        return Err(Refusal::reason(Reason::TwoCredentials));
    }
    value.to_str().map(|text| Some(text.trim())).map_err(|_| Refusal::reason(Reason::Malformed))
}

/// The token of `Bearer`, or the password of `Basic`, whose user name counts for nothing.
fn authorization(value: &str) -> Result<Cow<'_, str>, Refusal> {
    let malformed = || Refusal::reason(Reason::Malformed);
    let (scheme, rest) = value.split_once(' ').ok_or_else(malformed)?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Cow::Borrowed(rest));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let bytes = STANDARD.decode(rest).map_err(|_| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    let (_, password) = text.split_once(':').ok_or_else(malformed)?;
    Ok(Cow::Owned(password.to_owned()))
}

fn in_query<'q>(text: &'q str, found: &mut SmallVec<[Cow<'q, str>; 2]>) -> Result<(), Refusal> {
    for (name, value) in query::pairs(text) {
        if CREDENTIALS.contains(&base_name(&query::decode(name)?)) {
            found.push(query::decode(value)?);
        }
    }
    Ok(())
}

/// Dropping `Sudo` would change whom the request acts as: it is refused instead.
fn refuse_sudo(head: &Parts) -> Result<(), Refusal> {
    let in_header = head.headers.contains_key("sudo");
    let in_query = head.uri.query().is_some_and(|text| has_sudo(text).unwrap_or(true));
    if in_header || in_query { Err(Refusal::Sudo) } else { Ok(()) }
}

fn has_sudo(text: &str) -> Result<bool, Violation> {
    for (name, _) in query::pairs(text) {
        if base_name(&query::decode(name)?) == "sudo" {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
