//! A token as this API shows it.

use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{Conditions, StoredGrant, Token, TokenPrivileges};
use serde::Serialize;
use utoipa::ToSchema;

use crate::own::record::digest_prefix;

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(in crate::own) struct TokenView {
    /// Its id.
    id: i64,
    /// `personal`, `project`, `group` or `job`.
    kind: &'static str,
    /// The name its owner gave it.
    name: String,
    /// What its owner noted.
    description: Option<String>,
    /// The user or bot it acts as.
    user_id: u64,
    /// Whether an administrator made it to act as somebody else.
    impersonation: bool,
    /// The project or group that it belongs to.
    resource: Option<ResourceView>,
    /// The role of a project's or group's token, as GitLab's `access_level`.
    access_level: Option<u8>,
    /// Whether it can be used now.
    active: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The first day on which it no longer works, from midnight UTC.
    #[schema(value_type = Option<String>, format = Date)]
    expires_at: Option<String>,
    /// The moment from which on a job's token no longer works.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// When it was last used.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// The last addresses that it was used from, newest first.
    last_used_ips: Vec<String>,
    /// That it was revoked, and why.
    revocation: Option<RevocationView>,
    /// The scopes of a legacy token.
    scopes: Option<Vec<String>>,
    /// The grants of a fine-grained token.
    granular_scopes: Option<Vec<GrantView>>,
    /// What it demands of requests.
    conditions: ConditionsView,
    /// Whether it may act as another user.
    sudo: bool,
    /// How often its grants were edited: to be sent along with an edit.
    revision: i64,
    /// The first digits of the SHA-256 of its text.
    digest_prefix: String,
}

/// A project or group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource)]
pub(in crate::own) struct ResourceView {
    /// `project` or `group`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// GitLab's id.
    id: u64,
}

/// That a token was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Revocation)]
pub(in crate::own) struct RevocationView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Why, in a word.
    reason: &'static str,
}

/// A grant, as in GitLab's `granular_scopes`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub(in crate::own) struct GrantView {
    /// Where.
    access: &'static str,
    /// Names of permissions.
    permissions: Vec<String>,
    /// The project that is selected.
    project_id: Option<u64>,
    /// The group that is selected.
    group_id: Option<u64>,
}

/// Conditions; what is empty does not restrict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conditions)]
pub(in crate::own) struct ConditionsView {
    /// From when on it works.
    #[schema(value_type = Option<String>, format = DateTime)]
    not_before: Option<Timestamp>,
    /// Address ranges that it may be used from.
    addresses: Vec<String>,
    /// Patterns of refs that it may push to.
    push_refs: Vec<String>,
}

impl TokenView {
    pub(in crate::own) fn of(token: &Token, now: Timestamp) -> Self {
        let (scopes, grants) = match &token.privileges {
            TokenPrivileges::Legacy(scopes) => (Some(scopes.clone()), None),
            TokenPrivileges::FineGrained(grants) => (None, Some(grants.iter().map(GrantView::of).collect())),
            TokenPrivileges::Job => (None, None),
        };
        Self {
            id: token.id.0,
            kind: token.kind.as_str(),
            name: token.name.clone(),
            description: token.description.clone(),
            user_id: token.user_id,
            impersonation: token.impersonation,
            resource: token.resource.map(|of| ResourceView { kind: of.kind(), id: of.id() }),
            access_level: token.access_level,
            active: is_active(token, now),
            created_at: token.created_at,
            expires_at: token.expires_at.map(|day| day.to_string()),
            ends_at: token.ends_at,
            last_used_at: token.last_used_at,
            last_used_ips: token.last_used_ips.iter().map(ToString::to_string).collect(),
            revocation: token
                .revocation
                .map(|why| RevocationView { at: why.at, reason: why.reason.as_str() }),
            scopes,
            granular_scopes: grants,
            conditions: ConditionsView::of(&token.conditions),
            sudo: token.sudo,
            revision: token.revision,
            digest_prefix: digest_prefix(&token.digest),
        }
    }
}

/// Whether a token is neither revoked nor expired nor ended.
pub(in crate::own) fn is_active(token: &Token, now: Timestamp) -> bool {
    token.revocation.is_none()
        && token.expires_at.is_none_or(|day| day.midnight() > now)
        && token.ends_at.is_none_or(|end| end > now)
}

impl GrantView {
    pub(in crate::own) fn of(grant: &StoredGrant) -> Self {
        Self {
            access: grant.access.as_str(),
            permissions: grant.permissions.clone(),
            project_id: grant.project_id,
            group_id: grant.group_id,
        }
    }
}

impl ConditionsView {
    pub(in crate::own) fn of(conditions: &Conditions) -> Self {
        Self {
            not_before: conditions.not_before,
            addresses: conditions.addresses.iter().map(ToString::to_string).collect(),
            push_refs: conditions.push_refs.clone(),
        }
    }
}
