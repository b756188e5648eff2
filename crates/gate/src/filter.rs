//! Step 8: cuts fields out of the answer that the token's grants don't cover.

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, ETAG, HeaderMap, HeaderValue};
use http_body::Body;
use serde_json::Value;

use crate::body::ResponseBody;
use crate::core::Core;
use crate::decide::Withheld;
use crate::refusal::{Failure, Refusal};

/// Removes the withheld fields. An answer that can't be read is not passed on.
///
/// # Errors
///
/// [`Failure::Unreadable`].
pub(crate) async fn withhold(
    core: &Core,
    response: Response<ResponseBody>,
    withheld: &Withheld,
) -> Result<Response<ResponseBody>, Refusal> {
    if !response.status().is_success() || response.body().is_end_stream() {
        return Ok(response);
    }
    let (mut head, body) = response.into_parts();
    let bytes = whole(core, &head.headers, body).await?;
    let cut = cut(&bytes, withheld).ok_or(Failure::Unreadable)?;
    // The tag names another body.
    head.headers.remove(ETAG);
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(cut.len()));
    Ok(Response::from_parts(head, ResponseBody::Whole(cut)))
}

/// The instance's body as a whole, uncompressed and within the limit.
///
/// # Errors
///
/// [`Failure::Unreadable`], and what can break a body off.
pub(crate) async fn whole(core: &Core, headers: &HeaderMap, body: ResponseBody) -> Result<Bytes, Refusal> {
    whole_within(core.config.limits.response_body, headers, body).await
}

/// As [`whole`], within another limit.
///
/// # Errors
///
/// As [`whole`].
pub(crate) async fn whole_within(
    limit: usize,
    headers: &HeaderMap,
    body: ResponseBody,
) -> Result<Bytes, Refusal> {
    let is_plain = headers.get(CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    if !is_plain {
        return Err(Failure::Unreadable.into());
    }
    let mut body = std::pin::pin!(body);
    let mut whole = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let data = frame.map_err(|_| Failure::Unreachable)?.into_data().unwrap_or_default();
        if whole.len() + data.len() > limit {
            return Err(Failure::Unreadable.into());
        }
        whole.extend_from_slice(&data);
    }
    Ok(Bytes::from(whole))
}

fn cut(bytes: &[u8], withheld: &Withheld) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(bytes).ok()?;
    match &mut answer {
        Value::Array(items) => items.iter_mut().for_each(|item| cut_object(item, withheld)),
        object => cut_object(object, withheld),
    }
    serde_json::to_vec(&answer).ok().map(Bytes::from)
}

fn cut_object(value: &mut Value, withheld: &Withheld) {
    if let Value::Object(object) = value {
        object.retain(|name, _| !withheld.contains(&name.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    #[test]
    fn fields_are_cut_out_of_objects_and_lists() {
        let withheld: Withheld = smallvec!["runners_token"];
        for (before, after) in [
            (r#"{"id":1,"runners_token":"x"}"#, Some(r#"{"id":1}"#)),
            (r#"[{"runners_token":"x"},{"id":2}]"#, Some(r#"[{},{"id":2}]"#)),
            (r#"{"id":1}"#, Some(r#"{"id":1}"#)),
            ("<html>", None),
        ] {
            let cut = cut(before.as_bytes(), &withheld);
            assert_eq!(cut.as_deref(), after.map(str::as_bytes), "{before}");
        }
    }
}
