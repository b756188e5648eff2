//! The token object. Names and order of the fields are GitLab's (19.1 to 19.6).

use std::net::IpAddr;

use narrowgate_secret::PlainToken;
use narrowgate_store::TokenId;
use narrowgate_store::time::{Date, Timestamp};
use narrowgate_store::tokens::{StoredGrant, Token, TokenPrivileges};
use serde::Serialize;

/// A token as clients see it.
#[derive(Serialize)]
pub(crate) struct TokenBody<'a> {
    id: TokenId,
    name: &'a str,
    revoked: bool,
    created_at: Timestamp,
    description: Option<&'a str>,
    scopes: Vec<&'a str>,
    user_id: u64,
    last_used_at: Option<Timestamp>,
    active: bool,
    granular: bool,
    expires_at: Option<Date>,
    last_used_ips: &'a [IpAddr],
    #[serde(skip_serializing_if = "Option::is_none")]
    granular_scopes: Option<Vec<GrantBody<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// One grant as clients see it.
#[derive(Serialize)]
pub(crate) struct GrantBody<'a> {
    access: &'static str,
    permissions: &'a [String],
    project_id: Option<u64>,
    group_id: Option<u64>,
}

impl<'a> TokenBody<'a> {
    /// As listed and shown.
    pub(crate) fn shown(token: &'a Token, now: Timestamp) -> Self {
        let (granular, scopes, grants) = match &token.privileges {
            TokenPrivileges::Legacy(scopes) => (false, scopes.iter().map(String::as_str).collect(), None),
            TokenPrivileges::FineGrained(grants) => {
                (true, vec!["granular"], Some(grants.iter().map(GrantBody::of).collect()))
            }
        };
        let revoked = token.revoked_at.is_some();
        let expired = token.expires_at.is_some_and(|date| date.midnight() <= now);
        Self {
            id: token.id,
            name: &token.name,
            revoked,
            created_at: token.created_at,
            description: token.description.as_deref(),
            scopes,
            user_id: token.user_id,
            last_used_at: token.last_used_at,
            active: !revoked && !expired,
            granular,
            expires_at: token.expires_at,
            last_used_ips: &token.last_used_ips,
            granular_scopes: grants,
            token: None,
        }
    }

    /// As after a rotation: with its text, this one time.
    pub(crate) fn rotated(token: &'a Token, plain: &'a PlainToken, now: Timestamp) -> Self {
        Self { token: Some(plain.expose()), ..Self::shown(token, now) }
    }

    /// As after its creation: GitLab does not repeat the grants.
    pub(crate) fn created(token: &'a Token, plain: &'a PlainToken, now: Timestamp) -> Self {
        Self { granular_scopes: None, ..Self::rotated(token, plain, now) }
    }
}

impl<'a> GrantBody<'a> {
    /// The entry for one stored grant.
    pub(crate) fn of(grant: &'a StoredGrant) -> Self {
        let StoredGrant { access, permissions, project_id, group_id } = grant;
        Self { access: access.as_str(), permissions, project_id: *project_id, group_id: *group_id }
    }
}
