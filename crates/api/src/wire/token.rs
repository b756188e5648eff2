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
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    resource: Option<ResourceBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// What tokens of projects and groups have besides.
#[derive(Serialize)]
struct ResourceBody {
    access_level: Option<u8>,
    resource_type: &'static str,
    resource_id: u64,
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
            TokenPrivileges::Job => (false, Vec::new(), None),
            TokenPrivileges::FineGrained(grants) => {
                (true, vec!["granular"], Some(grants.iter().map(GrantBody::of).collect()))
            }
        };
        let revoked = token.revocation.is_some();
        Self {
            id: token.id,
            name: &token.name,
            revoked,
            created_at: token.created_at,
            description: token.description.as_deref(),
            scopes,
            user_id: token.user_id,
            last_used_at: token.last_used_at,
            active: is_active(token, now),
            granular,
            expires_at: token.expires_at,
            last_used_ips: &token.last_used_ips,
            granular_scopes: grants,
            resource: None,
            impersonation: None,
            token: None,
        }
    }

    /// With what is told on the paths of projects and groups.
    pub(crate) fn of_resource(self, token: &Token) -> Self {
        let resource = token.resource.map(|resource| ResourceBody {
            access_level: token.access_level,
            resource_type: resource.kind(),
            resource_id: resource.id(),
        });
        Self { resource, ..self }
    }

    /// With what is told on the paths of impersonation tokens.
    pub(crate) fn of_impersonation(self, token: &Token) -> Self {
        Self { impersonation: Some(token.impersonation), ..self }
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

/// Whether a token is neither revoked nor over.
pub(crate) fn is_active(token: &Token, now: Timestamp) -> bool {
    let is_over = token.expires_at.is_some_and(|date| date.midnight() <= now)
        || token.ends_at.is_some_and(|end| end <= now);
    token.revocation.is_none() && !is_over
}

impl<'a> GrantBody<'a> {
    /// The entry for one stored grant.
    pub(crate) fn of(grant: &'a StoredGrant) -> Self {
        let StoredGrant { access, permissions, project_id, group_id } = grant;
        Self { access: access.as_str(), permissions, project_id: *project_id, group_id: *group_id }
    }
}
