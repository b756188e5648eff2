//! What is stored, made ready for the decision.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use narrowgate_catalog::{Catalog, PermissionSet, Role, Scope};
use narrowgate_gitlab::Identity;
use narrowgate_policy::{
    Access, Bearer, Conditions, Confinement, Grant, Grants, Micros, Privileges, RefPattern, TokenClass,
};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::{Connection, Health};
use narrowgate_store::tokens::{
    self as stored, GrantAccess, Resource, StoredGrant, Token, TokenKind, TokenPrivileges,
};
use secrecy::ExposeSecret;

use super::Link;
use crate::credential::strip::secret;
use crate::refusal::Failure;

/// The token as the decision sees it.
pub(super) fn bearer(token: &Token, link: &Link, catalog: &Catalog) -> Bearer {
    let midnight = token.expires_at.map(|date| Micros(date.midnight().0));
    let end = token.ends_at.map(|at| Micros(at.0));
    Bearer {
        revoked: token.revocation.is_some(),
        expires_at: midnight.into_iter().chain(end).min(),
        owner_blocked: link.connection.health == Health::Blocked,
        role: token.access_level.map(|level| Role::from_access_level(level.into())),
        confinement: token.resource.map(confinement),
        conditions: conditions(&token.conditions),
        sudo: token.sudo,
        ..Bearer::new(class(token.kind), privileges(&token.privileges, catalog))
    }
}

const fn confinement(resource: Resource) -> Confinement {
    match resource {
        Resource::Project(id) => Confinement::Project(id),
        Resource::Group(id) => Confinement::Group(id),
    }
}

/// What a token demands of requests. A pattern that can't be read matches no ref, rather than any.
fn conditions(stored: &stored::Conditions) -> Option<Box<Conditions>> {
    let patterns = stored.push_refs.iter().map(|text| RefPattern::parse(text));
    let conditions = Conditions {
        not_before: stored.not_before.map(|at| Micros(at.0)),
        addresses: stored.addresses.iter().copied().collect(),
        push_refs: patterns.map(|pattern| pattern.unwrap_or_else(|_| RefPattern::nothing())).collect(),
    };
    (!conditions.is_empty()).then(|| Box::new(conditions))
}

const fn class(kind: TokenKind) -> TokenClass {
    match kind {
        TokenKind::Personal => TokenClass::Personal,
        TokenKind::Project => TokenClass::Project,
        TokenKind::Group => TokenClass::Group,
        TokenKind::Job => TokenClass::Job,
    }
}

fn privileges(stored: &TokenPrivileges, catalog: &Catalog) -> Privileges {
    match stored {
        TokenPrivileges::Legacy(scopes) => {
            Privileges::Legacy(scopes.iter().filter_map(|name| Scope::parse(name)).collect())
        }
        TokenPrivileges::FineGrained(grants) => {
            let grants: Vec<Grant> = grants.iter().map(|stored| grant(stored, catalog)).collect();
            Privileges::FineGrained(Grants::prepare(&grants))
        }
        TokenPrivileges::Job => Privileges::Job,
    }
}

/// A permission that the catalogue no longer has grants nothing.
fn grant(stored: &StoredGrant, catalog: &Catalog) -> Grant {
    let access = match stored.access {
        GrantAccess::PersonalProjects => Access::PersonalProjects,
        GrantAccess::AllMemberships => Access::AllMemberships,
        GrantAccess::User => Access::User,
        GrantAccess::Instance => Access::Instance,
        GrantAccess::SelectedMemberships => Access::SelectedMemberships {
            projects: stored.project_id.into_iter().collect(),
            groups: stored.group_id.into_iter().collect(),
        },
    };
    let ids = stored.permissions.iter().filter_map(|name| catalog.permission(name)).map(|known| known.id);
    Grant { access, permissions: ids.collect::<PermissionSet>() }
}

/// The connection with its credential opened, in the forms in which it is sent.
pub(super) fn link(connection: Connection, keys: &KeyRing) -> Result<Link, Failure> {
    let sealed = |reason: &dyn std::fmt::Display| {
        tracing::error!(connection.id = connection.id.0, error = %reason, "a credential can't be opened");
        Failure::Sealed
    };
    let credential = keys
        .open(&connection.credential, &connection.credential_context())
        .map_err(|error| sealed(&error))?;
    let text = credential.expose_secret();
    let bearer = secret(&format!("Bearer {text}")).ok_or_else(|| sealed(&"not a header value"))?;
    let encoded = STANDARD.encode(format!("oauth2:{text}"));
    let basic = secret(&format!("Basic {encoded}")).ok_or_else(|| sealed(&"not a header value"))?;
    let identity = Identity {
        connection: connection.id.0,
        user_id: connection.user_id,
        username: connection.username.clone(),
        credential,
    };
    Ok(Link { connection: Arc::new(connection), identity, bearer, basic })
}
