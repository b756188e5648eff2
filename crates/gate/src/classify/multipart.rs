//! The names of a multipart body's parts, found while it streams.

use super::names::Forbidden;
use crate::receive::Violation;

/// The longest head of a part, in bytes.
const HEAD: usize = 8 * 1024;
/// The most parts of a body.
const PARTS: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Within a part's content (or before the first part): looking for the next boundary.
    Content,
    /// After a boundary: `--` ends the body, anything else up to the line's end begins a part.
    AfterBoundary,
    Head,
    Done,
}

/// Reads the heads of parts and passes over their contents.
#[derive(Debug)]
pub(crate) struct PartScanner {
    forbidden: Forbidden,
    delimiter: Vec<u8>,
    state: State,
    /// What could be the beginning of a delimiter, or a head that is not complete.
    held: Vec<u8>,
    parts: usize,
}

impl PartScanner {
    /// A scanner for a body with this `Content-Type`.
    ///
    /// # Errors
    ///
    /// [`Violation::InvalidBody`] if it names no boundary, or one that two parsers could read differently.
    pub(crate) fn new(content_type: &str, forbidden: Forbidden) -> Result<Self, Violation> {
        let boundary = boundary(content_type).ok_or(Violation::InvalidBody)?;
        let mut delimiter = b"\r\n--".to_vec();
        delimiter.extend_from_slice(boundary.as_bytes());
        // The first delimiter may stand at the very beginning: as if a line had ended before it.
        Ok(Self { forbidden, delimiter, state: State::Content, held: b"\r\n".to_vec(), parts: 0 })
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        if self.state == State::Done {
            return Ok(());
        }
        self.held.extend_from_slice(bytes);
        while self.step()? {}
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Violation> {
        if self.state == State::Done { Ok(()) } else { Err(Violation::InvalidBody) }
    }

    /// Takes as much as it can of what is held; false when more is needed.
    fn step(&mut self) -> Result<bool, Violation> {
        match self.state {
            State::Content => Ok(self.skip_content()),
            State::AfterBoundary => self.after_boundary(),
            State::Head => self.head(),
            State::Done => {
                self.held.clear();
                Ok(false)
            }
        }
    }

    fn skip_content(&mut self) -> bool {
        if let Some(at) = memchr::memmem::find(&self.held, &self.delimiter) {
            self.held.drain(..at + self.delimiter.len());
            self.state = State::AfterBoundary;
            return true;
        }
        let keep = self.delimiter.len().min(self.held.len());
        self.held.drain(..self.held.len() - keep);
        false
    }

    fn after_boundary(&mut self) -> Result<bool, Violation> {
        match self.held.as_slice() {
            [] | [b'\r' | b'-'] => return Ok(false),
            [b'-', b'-', ..] => self.state = State::Done,
            [b'\r', b'\n', ..] => {
                // The line's end stays: with it, an empty head ends like every other.
                self.parts += 1;
                self.state = State::Head;
            }
            _ => return Err(Violation::InvalidBody),
        }
        if self.parts > PARTS { Err(Violation::InvalidBody) } else { Ok(true) }
    }

    fn head(&mut self) -> Result<bool, Violation> {
        let Some(end) = memchr::memmem::find(&self.held, b"\r\n\r\n") else {
            return if self.held.len() > HEAD { Err(Violation::InvalidBody) } else { Ok(false) };
        };
        let head: Vec<u8> = self.held.drain(..end + 2).collect();
        self.state = State::Content;
        let head = std::str::from_utf8(&head).map_err(|_| Violation::InvalidBody)?;
        let name = part_name(head)?;
        self.forbidden.check(&name)?;
        Ok(true)
    }
}

/// The `boundary` of a `Content-Type`, if there is exactly one and every parser cuts it the same way.
fn boundary(content_type: &str) -> Option<&str> {
    let mut found = None;
    for parameter in content_type.split(';').skip(1) {
        let (name, value) = parameter.trim().split_once('=')?;
        if name.eq_ignore_ascii_case("boundary") && found.replace(value).is_some() {
            return None;
        }
    }
    let value = found?;
    let value = value.strip_prefix('"').map_or(Some(value), |rest| rest.strip_suffix('"'))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    ((1..=70).contains(&value.len()) && value.bytes().all(plain)).then_some(value)
}

/// The name of a part; a part without one is refused, and so is every disposition that could be read in two ways.
fn part_name(head: &str) -> Result<String, Violation> {
    let mut disposition = None;
    for line in head.split("\r\n").filter(|line| !line.is_empty()) {
        let clean = !line.contains(['\r', '\n', '\0']) && !line.starts_with([' ', '\t']);
        let (name, value) = line.split_once(':').filter(|_| clean).ok_or(Violation::InvalidBody)?;
        if name.trim().eq_ignore_ascii_case("content-disposition") && disposition.replace(value).is_some() {
            return Err(Violation::InvalidBody);
        }
        if name.trim() != name {
            return Err(Violation::InvalidBody);
        }
    }
    disposition.and_then(name_in).ok_or(Violation::InvalidBody)
}

/// The one `name` of a `form-data` disposition. No escapes, no `name*`: browsers and libraries don't send them.
fn name_in(disposition: &str) -> Option<String> {
    let mut rest = disposition.trim().strip_prefix("form-data")?.trim_start();
    let mut found = None;
    while !rest.is_empty() {
        rest = rest.strip_prefix(';')?.trim_start();
        let (key, after) = rest.split_once('=')?;
        let (value, after) = value(after)?;
        match key.trim().to_ascii_lowercase().as_str() {
            "name" if found.is_none() => found = Some(value.to_owned()),
            "filename" | "filename*" => {}
            _ => return None,
        }
        rest = after.trim_start();
    }
    found.filter(|name| !name.contains(['\\', '%', '"']))
}

/// One value, quoted or not, and what follows it.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return Some((value.trim(), rest));
    };
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((quoted.get(..end)?, quoted.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    fn scan(body: &str, step: usize) -> Result<(), Violation> {
        let forbidden = Forbidden::new(smallvec!["project_id"]);
        let mut scanner = PartScanner::new("multipart/form-data; boundary=X", forbidden)?;
        body.as_bytes().chunks(step).try_for_each(|piece| scanner.feed(piece))?;
        scanner.finish()
    }

    fn part(disposition: &str) -> String {
        format!("--X\r\nContent-Disposition: {disposition}\r\n\r\nvalue\r\n--X--\r\n")
    }

    #[test]
    fn names_are_found_however_the_body_is_cut() {
        use Violation::*;
        for (disposition, expected) in [
            ("form-data; name=\"title\"", Ok(())),
            ("form-data; name=title", Ok(())),
            ("form-data; name=\"file\"; filename=\"a;b.txt\"", Ok(())),
            ("form-data; name=\"file\"; filename=\"a\\\"; name=\\\"_method\"", Ok(())),
            ("form-data; name=\"_method\"", Err(MethodOverride)),
            ("form-data; NAME=_method", Err(MethodOverride)),
            ("form-data; name=\"private_token\"", Err(CredentialInBody)),
            ("form-data; name=\"[sudo]\"", Err(CredentialInBody)),
            ("form-data; filename=\"x\"; name=\"project_id\"", Err(BoundaryParameter)),
            ("form-data; name=\"a\"; name=\"_method\"", Err(InvalidBody)),
            ("form-data; name*=utf-8''_method", Err(InvalidBody)),
            ("form-data; name=\"_meth\\od\"", Err(InvalidBody)),
            ("form-data; filename=\"x\"", Err(InvalidBody)),
            ("attachment; name=\"a\"", Err(InvalidBody)),
        ] {
            for step in [1, 7, 1000] {
                assert_eq!(scan(&part(disposition), step), expected, "{disposition} by {step}");
            }
        }
    }

    #[test]
    fn contents_are_passed_over() {
        let fake = "--X\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n--Y\r\nname=\"_method\"\r\n--X \r\n--X--";
        assert_eq!(scan(fake, 1), Err(Violation::InvalidBody));
        let plain =
            "--X\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n--Y\r\nname=\"_method\"\r\n--X--";
        assert_eq!(scan(plain, 1), Ok(()));
        assert_eq!(scan("--X--\r\n", 2), Ok(()));
        assert_eq!(scan("--X\r\n", 2), Err(Violation::InvalidBody));
    }

    #[test]
    fn boundaries_must_be_plain() {
        for (text, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("multipart/form-data; boundary=\"a:b\"", Some("a:b")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data; boundary=a; boundary=b", None),
            ("multipart/form-data; boundary=\"a", None),
            ("multipart/form-data; boundary=a b", None),
        ] {
            assert_eq!(boundary(text), expected, "{text}");
        }
    }
}
