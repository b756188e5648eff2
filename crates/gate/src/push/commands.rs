//! The commands of a push (gitprotocol-pack, "Reference Update Request").

use crate::receive::Violation;

/// Bytes of a pkt-line's length.
const LENGTH: usize = 4;

/// The commands, read piece by piece. What comes after their end is of no interest here.
#[derive(Debug)]
pub(crate) struct Commands {
    /// What has not been read as a line yet.
    pending: Vec<u8>,
    /// How many bytes the commands may still have.
    left: usize,
    names: Vec<Box<[u8]>>,
    capabilities: Option<Box<[u8]>>,
    is_done: bool,
}

impl Commands {
    /// Commands of at most so many bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self { pending: Vec::new(), left: most, names: Vec::new(), capabilities: None, is_done: false }
    }

    /// Whether the last command was read.
    pub(crate) fn is_done(&self) -> bool {
        self.is_done
    }

    /// The full names of the refs that are made, moved or deleted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(|name| &**name)
    }

    /// Whether the client asked for something, by its first word.
    pub(super) fn has(&self, wanted: &str) -> bool {
        let words = self.capabilities.as_deref().unwrap_or_default().split(|byte| *byte == b' ');
        words.map(<[u8]>::trim_ascii).any(|word| word == wanted.as_bytes())
    }

    /// Reads on.
    ///
    /// # Errors
    ///
    /// What git would not read, what it might read differently, certificates, and too much of it.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        if self.is_done {
            return Ok(());
        }
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = &pending[..];
        // Once they are done, what follows is the pack, which is no line.
        while !self.is_done
            && let Some((line, after)) = split(rest)?
        {
            self.left = self.left.checked_sub(rest.len() - after.len()).ok_or(Violation::BodyTooLarge)?;
            match line {
                Line::Flush => self.is_done = true,
                Line::Data(line) => self.read(line)?,
            }
            rest = after;
        }
        if !self.is_done {
            self.pending = rest.to_vec();
        }
        Ok(())
    }

    fn read(&mut self, line: &[u8]) -> Result<(), Violation> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let mut parts = line.splitn(2, |byte| *byte == 0);
        let command = parts.next().unwrap_or_default();
        if let Some(capabilities) = parts.next() {
            // Git takes them from any line; clients send them with the first.
            if self.capabilities.replace(capabilities.into()).is_some() {
                return Err(Violation::InvalidPush);
            }
        }
        if let Some(id) = command.strip_prefix(b"shallow ") {
            return if is_id(id) { Ok(()) } else { Err(Violation::InvalidPush) };
        }
        self.names.push(name(command).ok_or(Violation::InvalidPush)?.into());
        Ok(())
    }
}

enum Line<'a> {
    Flush,
    Data(&'a [u8]),
}

/// The first pkt-line and what follows it, once it is there as a whole.
fn split(bytes: &[u8]) -> Result<Option<(Line<'_>, &[u8])>, Violation> {
    let Some((digits, rest)) = bytes.split_at_checked(LENGTH) else { return Ok(None) };
    let length = digits.iter().try_fold(0, |length, digit| {
        char::from(*digit).to_digit(16).map(|digit| length * 16 + digit as usize)
    });
    match length {
        Some(0) => Ok(Some((Line::Flush, rest))),
        Some(length) if length > LENGTH => {
            Ok(rest.split_at_checked(length - LENGTH).map(|(line, rest)| (Line::Data(line), rest)))
        }
        // Delimiters, empty lines and what is no length at all are in no push.
        _ => Err(Violation::InvalidPush),
    }
}

/// The ref of `<old> <new> <ref>`.
fn name(command: &[u8]) -> Option<&[u8]> {
    let mut parts = command.splitn(3, |byte| *byte == b' ');
    let (old, new, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_plain = name.iter().all(|byte| *byte > b' ' && *byte != 0x7f);
    (is_id(old) && is_id(new) && old.len() == new.len() && !name.is_empty() && is_plain).then_some(name)
}

/// An object's id, by SHA-1 or SHA-256.
fn is_id(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    const OLD: &str = "0000000000000000000000000000000000000000";
    const NEW: &str = "1111111111111111111111111111111111111111";

    pub(in crate::push) fn line(name: &str) -> String {
        packet(&format!("{OLD} {NEW} {name}"))
    }

    fn packet(text: &str) -> String {
        format!("{:04x}{text}", text.len() + LENGTH)
    }

    fn read(text: &str) -> Result<Vec<String>, Violation> {
        let mut commands = Commands::new(1 << 16);
        commands.feed(text.as_bytes())?;
        if !commands.is_done() {
            return Err(Violation::BodyAborted);
        }
        Ok(commands.names().map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    #[test]
    fn commands_name_their_refs() {
        let text = format!(
            "{}{}{}0000PACK",
            packet(&format!("shallow {NEW}")),
            line("refs/heads/main\0 report-status side-band-64k agent=git/2"),
            packet(&format!("{NEW} {OLD} refs/tags/v1\n"))
        );
        assert_eq!(read(&text).unwrap(), ["refs/heads/main", "refs/tags/v1"]);
        assert_eq!(read("0000"), Ok(Vec::new()));
        let mut commands = Commands::new(1 << 16);
        commands.feed(text.as_bytes()).unwrap();
        assert!(commands.has("report-status") && !commands.has("report-status-v2"));
    }

    #[test]
    fn what_git_does_not_send_is_refused() {
        let long = "0".repeat(39);
        for text in [
            packet("push-cert\0report-status\n"),
            packet("certificate version 0.1"),
            packet(&format!("{long} {NEW} refs/heads/main")),
            packet(&format!("{OLD} {NEW}")),
            packet(&format!("{OLD}  {NEW} refs/heads/main")),
            line("refs/heads/a refs/heads/b"),
            line("refs/heads/a\nb"),
            line(""),
            format!("{}{}", line("refs/heads/a\0x"), line("refs/heads/b\0y")),
            "0001".to_owned(),
            "0004".to_owned(),
            "+00a".to_owned(),
            "xxxx".to_owned(),
        ] {
            assert_eq!(read(&format!("{text}0000")), Err(Violation::InvalidPush), "{text:?}");
        }
        let mut small = Commands::new(60);
        assert_eq!(small.feed(line("refs/heads/main").as_bytes()), Err(Violation::BodyTooLarge));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(names in prop::collection::vec("refs/[a-z/]{1,20}", 0..8), size in 1_usize..50) {
            let lines: String = names.iter().map(|name| line(name)).collect();
            let text = format!("{lines}0000PACK");
            let mut commands = Commands::new(1 << 16);
            for piece in text.as_bytes().chunks(size) {
                commands.feed(piece).unwrap();
            }
            prop_assert!(commands.is_done());
            let read: Vec<_> = commands.names().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            prop_assert_eq!(read, names);
        }

        #[test]
        fn no_bytes_make_it_panic(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8)) {
            let mut commands = Commands::new(256);
            for piece in &pieces {
                let _ = commands.feed(piece);
            }
        }
    }
}
