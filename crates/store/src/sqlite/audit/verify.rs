//! Examining the log for what was done to it behind the store's back.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow as _, Row as _, query};

use super::chain::{self, CHUNK};
use super::row::{EventRow, SELECT};
use crate::audit::{AuditHead, EventHash, Flaw, MOST_FLAWS, Tampering, Verification};
use crate::error::StoreError;
use crate::sqlite::SqliteBackend;

impl SqliteBackend {
    pub(super) async fn verify_audit(&self, kept: Option<AuditHead>) -> Result<Verification, StoreError> {
        // One transaction, so that events appended meanwhile don't count as put in.
        let mut reader = self.readers.begin().await?;
        let head = chain::head(&mut *reader).await?;
        let mut examination = Examination::new(kept);
        let mut last = i64::MIN;
        loop {
            let text = format!("{SELECT} where id > $1 order by id limit $2");
            let rows = query(AssertSqlSafe(text)).bind(last).bind(CHUNK).fetch_all(&mut *reader).await?;
            let Some(row) = rows.last() else { break };
            last = row.try_get("id")?;
            for row in &rows {
                examination.examine(row, head.id)?;
            }
        }
        Ok(examination.finish(head))
    }
}

/// What the event before leaves behind.
#[derive(Clone, Copy)]
enum Before {
    /// It is as it was written, as far as its own hash tells.
    Intact(EventHash),
    /// It is not, or is gone: nothing follows for the next one.
    Unknown,
}

struct Examination {
    /// The place of the next event.
    next: i64,
    before: Before,
    kept: Option<AuditHead>,
    count: u64,
    flaws: Vec<Flaw>,
}

impl Examination {
    fn new(kept: Option<AuditHead>) -> Self {
        Self { next: 1, before: Before::Intact(EventHash::START), kept, count: 0, flaws: Vec::new() }
    }

    fn examine(&mut self, row: &SqliteRow, last: i64) -> Result<(), StoreError> {
        let id: i64 = row.try_get("id")?;
        self.count += 1;
        if id < self.next || id > last {
            self.note(id, Tampering::Inserted);
            return Ok(());
        }
        self.skip_to(id);
        self.next = id.saturating_add(1);
        // A value of another type than its column's is nothing that the store wrote.
        let judged = match EventRow::from_row(row) {
            Ok(row) => self.judge(&row),
            Err(_) => None,
        };
        if judged.is_none() {
            self.note(id, Tampering::Altered);
        }
        if self.kept.is_some_and(|kept| kept.id == id && judged != Some(kept.hash)) {
            self.note(id, Tampering::Rewritten);
        }
        self.before = judged.map_or(Before::Unknown, Before::Intact);
        Ok(())
    }

    /// The event's hash, if its values agree with it.
    fn judge(&mut self, row: &EventRow) -> Option<EventHash> {
        let previous = row.stored_previous()?;
        let hash = row.stored_hash().filter(|hash| *hash == row.hash_after(previous))?;
        match self.before {
            Before::Intact(expected) if expected != previous => {
                // This event tells what the one before was: not what stands there now.
                match row.id {
                    1 => self.note(row.id, Tampering::Rechained),
                    id => self.note(id - 1, Tampering::Altered),
                }
            }
            Before::Intact(_) | Before::Unknown => {}
        }
        Some(hash)
    }

    /// Notes the events between as removed.
    fn skip_to(&mut self, id: i64) {
        if self.next == id {
            return;
        }
        for gone in (self.next..id).take(MOST_FLAWS) {
            self.note(gone, Tampering::Removed);
        }
        self.before = Before::Unknown;
    }

    fn note(&mut self, id: i64, what: Tampering) {
        let flaw = Flaw { id, what };
        if self.flaws.len() < MOST_FLAWS && !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }

    fn finish(mut self, head: AuditHead) -> Verification {
        self.skip_to(head.id.saturating_add(1));
        // The last event has none after it that tells what it was, but the log's end does.
        if let Before::Intact(hash) = self.before
            && hash != head.hash
        {
            self.note(head.id, Tampering::Altered);
        }
        if let Some(kept) = self.kept.filter(|kept| kept.id > head.id) {
            self.note(kept.id, Tampering::Removed);
        }
        if self.flaws.is_empty() {
            return Verification::Intact { count: self.count, head };
        }
        self.flaws.sort_by_key(|flaw| flaw.id);
        Verification::Broken { flaws: self.flaws }
    }
}
