//! Tokens in plain collections.

use std::collections::{BTreeMap, BTreeSet};

use narrowgate_secret::TokenDigest;
use narrowgate_store::time::{Date, Timestamp};
use narrowgate_store::tokens::Token;

#[derive(Clone)]
struct Entry {
    text: u8,
    created_at: Timestamp,
    expires_at: Option<Date>,
    revoked_at: Option<Timestamp>,
    family: i64,
    previous: Option<i64>,
}

/// What is compared of a token.
pub(crate) type Row = (i64, TokenDigest, Timestamp, Option<Date>, Option<Timestamp>, i64, Option<i64>);

#[derive(Default)]
pub(crate) struct Model {
    entries: BTreeMap<i64, Entry>,
}

impl Model {
    pub(crate) fn add(&mut self, text: u8, expires_at: Option<Date>, now: Timestamp) -> Option<i64> {
        let id = self.next_id();
        let entry = Entry { text, created_at: now, expires_at, revoked_at: None, family: id, previous: None };
        self.insert(id, entry)
    }

    pub(crate) fn revoke(&mut self, id: i64, now: Timestamp) -> bool {
        let entry = self.entries.get_mut(&id).filter(|entry| entry.revoked_at.is_none());
        entry.map(|entry| entry.revoked_at = Some(now)).is_some()
    }

    /// The successor's id, `None` for what is revoked or unknown, an error when the text is taken.
    pub(crate) fn rotate(&mut self, id: i64, text: u8, now: Timestamp) -> Result<Option<i64>, ()> {
        let Some(old) = self.entries.get(&id).filter(|entry| entry.revoked_at.is_none()) else {
            return Ok(None);
        };
        let entry = Entry { text, created_at: now, expires_at: None, previous: Some(id), ..old.clone() };
        let next = self.insert(self.next_id(), entry).ok_or(())?;
        self.revoke(id, now);
        Ok(Some(next))
    }

    pub(crate) fn revoke_family(&mut self, id: i64, now: Timestamp) -> BTreeSet<i64> {
        let Some(family) = self.entries.get(&id).map(|entry| entry.family) else { return BTreeSet::new() };
        let mut members = self.unrevoked();
        members.retain(|id| self.entries[id].family == family && self.revoke(*id, now));
        members
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        let row = |(id, entry): (&i64, &Entry)| {
            let digest = TokenDigest::of(&entry.text.to_string());
            (*id, digest, entry.created_at, entry.expires_at, entry.revoked_at, entry.family, entry.previous)
        };
        self.entries.iter().map(row).collect()
    }

    pub(crate) fn row(token: &Token) -> Row {
        let previous = token.previous.map(|id| id.0);
        (
            token.id.0,
            token.digest,
            token.created_at,
            token.expires_at,
            token.revocation.map(|revocation| revocation.at),
            token.family,
            previous,
        )
    }

    pub(crate) fn ids(&self, active: bool, now: Timestamp) -> BTreeSet<i64> {
        let works = |entry: &Entry| {
            entry.revoked_at.is_none() && entry.expires_at.is_none_or(|day| now < day.midnight())
        };
        self.entries.iter().filter(|(_, entry)| works(entry) == active).map(|(id, _)| *id).collect()
    }

    pub(crate) fn unrevoked(&self) -> BTreeSet<i64> {
        self.entries.iter().filter(|(_, entry)| entry.revoked_at.is_none()).map(|(id, _)| *id).collect()
    }

    fn next_id(&self) -> i64 {
        self.entries.keys().last().map_or(1, |last| last + 1)
    }

    fn insert(&mut self, id: i64, entry: Entry) -> Option<i64> {
        let taken = self.entries.values().any(|other| other.text == entry.text);
        (!taken).then(|| {
            self.entries.insert(id, entry);
            id
        })
    }
}
