//! A million tokens in memory.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use narrowgate_catalog::Catalog;
use narrowgate_policy::{Access, Bearer, Grant, Grants, Privileges, TokenClass};
use narrowgate_secret::{Prefixes, TokenDigest, mint};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub(crate) const COUNT: usize = 1_000_000;

/// Digests are random already: their first bytes are their hash.
#[derive(Default)]
pub(crate) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(Ok(first)) = bytes.get(..8).map(TryInto::try_into) {
            self.0 = u64::from_ne_bytes(first);
        }
    }

    fn write_usize(&mut self, _length: usize) {}
}

type Table = papaya::HashMap<TokenDigest, Arc<Bearer>, BuildHasherDefault<DigestHasher>>;

/// The table, and the tokens' texts.
pub(crate) struct Tokens {
    pub(crate) texts: Vec<String>,
    pub(crate) table: Table,
    /// Resident memory of one token in the table, with its ten grants.
    pub(crate) bytes: usize,
}

/// This process's resident memory in bytes.
fn resident() -> Result<usize> {
    const PAGE: usize = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).context("/proc/self/statm has no second number")?;
    Ok(pages.parse::<usize>()? * PAGE)
}

impl Tokens {
    /// Mints them, each with ten grants on groups, of which the last covers what is asked for.
    pub(crate) fn mint() -> Result<Self> {
        let permission = Catalog::embedded().permission("read_work_item").context("read_work_item")?.id;
        let grants: Vec<Grant> = (0..9)
            .map(|n| 10_000 + 7 * n)
            .chain([101])
            .map(|group| Grant {
                access: Access::SelectedMemberships { projects: Vec::new(), groups: vec![group] },
                permissions: [permission].into_iter().collect(),
            })
            .collect();
        let mut random = StdRng::seed_from_u64(1);
        let (prefixes, table) = (Prefixes::default(), Table::default());
        let mut texts = Vec::with_capacity(COUNT);
        let mut digests = Vec::with_capacity(COUNT);
        for _ in 0..COUNT {
            let token = mint(prefixes.personal(), &mut random);
            digests.push(token.digest());
            texts.push(token.expose().to_owned());
        }
        let before = resident()?;
        for digest in digests {
            let privileges = Privileges::FineGrained(Grants::prepare(&grants));
            table.pin().insert(digest, Arc::new(Bearer::new(TokenClass::Personal, privileges)));
        }
        let bytes = resident()?.saturating_sub(before) / COUNT;
        Ok(Self { texts, table, bytes })
    }
}
