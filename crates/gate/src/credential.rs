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
use crate::receive::Received;
use crate::receive::query::{self, CREDENTIALS, base_name};
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
    Foreign(Foreign),
}

/// A credential that Narrowgate did not issue.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    /// Its digest.
    pub(crate) digest: TokenDigest,
    /// Its text.
    pub(crate) text: SecretString,
    /// Whether it came as a job's token.
    pub(crate) is_job: bool,
}

/// What a carrier takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Tokens of any kind.
    Any,
    /// Tokens of users, projects and groups.
    Access,
    /// Tokens of jobs.
    Job,
}

/// The user name that jobs give with their token.
const JOB_USER: &str = "gitlab-ci-token";

/// GitLab's own prefix of job tokens.
const NATIVE_JOB: &str = "glcbt-";

type Found<'a> = SmallVec<[(Cow<'a, str>, By); 2]>;

/// Finds the credential in headers, query and, failing these, in a form body.
///
/// # Errors
///
/// Two different ones, one that is malformed, or a form that can't be read.
pub(crate) async fn take(core: &Core, received: &mut Received) -> Result<Presented, Refusal> {
    let presented = in_head(&received.head, &core.config.prefixes)?;
    match presented {
        Presented::Nothing => Box::pin(form::take(core, received)).await,
        presented => Ok(presented),
    }
}

/// Finds the credential in headers and query.
///
/// # Errors
///
/// As [`take`].
pub(crate) fn in_head(head: &Parts, prefixes: &Prefixes) -> Result<Presented, Refusal> {
    let mut found = Found::new();
    if let Some(value) = single(&head.headers, &AUTHORIZATION)? {
        found.push(authorization(value)?);
    }
    for name in &TOKEN_HEADERS {
        if let Some(value) = single(&head.headers, name)? {
            let by = if name == "job-token" { By::Job } else { By::Access };
            found.push((Cow::Borrowed(value), by));
        }
    }
    if let Some(query) = head.uri.query() {
        in_query(query, &mut found)?;
    }
    one(&found, prefixes)
}

/// All carriers may repeat one credential; two different ones are refused.
fn one(found: &[(Cow<'_, str>, By)], prefixes: &Prefixes) -> Result<Presented, Refusal> {
    let Some(((first, by), others)) = found.split_first() else {
        return Ok(Presented::Nothing);
    };
    if others.iter().any(|(other, _)| other != first) {
        return Err(Refusal::reason(Reason::TwoCredentials));
    }
    judge(first, *by, prefixes)
}

/// Tells a Narrowgate token from others.
///
/// # Errors
///
/// A text that claims to be Narrowgate's and is not well formed, and a job's token where GitLab looks for none.
fn judge(text: &str, by: By, prefixes: &Prefixes) -> Result<Presented, Refusal> {
    match TokenDigest::parse(text, prefixes) {
        Ok(_) if by == By::Access && text.starts_with(prefixes.job().as_str()) => {
            Err(Refusal::reason(Reason::Unknown))
        }
        Ok(digest) => Ok(Presented::Ours(digest)),
        Err(ParseTokenError::NotOurs) if !text.is_empty() => Ok(Presented::Foreign(Foreign {
            digest: TokenDigest::of(text),
            text: SecretString::from(text),
            is_job: by == By::Job || by == By::Any && text.starts_with(NATIVE_JOB),
        })),
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

/// The token of `Bearer`, or the password of `Basic`, whose user name only tells jobs.
fn authorization(value: &str) -> Result<(Cow<'_, str>, By), Refusal> {
    let malformed = || Refusal::reason(Reason::Malformed);
    let (scheme, rest) = value.split_once(' ').ok_or_else(malformed)?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok((Cow::Borrowed(rest), By::Any));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let bytes = STANDARD.decode(rest).map_err(|_| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    let (user, password) = text.split_once(':').ok_or_else(malformed)?;
    let by = if user == JOB_USER { By::Job } else { By::Access };
    Ok((Cow::Owned(password.to_owned()), by))
}

fn in_query<'q>(text: &'q str, found: &mut Found<'q>) -> Result<(), Refusal> {
    for (name, value) in query::pairs(text) {
        let name = query::decode(name)?;
        if CREDENTIALS.contains(&base_name(&name)) {
            found.push((query::decode(value)?, by_name(&name)));
        }
    }
    Ok(())
}

/// What a parameter takes.
fn by_name(name: &str) -> By {
    match base_name(name) {
        "job_token" => By::Job,
        "access_token" => By::Any,
        _ => By::Access,
    }
}

#[cfg(test)]
mod tests;
