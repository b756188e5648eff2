//! One request head, line by line.

use super::Violation;

/// How long the body is that follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyLength {
    Fixed(u64),
    Chunked,
}

/// What the lines of a head have said so far.
#[derive(Debug, Default)]
pub(super) struct Head {
    started: bool,
    old: bool,
    host: bool,
    length: Option<u64>,
    chunked: bool,
}

impl Head {
    /// Takes one line without its CRLF; the empty line ends the head and gives the body's length.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<Option<BodyLength>, Violation> {
        match (self.started, line.is_empty()) {
            // RFC 9112, section 2.2: an empty line before the request line is ignored.
            (false, true) => Ok(None),
            (false, false) => self.request_line(line).map(|()| None),
            (true, false) => self.header(line).map(|()| None),
            (true, true) => self.finish().map(Some),
        }
    }

    fn request_line(&mut self, line: &[u8]) -> Result<(), Violation> {
        self.started = true;
        let mut parts = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Violation::InvalidRequestLine);
        };
        if method.is_empty() || !method.iter().copied().all(is_token) || target.is_empty() {
            return Err(Violation::InvalidRequestLine);
        }
        self.old = version == b"HTTP/1.0";
        if !self.old && version != b"HTTP/1.1" {
            return Err(Violation::InvalidRequestLine);
        }
        target_form(method, target)
    }

    fn header(&mut self, line: &[u8]) -> Result<(), Violation> {
        let (name, value) = split(line)?;
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => once(&mut self.host, Violation::HostRepeated),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.content_length(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => self.transfer_encoding(value),
            _ => Ok(()),
        }
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), Violation> {
        let digits = !value.is_empty() && value.len() < 20 && value.iter().all(u8::is_ascii_digit);
        let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        match (digits, number, self.length) {
            (true, Some(number), None) => self.length = Some(number),
            _ => return Err(Violation::InvalidContentLength),
        }
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Violation> {
        if self.old || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(Violation::InvalidTransferEncoding);
        }
        once(&mut self.chunked, Violation::InvalidTransferEncoding)
    }

    fn finish(&mut self) -> Result<BodyLength, Violation> {
        let head = std::mem::take(self);
        match (head.host, head.length, head.chunked) {
            (false, ..) => Err(Violation::HostMissing),
            (_, Some(_), true) => Err(Violation::ConflictingLength),
            (_, None, true) => Ok(BodyLength::Chunked),
            (_, length, false) => Ok(BodyLength::Fixed(length.unwrap_or(0))),
        }
    }
}

fn target_form(method: &[u8], target: &[u8]) -> Result<(), Violation> {
    match target {
        _ if method == b"CONNECT" => Err(Violation::AuthorityForm),
        b"*" => Err(Violation::AsteriskForm),
        _ if target.contains(&b'#') => Err(Violation::Fragment),
        [b'/', ..] => Ok(()),
        _ => Err(Violation::AbsoluteForm),
    }
}

fn once(seen: &mut bool, violation: Violation) -> Result<(), Violation> {
    if std::mem::replace(seen, true) { Err(violation) } else { Ok(()) }
}

/// Splits a header line; the value is without the white space around it.
pub(super) fn split(line: &[u8]) -> Result<(&[u8], &[u8]), Violation> {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return Err(Violation::FoldedHeader);
    }
    let colon = memchr::memchr(b':', line).ok_or(Violation::InvalidHeader)?;
    let (name, value) = line.split_at(colon);
    let value = value.get(1..).unwrap_or_default();
    // To its end in any case: so the compiler looks at many bytes at once.
    let is_clean = value.iter().fold(true, |clean, byte| clean & is_text(*byte));
    if name.is_empty() || !name.iter().copied().all(is_token) || !is_clean {
        return Err(Violation::InvalidHeader);
    }
    Ok((name, value.trim_ascii()))
}

/// What a value may have in it.
const fn is_text(byte: u8) -> bool {
    byte == b'\t' || byte >= b' ' && byte != 0x7f
}

/// RFC 9110, section 5.6.2.
#[rustfmt::skip]
const fn is_token(byte: u8) -> bool {
    matches!(
        byte,
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_have_the_characters_of_the_rfc() {
        for byte in 0..=u8::MAX {
            let is_tchar = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token(byte), is_tchar, "{byte}");
            for line in [[b'a', b':', byte, b'b'], [b'a', b':', b'b', byte]] {
                assert_eq!(split(&line).is_ok(), byte == b'\t' || !byte.is_ascii_control(), "{byte}");
            }
        }
    }
}
