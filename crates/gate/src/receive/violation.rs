//! Why a request was refused before anything else looked at it.

use http::StatusCode;

/// One way in which two parsers could read a request differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Violation {
    /// `.` or `..` as a segment, raw or encoded.
    DotSegment,
    /// `//`, a trailing slash, or the same by encoded slashes.
    EmptySegment,
    /// A backslash, raw or encoded.
    Backslash,
    /// A `;` in the path or the query.
    Semicolon,
    /// NUL or another control character, raw or encoded.
    ControlCharacter,
    /// A character that a path or query can't carry unencoded.
    InvalidCharacter,
    /// `%` without two hexadecimal digits.
    InvalidEncoding,
    /// Percent-encoded bytes that are not UTF-8.
    InvalidUtf8,
    /// Text that would change again if it were decoded twice.
    DoubleEncoding,
    /// A letter, digit, `-` or `_` that was percent-encoded for no reason.
    EncodedUnreserved,
    /// `.json` at the end: the instance could cut it off and see another operation or container.
    FormatSuffix,
    /// `GET http://host/path`.
    AbsoluteForm,
    /// `CONNECT`, or user information in the authority.
    AuthorityForm,
    /// `OPTIONS *`.
    AsteriskForm,
    /// A fragment in the request target.
    Fragment,
    /// No `Host`.
    HostMissing,
    /// More than one `Host`, or one that differs from `:authority`.
    HostRepeated,
    /// A `Host` that is no host.
    HostInvalid,
    /// A path and query longer than the limit.
    TargetTooLong,
    /// More headers, or a longer head, than the limit.
    HeadTooLarge,
    /// A method that GitLab's API does not have.
    UnknownMethod,
    /// A parameter that must be unique appears twice.
    RepeatedParameter,
    /// Both `Content-Length` and `Transfer-Encoding`.
    ConflictingLength,
    /// Two `Content-Length` headers, or one that is no number.
    InvalidContentLength,
    /// A `Transfer-Encoding` other than `chunked`, or two of them.
    InvalidTransferEncoding,
    /// A header repeated that may appear once.
    RepeatedHeader,
    /// A header continued on the next line.
    FoldedHeader,
    /// A line that ends in a line feed without a carriage return, or the reverse.
    BareLineEnd,
    /// White space before a header's colon, or no header name.
    InvalidHeader,
    /// A request line that is not `METHOD target HTTP/1.x`.
    InvalidRequestLine,
    /// A chunk size that is not plain hexadecimal.
    InvalidChunk,
    /// The connection's requests could not be told apart.
    OutOfSync,
    /// A method override, by header or by `_method`.
    MethodOverride,
    /// A parameter that GitLab could read as the boundary, although the path names another.
    BoundaryParameter,
    /// A credential in a place where the gate can't take it out.
    CredentialInBody,
    /// A JSON object with one key twice.
    RepeatedKey,
    /// A body that does not parse as its content type says.
    InvalidBody,
    /// A body that has to be read whole and is longer than the limit.
    BodyTooLarge,
    /// The commands of a push can't be read, or are certified.
    InvalidPush,
    /// A content coding on a body that has to be read.
    EncodedBody,
    /// An `Expect` other than `100-continue`.
    UnknownExpectation,
    /// The client stopped sending its body.
    BodyTimeout,
    /// The client's body broke off.
    BodyAborted,
}

impl Violation {
    /// The word for logs, metrics and `narrowgate.detail`.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::DotSegment => "dot_segment",
            Self::EmptySegment => "empty_segment",
            Self::Backslash => "backslash",
            Self::Semicolon => "semicolon",
            Self::ControlCharacter => "control_character",
            Self::InvalidCharacter => "invalid_character",
            Self::InvalidEncoding => "invalid_encoding",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::DoubleEncoding => "double_encoding",
            Self::EncodedUnreserved => "encoded_unreserved",
            Self::FormatSuffix => "format_suffix",
            Self::AbsoluteForm => "absolute_form",
            Self::AuthorityForm => "authority_form",
            Self::AsteriskForm => "asterisk_form",
            Self::Fragment => "fragment",
            Self::HostMissing => "host_missing",
            Self::HostRepeated => "host_repeated",
            Self::HostInvalid => "host_invalid",
            Self::TargetTooLong => "target_too_long",
            Self::HeadTooLarge => "head_too_large",
            Self::UnknownMethod => "unknown_method",
            Self::RepeatedParameter => "repeated_parameter",
            Self::ConflictingLength => "conflicting_length",
            Self::InvalidContentLength => "invalid_content_length",
            Self::InvalidTransferEncoding => "invalid_transfer_encoding",
            Self::RepeatedHeader => "repeated_header",
            Self::FoldedHeader => "folded_header",
            Self::BareLineEnd => "bare_line_end",
            Self::InvalidHeader => "invalid_header",
            Self::InvalidRequestLine => "invalid_request_line",
            Self::InvalidChunk => "invalid_chunk",
            Self::OutOfSync => "out_of_sync",
            Self::MethodOverride => "method_override",
            Self::BoundaryParameter => "boundary_parameter",
            Self::CredentialInBody => "credential_in_body",
            Self::RepeatedKey => "repeated_key",
            Self::InvalidBody => "invalid_body",
            Self::BodyTooLarge => "body_too_large",
            Self::InvalidPush => "invalid_push",
            Self::EncodedBody => "encoded_body",
            Self::UnknownExpectation => "unknown_expectation",
            Self::BodyTimeout => "body_timeout",
            Self::BodyAborted => "body_aborted",
        }
    }

    /// What to tell the client.
    #[must_use]
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::DotSegment => "the path has a `.` or `..` segment",
            Self::EmptySegment => "the path has an empty segment",
            Self::Backslash => "the path or query has a backslash",
            Self::Semicolon => "the path or query has an unencoded `;`",
            Self::ControlCharacter => "the path or query has a control character",
            Self::InvalidCharacter => "the path or query has a character that must be percent-encoded",
            Self::InvalidEncoding => "the path or query has an invalid percent encoding",
            Self::InvalidUtf8 => "the path or query is not UTF-8",
            Self::DoubleEncoding => "the path is percent-encoded twice",
            Self::EncodedUnreserved => "the path percent-encodes a character that needs no encoding",
            Self::FormatSuffix => "the path ends in a suffix that the instance could cut off",
            Self::AbsoluteForm => "the request target must be a path",
            Self::AuthorityForm => "the request target names an authority",
            Self::AsteriskForm => "the request target `*` is not supported",
            Self::Fragment => "the request target has a fragment",
            Self::HostMissing => "the `Host` header is missing",
            Self::HostRepeated => "the request names more than one host",
            Self::HostInvalid => "the `Host` header is invalid",
            Self::TargetTooLong => "the path and query are too long",
            Self::HeadTooLarge => "the request has too many or too large headers",
            Self::UnknownMethod => "the method is not allowed",
            Self::RepeatedParameter => "a parameter that decides about access appears more than once",
            Self::ConflictingLength => "the request has both `Content-Length` and `Transfer-Encoding`",
            Self::InvalidContentLength => "the `Content-Length` header is invalid or repeated",
            Self::InvalidTransferEncoding => "the `Transfer-Encoding` header must be `chunked`",
            Self::RepeatedHeader => "a header that may appear once is repeated",
            Self::FoldedHeader => "a header is folded over several lines",
            Self::BareLineEnd => "a line of the head does not end in CRLF",
            Self::InvalidHeader => "a header line is malformed",
            Self::InvalidRequestLine => "the request line is malformed",
            Self::InvalidChunk => "the chunked body is malformed",
            Self::OutOfSync => "the requests of this connection could not be told apart",
            Self::MethodOverride => "the method must not be overridden",
            Self::BoundaryParameter => "a parameter names a project or group beside the one in the path",
            Self::CredentialInBody => "credentials belong into a header",
            Self::RepeatedKey => "the JSON body has one key more than once",
            Self::InvalidBody => "the body does not match its content type",
            Self::BodyTooLarge => "the body is too large for this operation",
            Self::InvalidPush => "the commands of the push can't be held to the token's refs",
            Self::EncodedBody => "the body of this operation must not be compressed",
            Self::UnknownExpectation => "the expectation can't be met",
            Self::BodyTimeout => "the body did not arrive in time",
            Self::BodyAborted => "the body broke off",
        }
    }

    /// The response's status.
    #[must_use]
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnknownMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::EncodedBody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::UnknownExpectation => StatusCode::EXPECTATION_FAILED,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Whether the connection can't be trusted for a further request.
    #[must_use]
    pub(crate) const fn closes(self) -> bool {
        matches!(
            self,
            Self::HostRepeated
                | Self::ConflictingLength
                | Self::InvalidContentLength
                | Self::InvalidTransferEncoding
                | Self::RepeatedHeader
                | Self::FoldedHeader
                | Self::BareLineEnd
                | Self::InvalidHeader
                | Self::InvalidRequestLine
                | Self::InvalidChunk
                | Self::OutOfSync
                | Self::BodyTooLarge
                | Self::BodyTimeout
                | Self::BodyAborted
        )
    }
}
