//! What a body is, as GitLab would parse it.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;

use crate::receive::Violation;

/// The kinds of body that GitLab takes parameters from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// `application/x-www-form-urlencoded`, or a POST without a type, which Rack takes for one.
    Form,
    /// `multipart/*`.
    Multipart,
    /// `application/json`.
    Json,
    /// Anything else: no parameters.
    Opaque,
}

/// The kind of a request's body.
///
/// # Errors
///
/// A type that two parsers could read differently, and a coding on a body that GitLab would parse.
pub(crate) fn content(head: &Parts) -> Result<Content, Violation> {
    let content = kind(head)?;
    if content != Content::Opaque && head.headers.contains_key(CONTENT_ENCODING) {
        return Err(Violation::EncodedBody);
    }
    Ok(content)
}

fn kind(head: &Parts) -> Result<Content, Violation> {
    let Some(value) = head.headers.get(CONTENT_TYPE) else {
        return Ok(if head.method == http::Method::POST { Content::Form } else { Content::Opaque });
    };
    let text = value.to_str().map_err(|_| Violation::InvalidHeader)?;
    let media = text.split(';').next().unwrap_or_default().trim();
    if media.contains([',', ' ', '\t']) {
        return Err(Violation::InvalidHeader);
    }
    Ok(of_media(media))
}

fn of_media(media: &str) -> Content {
    let is = |known: &str| media.eq_ignore_ascii_case(known);
    if is("application/json") || has_suffix(media, "+json") && !is("application/vnd.git-lfs+json") {
        Content::Json
    } else if is("application/x-www-form-urlencoded") || media.is_empty() {
        Content::Form
    } else if media.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/")) {
        Content::Multipart
    } else {
        Content::Opaque
    }
}

fn has_suffix(media: &str, suffix: &str) -> bool {
    let start = media.len().saturating_sub(suffix.len());
    media.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn of(method: &str, content_type: Option<&str>) -> Result<Content, Violation> {
        let mut request = Request::builder().method(method);
        if let Some(value) = content_type {
            request = request.header(CONTENT_TYPE, value);
        }
        content(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn kinds_are_told_apart_as_rack_does() {
        use Content::*;
        for (method, content_type, expected) in [
            ("POST", None, Ok(Form)),
            ("POST", Some(""), Ok(Form)),
            ("PUT", None, Ok(Opaque)),
            ("PUT", Some("application/x-www-form-urlencoded; charset=utf-8"), Ok(Form)),
            ("POST", Some("Application/JSON"), Ok(Json)),
            ("POST", Some("application/json;charset=utf-8"), Ok(Json)),
            ("POST", Some("Multipart/Form-Data; boundary=x"), Ok(Multipart)),
            ("POST", Some("multipart/mixed; boundary=x"), Ok(Multipart)),
            ("POST", Some("application/x-git-upload-pack-request"), Ok(Opaque)),
            ("POST", Some("application/vnd.git-lfs+json"), Ok(Opaque)),
            ("POST", Some("text/plain, application/json"), Err(Violation::InvalidHeader)),
        ] {
            assert_eq!(of(method, content_type), expected, "{method} {content_type:?}");
        }
    }
}
