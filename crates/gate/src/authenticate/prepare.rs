//! What is stored, made ready for the decision.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use narrowgate_catalog::{Catalog, PermissionSet, Scope};
use narrowgate_gitlab::Identity;
use narrowgate_policy::{Access, Bearer, Grant, Grants, Micros, Privileges, TokenClass};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::{Connection, Health};
use narrowgate_store::tokens::{GrantAccess, StoredGrant, Token, TokenKind, TokenPrivileges};
use secrecy::ExposeSecret;

use super::Link;
use crate::credential::strip::secret;
use crate::refusal::Failure;

/// The token as the decision sees it.
pub(super) fn bearer(token: &Token, link: &Link, catalog: &Catalog) -> Bearer {
    Bearer {
        class: class(token.kind),
        privileges: privileges(&token.privileges, catalog),
        revoked: token.revoked_at.is_some(),
        expires_at: token.expires_at.map(|date| Micros(date.midnight().0)),
        owner_blocked: link.connection.health == Health::Blocked,
    }
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
