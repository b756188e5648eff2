//! Ids of requests.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::HeaderValue;

/// An id that appears in the response, the log, the audit log and at the instance.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The id as a header's value.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.0.as_bytes())
    }
}

/// Makes ids: a number for this process and its start, and a counter. Unique, not secret.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// `started_at` keeps the ids of one process apart from those of the next.
    pub(crate) fn new(started_at: i64) -> Self {
        let process = std::collections::hash_map::RandomState::new().hash_one(started_at);
        Self { process, next: AtomicU64::new(0) }
    }

    pub(crate) fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut text = [0_u8; 26];
        let (process, counter) = text.split_at_mut(16);
        hexadecimal(self.process, process);
        hexadecimal(number, counter);
        let value = HeaderValue::from_maybe_shared(Bytes::copy_from_slice(&text));
        RequestId(value.unwrap_or_else(|_| HeaderValue::from_static("")))
    }
}

fn hexadecimal(mut number: u64, out: &mut [u8]) {
    for place in out.iter_mut().rev() {
        let digit = (number & 15) as u8;
        *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        number >>= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ() {
        let ids = RequestIds::new(0);
        let (one, two) = (ids.next(), ids.next());
        assert_eq!(one.as_str().len(), 26);
        assert_ne!(one.as_str(), two.as_str());
        assert_eq!(one.as_str()[..16], two.as_str()[..16]);
    }
}
