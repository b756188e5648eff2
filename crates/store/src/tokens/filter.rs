//! Which tokens to list, and in which order (WIRE 3).

use narrowgate_secret::TokenDigest;

use super::{Cursor, JobRef, Resource, TokenKind};
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::time::{Date, Timestamp};

/// Which tokens to list. What is `None` does not restrict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Acting through this connection.
    pub connection: Option<ConnectionId>,
    /// Acting on this instance.
    pub instance_url: Option<String>,
    /// Acting as this GitLab user.
    pub user_id: Option<u64>,
    /// Created then or later.
    pub created_after: Option<Timestamp>,
    /// Created then or earlier.
    pub created_before: Option<Timestamp>,
    /// Last used then or later.
    pub last_used_after: Option<Timestamp>,
    /// Last used then or earlier.
    pub last_used_before: Option<Timestamp>,
    /// Expiring that day or later.
    pub expires_after: Option<Date>,
    /// Expiring before that day.
    pub expires_before: Option<Date>,
    /// Revoked, or not.
    pub revoked: Option<bool>,
    /// Usable, or not.
    pub state: Option<State>,
    /// With this in the name, in any case.
    pub search: Option<String>,
    /// Of this kind.
    pub kind: Option<TokenKind>,
    /// Belonging to this project or group.
    pub resource: Option<Resource>,
    /// Made to act as somebody else, or not.
    pub impersonation: Option<bool>,
    /// Made for this job.
    pub job: Option<JobRef>,
    /// Having a grant, on anything that [`Self::reaching`] allows, with the permission of that name.
    pub permission: Option<String>,
    /// Having a grant that may reach a project or group.
    pub reaching: Option<Reaching>,
    /// Beside what [`Self::permission`] and [`Self::reaching`] ask for: legacy tokens with one of these scopes pass too.
    pub or_scopes: Vec<String>,
    /// Neither made nor used since then.
    pub unused_since: Option<Timestamp>,
    /// With one of these digests; any if empty.
    pub digests: Vec<TokenDigest>,
    /// With one of these ids; any if empty.
    pub ids: Vec<TokenId>,
    /// The order.
    pub sort: Sort,
    /// Only what comes after this in that order.
    pub after: Option<Cursor>,
}

/// A project or group, with the groups above it.
///
/// Grants on it and on the groups above reach it. Those on all memberships or on personal projects may, as far as the
/// store can know: the caller asks whether their owner is a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaching {
    /// The project, unless it is a group that is to be reached.
    pub project: Option<u64>,
    /// The groups above; a group that is to be reached is among them.
    pub groups: Vec<u64>,
}

impl TokenFilter {
    /// Every token of a tenant.
    #[must_use]
    pub const fn all(tenant: TenantId) -> Self {
        Self {
            tenant,
            connection: None,
            instance_url: None,
            user_id: None,
            created_after: None,
            created_before: None,
            last_used_after: None,
            last_used_before: None,
            expires_after: None,
            expires_before: None,
            revoked: None,
            state: None,
            search: None,
            kind: None,
            resource: None,
            impersonation: None,
            job: None,
            permission: None,
            reaching: None,
            or_scopes: Vec::new(),
            unused_since: None,
            digests: Vec::new(),
            ids: Vec::new(),
            after: None,
            sort: Sort { key: SortKey::Id, descending: true },
        }
    }
}

/// Whether a token can be used. Both carry the current time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Neither revoked nor expired nor ended.
    Active(Timestamp),
    /// Revoked, expired or ended.
    Inactive(Timestamp),
}

/// The order of a list. Ties are broken by id in the same direction; tokens that lack the value come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Greatest first.
    pub descending: bool,
}

/// What a list can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// Id.
    Id,
    /// Time of creation.
    Created,
    /// Expiry.
    Expires,
    /// Last use.
    LastUsed,
    /// Name, in any case.
    Name,
}

impl Sort {
    /// Reads GitLab's `sort`, such as `created_desc` or `name_asc`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (key, direction) = text.rsplit_once('_')?;
        let key = match key {
            "created" | "created_at" => SortKey::Created,
            "expires" | "expires_at" => SortKey::Expires,
            "last_used" | "last_used_at" => SortKey::LastUsed,
            "name" => SortKey::Name,
            "id" => SortKey::Id,
            _ => return None,
        };
        match direction {
            "asc" => Some(Self { key, descending: false }),
            "desc" => Some(Self { key, descending: true }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_orders_of_gitlab() {
        let sort = |key, descending| Some(Sort { key, descending });
        assert_eq!(Sort::parse("created_asc"), sort(SortKey::Created, false));
        assert_eq!(Sort::parse("expires_at_desc"), sort(SortKey::Expires, true));
        assert_eq!(Sort::parse("last_used_desc"), sort(SortKey::LastUsed, true));
        assert_eq!(Sort::parse("name_asc"), sort(SortKey::Name, false));
        for wrong in ["", "name", "name_up", "_asc", "digest_asc"] {
            assert_eq!(Sort::parse(wrong), None);
        }
    }
}
