//! Tokens in memory.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use narrowgate_gitlab::{Candidate, Identity};
use narrowgate_policy::{Bearer, Confinement, Privileges, TokenClass};
use narrowgate_secret::TokenDigest;
use narrowgate_store::connections::{Connection, Health};
use narrowgate_store::tokens::{GrantAccess, JobRef, StoredGrant, Token, TokenPrivileges};
use narrowgate_store::{ConnectionId, TokenId};
use papaya::HashMap;
use tokio::sync::OnceCell;

use crate::refusal::Refusal;

/// A connection, ready to be used.
pub(crate) struct Link {
    /// The connection.
    pub(crate) connection: Arc<Connection>,
    /// Who it is on the instance.
    pub(crate) identity: Identity,
    /// `Authorization` for REST.
    pub(crate) bearer: HeaderValue,
    /// `Authorization` for Git and LFS.
    pub(crate) basic: HeaderValue,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// A token, ready to be decided about.
#[derive(Debug)]
pub(crate) struct Principal {
    /// The token as the decision sees it.
    pub(crate) bearer: Bearer,
    /// The token's id; none for a native job token.
    pub(crate) token: Option<TokenId>,
    /// The job that it is of, if it is a job's.
    pub(crate) job: Option<JobRef>,
    /// What it acts through.
    pub(crate) link: Arc<Link>,
    /// What it reaches, for look-ups that have to try each project or group.
    pub(crate) selected: Box<[Candidate]>,
    /// Whether an administrator acts by it as its owner.
    pub(crate) impersonation: bool,
    /// When its use was last recorded, in microseconds.
    pub(crate) recorded_at: AtomicI64,
}

impl Principal {
    pub(super) fn new(token: &Token, bearer: Bearer, link: Arc<Link>) -> Self {
        let selected: Box<[Candidate]> = match &token.privileges {
            TokenPrivileges::Job => Box::default(),
            TokenPrivileges::Legacy(_) => Box::new([reach(&bearer)]),
            TokenPrivileges::FineGrained(grants) => grants.iter().filter_map(candidate).collect(),
        };
        let recorded_at = AtomicI64::new(i64::MIN);
        Self {
            bearer,
            token: Some(token.id),
            job: token.job,
            link,
            selected,
            impersonation: token.impersonation,
            recorded_at,
        }
    }

    /// A running job, by the instance's own token.
    pub(super) fn native_job(job: JobRef, link: Arc<Link>) -> Self {
        let bearer = Bearer {
            owner_blocked: link.connection.health == Health::Blocked,
            ..Bearer::new(TokenClass::Job, Privileges::Job)
        };
        let recorded_at = AtomicI64::new(i64::MIN);
        Self {
            bearer,
            token: None,
            job: Some(job),
            link,
            selected: Box::default(),
            impersonation: false,
            recorded_at,
        }
    }
}

/// Where a legacy token may act.
const fn reach(bearer: &Bearer) -> Candidate {
    match bearer.confinement {
        Some(Confinement::Project(id)) => Candidate::Project(id),
        Some(Confinement::Group(id)) => Candidate::Group(id),
        None => Candidate::Memberships,
    }
}

fn candidate(grant: &StoredGrant) -> Option<Candidate> {
    let selected = || {
        let project = grant.project_id.map(Candidate::Project);
        project.or(grant.group_id.map(Candidate::Group))
    };
    match grant.access {
        GrantAccess::SelectedMemberships => selected(),
        GrantAccess::AllMemberships => Some(Candidate::Memberships),
        GrantAccess::PersonalProjects => Some(Candidate::Personal),
        GrantAccess::User | GrantAccess::Instance => None,
    }
}

/// Digests are random already: their first bytes are their hash.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(Ok(first)) = bytes.get(..8).map(TryInto::try_into) {
            self.0 = u64::from_ne_bytes(first);
        }
    }

    /// The generation beside a digest: questions of two generations may share a slot.
    fn write_u64(&mut self, _generation: u64) {}

    /// The length that goes before the bytes of a slice.
    fn write_usize(&mut self, _length: usize) {}
}

type ByDigest<V> = HashMap<TokenDigest, V, BuildHasherDefault<DigestHasher>>;

/// What the store says of a token, for all who wait for it.
pub(super) type Answer = Arc<OnceCell<Result<Arc<Principal>, Refusal>>>;
type Questions = std::collections::HashMap<(TokenDigest, u64), Answer, BuildHasherDefault<DigestHasher>>;

/// The tables of one gate.
#[derive(Default)]
pub(crate) struct Tokens {
    principals: ByDigest<Arc<Principal>>,
    unknown: ByDigest<()>,
    digests: HashMap<i64, TokenDigest>,
    links: HashMap<i64, Arc<Link>>,
    /// Questions to the store that are under way, each with the generation in which it began.
    questions: Mutex<Questions>,
    /// Grows with every change that was followed: what was read before may be stale.
    generation: AtomicU64,
}

impl Tokens {
    /// The token of a digest.
    pub(crate) fn get(&self, digest: &TokenDigest) -> Option<Arc<Principal>> {
        self.principals.pin().get(digest).map(Arc::clone)
    }

    /// Whether the store has said that there is no such token.
    pub(crate) fn is_unknown(&self, digest: &TokenDigest) -> bool {
        self.unknown.pin().contains_key(digest)
    }

    /// A connection.
    pub(crate) fn link(&self, id: ConnectionId) -> Option<Arc<Link>> {
        self.links.pin().get(&id.0).map(Arc::clone)
    }

    /// To be asked before the store is, and passed to the methods that keep its answer.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The question about a token that is under way, or a new one. Who comes after a change does not share an answer from
    /// before it.
    pub(super) fn question(&self, digest: &TokenDigest, generation: u64) -> Answer {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(questions.entry((*digest, generation)).or_default())
    }

    /// Ends one's part in a question. Once it is answered, or nobody waits any more, the next one asks anew.
    pub(super) fn leave(&self, digest: &TokenDigest, generation: u64, answer: Answer) {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = answer.initialized() || Arc::strong_count(&answer) <= 2;
        let key = (*digest, generation);
        if is_over && questions.get(&key).is_some_and(|known| Arc::ptr_eq(known, &answer)) {
            questions.remove(&key);
        }
        drop(answer);
    }

    pub(super) fn keep(
        &self,
        id: TokenId,
        digest: TokenDigest,
        principal: &Arc<Principal>,
        generation: u64,
        most: usize,
    ) {
        if self.principals.len() >= most {
            self.clear();
        }
        self.digests.pin().insert(id.0, digest);
        self.principals.pin().insert(digest, Arc::clone(principal));
        if self.generation() != generation {
            self.forget_token(id);
        }
    }

    pub(super) fn keep_unknown(&self, digest: TokenDigest, generation: u64, most: usize) {
        if self.unknown.len() >= most {
            self.unknown.pin().clear();
        }
        self.unknown.pin().insert(digest, ());
        if self.generation() != generation {
            self.unknown.pin().remove(&digest);
        }
    }

    pub(super) fn keep_link(&self, link: &Arc<Link>, generation: u64) {
        let id = link.connection.id.0;
        self.links.pin().insert(id, Arc::clone(link));
        if self.generation() != generation {
            self.links.pin().remove(&id);
        }
    }

    /// Forgets a token that changed, and every "no such token".
    pub(super) fn forget_token(&self, id: TokenId) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.unknown.pin().clear();
        let digests = self.digests.pin();
        if let Some(digest) = digests.remove(&id.0) {
            self.principals.pin().remove(digest);
        }
    }

    /// Forgets a connection and all tokens that act through it.
    pub(super) fn forget_connection(&self, id: ConnectionId) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.links.pin().remove(&id.0);
        self.principals.pin().retain(|_, principal| principal.link.connection.id != id);
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.principals.pin().clear();
        self.digests.pin().clear();
        self.unknown.pin().clear();
        self.links.pin().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_question_for_all_who_wait_and_none_for_who_comes_after() {
        let tokens = Tokens::default();
        let digest = TokenDigest::of("ngpat-x");
        let mut asked = 0;
        let (first, second) = (tokens.question(&digest, 1), tokens.question(&digest, 1));
        for waiting in [&first, &second] {
            let answer = waiting.get_or_init(async || {
                asked += 1;
                Err(Refusal::Sudo)
            });
            assert!(answer.await.is_err());
        }
        assert_eq!(asked, 1);
        // A change came between.
        assert!(!tokens.question(&digest, 2).initialized());
        tokens.leave(&digest, 1, first);
        assert!(!tokens.question(&digest, 1).initialized());
        tokens.leave(&digest, 1, second);
    }

    #[test]
    fn a_question_that_nobody_waits_for_is_forgotten() {
        let tokens = Tokens::default();
        let digest = TokenDigest::of("ngpat-x");
        let (first, second) = (tokens.question(&digest, 1), tokens.question(&digest, 1));
        tokens.leave(&digest, 1, first);
        assert_eq!(tokens.questions.lock().unwrap().len(), 1);
        tokens.leave(&digest, 1, second);
        assert_eq!(tokens.questions.lock().unwrap().len(), 0);
    }
}
