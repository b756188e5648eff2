//! What the forge remembers of each request, without any secret.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Context, SHA256};

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRequest {
    /// The `X-Request-Id` of the answer.
    pub id: String,
    /// The method, upper case.
    pub method: String,
    /// The raw path, percent-encoding untouched.
    pub path: String,
    /// The raw query; values of parameters that carry credentials read `[redacted]`.
    pub query: Option<String>,
    /// Every credential that the request carried.
    pub credentials: Vec<SeenCredential>,
    /// The user the forge took the request to come from.
    pub user: Option<String>,
    /// The names of all headers, lower case, in order of arrival; a header sent twice is there twice.
    pub headers: Vec<String>,
    /// Length and digest of the body as far as it was read.
    pub body: BodyDigest,
    /// The GraphQL operations that it held, as far as they could be read.
    pub graphql: Vec<SeenOperation>,
}

impl SeenRequest {
    /// Whether a header of this name arrived.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.eq_ignore_ascii_case(name))
    }
}

/// A GraphQL operation that was executed, or refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOperation {
    /// Whether it is a mutation.
    pub mutation: bool,
    /// The names of its fields at the root, in order; aliases don't hide them.
    pub fields: Vec<String>,
}

/// A credential by the place where it was found, and whose it is; never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCredential {
    /// Where it stood, such as `Authorization: Bearer` or `query private_token`.
    pub carrier: String,
    /// The user whose native token it is; absent when the forge does not know the token.
    pub owner: Option<String>,
}

/// Length and SHA-256 of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyDigest {
    /// How many bytes were read.
    pub bytes: u64,
    /// Their SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

impl BodyDigest {
    /// The digest of a body held in memory.
    pub(crate) fn of(body: &[u8]) -> Self {
        Self { bytes: body.len() as u64, sha256: hex(ring::digest::digest(&SHA256, body).as_ref()) }
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
        text
    })
}

type Slot = Arc<Mutex<SeenRequest>>;

/// The requests seen so far, up to a bound.
#[derive(Debug)]
pub(crate) struct Recorder {
    capacity: usize,
    seen: Mutex<VecDeque<Slot>>,
}

impl Recorder {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, seen: Mutex::default() }
    }

    /// Remembers a request and hands back the meter for its body.
    pub(crate) fn remember(&self, request: SeenRequest) -> BodyMeter {
        let slot = Arc::new(Mutex::new(request));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= self.capacity {
            seen.pop_front();
        }
        if self.capacity > 0 {
            seen.push_back(Arc::clone(&slot));
        }
        BodyMeter { measure: Measure::default(), slot }
    }

    /// Changes what is remembered of the request of this id.
    pub(crate) fn amend(&self, id: &str, change: impl FnOnce(&mut SeenRequest)) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut slots = seen.iter().rev().map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(mut found) = slots.find(|request| request.id == id) {
            change(&mut found);
        }
    }

    pub(crate) fn all(&self) -> Vec<SeenRequest> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).clone()).collect()
    }

    pub(crate) fn clear(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Measures a body while it passes; what it found is noted when the body ends or is given up.
pub(crate) struct BodyMeter {
    measure: Measure,
    slot: Slot,
}

impl BodyMeter {
    pub(crate) fn count(&mut self, chunk: &[u8]) {
        self.measure.count(chunk);
    }
}

impl Drop for BodyMeter {
    fn drop(&mut self) {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).body = self.measure.digest();
    }
}

/// The length and digest of what was counted so far.
pub(crate) struct Measure {
    context: Context,
    bytes: u64,
}

impl Default for Measure {
    fn default() -> Self {
        Self { context: Context::new(&SHA256), bytes: 0 }
    }
}

impl Measure {
    pub(crate) fn count(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        self.context.update(chunk);
    }

    pub(crate) fn digest(&self) -> BodyDigest {
        BodyDigest { bytes: self.bytes, sha256: hex(self.context.clone().finish().as_ref()) }
    }
}
