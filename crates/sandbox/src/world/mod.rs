//! The state of the forge: who exists, what they own, and what was created since.

mod access;
mod furnish;
mod job_tokens;
mod neighbours;
mod operations;
mod people;
mod pipelines;
mod places;
mod records;
mod seed;
mod stock;
mod tokens;

pub(crate) use access::Standing;
pub(crate) use job_tokens::JobKey;
pub(crate) use people::User;
pub(crate) use pipelines::{NewPipeline, object};
pub(crate) use places::{Group, Namespace, Project, Visibility};
pub(crate) use records::{Container, Record, Shelf, is_named};
pub(crate) use tokens::{NativeToken, TokenRequest};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ring::digest::{SHA256, digest};

/// Everything the forge knows. Ids of users, groups and projects are fixed for the seeded ones.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) users: BTreeMap<u64, User>,
    pub(crate) groups: BTreeMap<u64, Group>,
    pub(crate) projects: BTreeMap<u64, Project>,
    pub(crate) members: BTreeMap<(Container, u64), Member>,
    tokens: BTreeMap<u64, NativeToken>,
    tokens_by_digest: HashMap<Vec<u8>, u64>,
    job_tokens: HashMap<Vec<u8>, JobKey>,
    records: BTreeMap<Shelf, Vec<Record>>,
    /// LFS objects by the project that they were uploaded to.
    pub(crate) lfs_objects: BTreeSet<(u64, String)>,
    counters: BTreeMap<&'static str, u64>,
    seed: [u8; 32],
}

/// A direct membership of a project or group.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) access_level: u64,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<String>,
}

impl World {
    /// An empty world; tokens are derived from `seed`.
    fn empty(seed: [u8; 32]) -> Self {
        Self {
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            projects: BTreeMap::new(),
            members: BTreeMap::new(),
            tokens: BTreeMap::new(),
            tokens_by_digest: HashMap::new(),
            job_tokens: HashMap::new(),
            records: BTreeMap::new(),
            lfs_objects: BTreeSet::new(),
            counters: BTreeMap::new(),
            seed,
        }
    }

    /// The next number of a series, from 1.
    pub(crate) fn next_id(&mut self, series: &'static str) -> u64 {
        let counter = self.counters.entry(series).or_default();
        *counter += 1;
        *counter
    }

    /// A secret text of `length` (at most 40) URL-safe characters, never given out twice.
    pub(crate) fn draw_secret(&mut self, length: usize) -> String {
        use base64::Engine as _;
        let mut input = self.seed.to_vec();
        input.extend(self.next_id("secret").to_be_bytes());
        let mut text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest(&SHA256, &input));
        text.truncate(length);
        text
    }
}
