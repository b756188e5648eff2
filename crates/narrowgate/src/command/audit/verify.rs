//! `narrowgate audit verify`.

use std::io::{Write as _, stdout};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use narrowgate_store::audit::{AuditHead, EventHash, MOST_FLAWS, Verification};

use crate::database;
use crate::outcome::Outcome;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// Verify that no event was changed, removed or put in since it was written.
///
/// Prints the log's head, `ID:HASH`. Kept elsewhere and given as `--head` later, it also shows that the log was not
/// rewritten as a whole. Exit code 2: tampering was found; the events are named.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// A head that an earlier verification printed.
    #[arg(long, value_name = "ID:HASH", value_parser = parse_head)]
    head: Option<AuditHead>,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Verify {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let store = database::open_existing(&settings).await?;
        match store.audit().verify(self.head).await? {
            Verification::Intact { count, head } => {
                eprintln!("{count} {} intact; the head:", if count == 1 { "event is" } else { "events are" });
                writeln!(stdout(), "{}:{}", head.id, head.hash)?;
                Ok(Outcome::Done)
            }
            Verification::Broken { flaws } => {
                for flaw in &flaws {
                    writeln!(stdout(), "{}\t{}", flaw.id, flaw.what.sentence())?;
                }
                let most = if flaws.len() >= MOST_FLAWS { "at least " } else { "" };
                eprintln!("the audit log was tampered with in {most}{} places", flaws.len());
                Ok(Outcome::Denied)
            }
        }
    }
}

fn parse_head(text: &str) -> Result<AuditHead> {
    let wrong = || anyhow!("a head is an event's id, `:`, and 64 hexadecimal digits");
    let (id, hash) = text.split_once(':').ok_or_else(wrong)?;
    let id = id.parse().with_context(|| format!("`{id}` is no event's id"))?;
    let digits = hash.as_bytes();
    if digits.len() != 64 || !hash.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair)?, 16).map_err(|_| wrong())?;
    }
    Ok(AuditHead { id, hash: EventHash(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_as_they_are_printed() {
        let head = AuditHead { id: 7, hash: EventHash([0xab; 32]) };
        assert_eq!(parse_head(&format!("{}:{}", head.id, head.hash)).unwrap(), head);
        for wrong in
            ["", "7", "7:", "x:00", &format!("7:{}", "g".repeat(64)), &format!("7:{}", "ab".repeat(33))]
        {
            assert!(parse_head(wrong).is_err(), "{wrong}");
        }
    }
}
