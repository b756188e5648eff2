//! What git is told of a refused push: `! [remote rejected] main -> main (…)` for each ref.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response};
use narrowgate_policy::Denial;

use super::Commands;
use crate::body::ResponseBody;

/// Bytes of one packet of a side band; the least that clients with any side band take.
const PACKET: usize = 990;

/// A push that touches a ref it may not touch.
#[derive(Clone, Debug)]
pub(crate) struct RefusedPush {
    /// The denial, of the first such ref.
    pub(crate) denial: Denial,
    /// Each ref and whether the token may touch it.
    refs: Vec<(Box<[u8]>, bool)>,
    /// Whether the client reads a report.
    pub(crate) is_reported: bool,
    has_bands: bool,
}

impl RefusedPush {
    pub(super) fn new(denial: Denial, commands: &Commands, allowed: impl Fn(&[u8]) -> bool) -> Self {
        let is_reported = commands.has("report-status") || commands.has("report-status-v2");
        let has_bands = commands.has("side-band-64k") || commands.has("side-band");
        let refs = commands.names().map(|name| (name.into(), allowed(name))).collect();
        Self { denial, refs, is_reported, has_bands }
    }

    /// The answer in the protocol of `git push`.
    pub(crate) fn into_response(self, message: &str, request_id: &str) -> Response<ResponseBody> {
        let report = self.report();
        let body = if self.has_bands {
            let mut body = Vec::new();
            let text =
                format!("{message}\nnarrowgate: {}, request {request_id}\n", self.denial.reason.as_str());
            band(&mut body, 2, text.as_bytes());
            band(&mut body, 1, &report);
            body.extend_from_slice(b"0000");
            body
        } else {
            report
        };
        let mut response = Response::new(ResponseBody::Whole(Bytes::from(body)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-git-receive-pack-result"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    /// A push is refused as a whole: nothing of it was forwarded.
    fn report(&self) -> Vec<u8> {
        let mut report = Vec::new();
        packet(&mut report, b"unpack ok\n");
        for (name, is_allowed) in &self.refs {
            let why: &[u8] = if *is_allowed {
                b"another ref of this push is not allowed"
            } else {
                b"the token may not push to this ref"
            };
            packet(&mut report, &[b"ng ", &**name, b" ", why, b"\n"].concat());
        }
        report.extend_from_slice(b"0000");
        report
    }
}

fn band(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    for piece in bytes.chunks(PACKET) {
        packet(out, &[&[number], piece].concat());
    }
}

fn packet(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(format!("{:04x}", bytes.len() + 4).as_bytes());
    out.extend_from_slice(bytes);
}
