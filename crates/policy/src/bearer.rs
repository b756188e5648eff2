//! Who asks: a token's state and privileges, ready for the check.

use narrowgate_catalog::ScopeSet;

use crate::{Grants, Reason};

/// A point in time: microseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

/// What kind of token it is. GitLab's refusals name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TokenClass {
    /// A user's own token.
    #[default]
    Personal,
    /// A project's token, held by a bot.
    Project,
    /// A group's token, held by a bot.
    Group,
    /// A running job's token.
    Job,
}

impl TokenClass {
    /// The words that GitLab uses for the class: `personal access token`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal access token",
            Self::Project => "project access token",
            Self::Group => "group access token",
            Self::Job => "job token",
        }
    }
}

/// What a token carries.
#[derive(Clone, Debug)]
pub enum Privileges {
    /// Grants, prepared for the check.
    FineGrained(Grants),
    /// GitLab's older list of scopes.
    Legacy(ScopeSet),
}

/// A token, prepared once and asked about many times.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The kind of token.
    pub class: TokenClass,
    /// What it carries.
    pub privileges: Privileges,
    /// Whether it was revoked.
    pub revoked: bool,
    /// From when on it is expired; `None` never.
    pub expires_at: Option<Micros>,
    /// Whether the owner is blocked on the instance.
    pub owner_blocked: bool,
}

impl Bearer {
    /// A live token that never expires.
    #[must_use]
    pub const fn new(class: TokenClass, privileges: Privileges) -> Self {
        Self { class, privileges, revoked: false, expires_at: None, owner_blocked: false }
    }

    /// Why the token is dead at `now`, whatever is asked; `None` while it lives. At `expires_at` itself it is expired.
    #[must_use]
    pub fn dead(&self, now: Micros) -> Option<Reason> {
        if self.revoked {
            Some(Reason::Revoked)
        } else if self.expires_at.is_some_and(|at| at <= now) {
            Some(Reason::Expired)
        } else if self.owner_blocked {
            Some(Reason::OwnerBlocked)
        } else {
            None
        }
    }
}
