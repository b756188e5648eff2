//! Who asks: a token's state and privileges, ready for the check.

use std::net::IpAddr;

use narrowgate_catalog::{Role, ScopeSet};

use crate::{Conditions, Grants, Place, Reason};

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
    /// What is open to job tokens, where the allowlist names the job's project ([`crate::JobAccess`]).
    Job,
}

/// All that a project's or group's token reaches, whatever its connection could.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Confinement {
    /// This project.
    Project(u64),
    /// This group with everything below it.
    Group(u64),
}

impl Confinement {
    /// Whether a place lies within. The connection's user and the instance never do: they are not the bot's.
    #[must_use]
    pub fn contains(self, place: &Place<'_>) -> bool {
        match (self, place) {
            (Self::Project(id), Place::Project(project)) => project.id == id,
            (Self::Group(id), Place::Project(project)) => project.ancestors.contains(&id),
            (Self::Group(id), Place::Group(group)) => group.id == id || group.ancestors.contains(&id),
            _ => false,
        }
    }
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
    /// The token's own role, where it has one: a project's or group's token is held to it even where the connection's
    /// user could do more.
    pub role: Option<Role>,
    /// All that it reaches, where it is a project's or group's token.
    pub confinement: Option<Confinement>,
    /// What it demands of requests; boxed, since few tokens demand anything.
    pub conditions: Option<Box<Conditions>>,
    /// Whether a fine-grained token may act as another user. Legacy tokens have the scope `sudo`.
    pub sudo: bool,
}

impl Bearer {
    /// A live token that never expires, without conditions.
    #[must_use]
    pub const fn new(class: TokenClass, privileges: Privileges) -> Self {
        Self {
            class,
            privileges,
            revoked: false,
            expires_at: None,
            owner_blocked: false,
            role: None,
            confinement: None,
            conditions: None,
            sudo: false,
        }
    }

    /// Why the token is dead at `now`, whatever is asked; `None` while it lives. At `expires_at` itself it is expired, at
    /// `not_before` itself it works.
    #[must_use]
    pub fn dead(&self, now: Micros) -> Option<Reason> {
        if self.revoked {
            Some(Reason::Revoked)
        } else if self.expires_at.is_some_and(|at| at <= now) {
            Some(Reason::Expired)
        } else if self.owner_blocked {
            Some(Reason::OwnerBlocked)
        } else if self.conditions.as_ref().and_then(|own| own.not_before).is_some_and(|at| now < at) {
            Some(Reason::NotYetValid)
        } else {
            None
        }
    }

    /// Why a request from `address` is refused at `now`, whatever it asks: the token is dead, or not to be used there.
    #[must_use]
    pub fn barred(&self, now: Micros, address: IpAddr) -> Option<Reason> {
        let strange = || self.conditions.as_ref().is_some_and(|own| !own.addresses.allow(address));
        self.dead(now).or_else(|| strange().then_some(Reason::AddressNotAllowed))
    }

    /// Whether a push may touch this ref, given by its full name.
    #[must_use]
    pub fn allows_ref(&self, name: &[u8]) -> bool {
        self.conditions.as_ref().is_none_or(|own| own.allow_ref(name))
    }
}
