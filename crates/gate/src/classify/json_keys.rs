//! The keys at the top of a JSON document.

use std::collections::HashSet;

use super::names::Forbidden;
use crate::receive::Violation;

/// The longest key that is read; GitLab's are far shorter.
const KEY: usize = 256;

/// Finds the top-level keys of a JSON object while it streams.
///
/// It does not validate: whatever confuses it is refused, whatever passes is for the instance to parse.
#[derive(Debug)]
pub(crate) struct KeyScanner {
    forbidden: Forbidden,
    seen: HashSet<Vec<u8>>,
    depth: u32,
    /// Inside a string: whether the last character was a backslash.
    string: Option<bool>,
    /// Whether the next string at the top level is a key.
    expects_key: bool,
    is_key: bool,
    key: Vec<u8>,
}

impl KeyScanner {
    pub(crate) fn new(forbidden: Forbidden) -> Self {
        Self {
            forbidden,
            seen: HashSet::new(),
            depth: 0,
            string: None,
            expects_key: false,
            is_key: false,
            key: Vec::new(),
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        bytes.iter().try_for_each(|byte| match self.string {
            Some(escaped) => self.in_string(*byte, escaped),
            None => self.outside(*byte),
        })
    }

    pub(super) fn finish(&mut self) -> Result<(), Violation> {
        if self.depth == 0 && self.string.is_none() { Ok(()) } else { Err(Violation::InvalidBody) }
    }

    fn outside(&mut self, byte: u8) -> Result<(), Violation> {
        match byte {
            b'"' => {
                self.string = Some(false);
                self.is_key = self.depth == 1 && self.expects_key;
            }
            b'{' | b'[' => {
                self.depth += 1;
                self.expects_key = self.depth == 1 && byte == b'{';
            }
            b'}' | b']' => {
                self.depth = self.depth.checked_sub(1).ok_or(Violation::InvalidBody)?;
            }
            b',' if self.depth == 1 => self.expects_key = true,
            b':' if self.depth == 1 => self.expects_key = false,
            // Some parsers take comments and single quotes; a document with them could be read in two ways.
            b'/' | b'\'' | b'#' | 0 => return Err(Violation::InvalidBody),
            _ => {}
        }
        Ok(())
    }

    fn in_string(&mut self, byte: u8, escaped: bool) -> Result<(), Violation> {
        self.string = match (byte, escaped) {
            (b'"', false) => None,
            (b'\\', false) => Some(true),
            _ => Some(false),
        };
        if !self.is_key {
            return Ok(());
        }
        if self.string.is_none() {
            return self.end_key();
        }
        if self.key.len() == KEY {
            return Err(Violation::InvalidBody);
        }
        self.key.push(byte);
        Ok(())
    }

    fn end_key(&mut self) -> Result<(), Violation> {
        let raw = std::mem::take(&mut self.key);
        let mut quoted = Vec::with_capacity(raw.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(&raw);
        quoted.push(b'"');
        let key: String = serde_json::from_slice(&quoted).map_err(|_| Violation::InvalidBody)?;
        self.forbidden.check(&key)?;
        if self.seen.insert(key.into_bytes()) { Ok(()) } else { Err(Violation::RepeatedKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    fn scan(text: &str, step: usize) -> Result<(), Violation> {
        let mut scanner = KeyScanner::new(Forbidden::new(smallvec!["project_id"]));
        text.as_bytes().chunks(step).try_for_each(|piece| scanner.feed(piece))?;
        scanner.finish()
    }

    #[test]
    fn top_level_keys_are_found_however_they_are_cut() {
        use Violation::*;
        for (text, expected) in [
            (r#"{}"#, Ok(())),
            (r#"{"title":"a","list":[{"project_id":1}],"x":{"project_id":2}}"#, Ok(())),
            (r#"{"title":"project_id\":\"","b":"{\"project_id\":1}"}"#, Ok(())),
            (r#"[{"project_id":1}]"#, Ok(())),
            (r#"{"project_id":1}"#, Err(BoundaryParameter)),
            (r#"{"a":{"b":[]}, "project_id" :1}"#, Err(BoundaryParameter)),
            (r#"{"project\u005fid":1}"#, Err(BoundaryParameter)),
            (r#"{"private_token":"x"}"#, Err(CredentialInBody)),
            (r#"{"sudo":"root"}"#, Err(CredentialInBody)),
            (r#"{"_method":"DELETE"}"#, Err(MethodOverride)),
            (r#"{"a":1,"a":2}"#, Err(RepeatedKey)),
            (r#"{"a":1,"\u0061":2}"#, Err(RepeatedKey)),
            (r#"{"a":1} /* "#, Err(InvalidBody)),
            (r#"{"a":1"#, Err(InvalidBody)),
            (r#"}"#, Err(InvalidBody)),
        ] {
            for step in [1, 3, 1000] {
                assert_eq!(scan(text, step), expected, "{text} by {step}");
            }
        }
    }
}
