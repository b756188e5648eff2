//! How a token is printed.

use std::io::{Write as _, stdout};

use anyhow::Result;
use narrowgate_api::authority::Created;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{StoredGrant, Token, TokenPrivileges};
use serde_json::{Value, json};

use crate::cli::Format;

/// Whether it works, and if not, why.
pub(super) fn state(token: &Token, now: Timestamp) -> &'static str {
    match token.expires_at {
        _ if token.revocation.is_some() => "revoked",
        Some(date) if date.midnight() <= now => "expired",
        _ => "active",
    }
}

/// A token in GitLab's own field names.
pub(super) fn to_json(token: &Token, now: Timestamp) -> Value {
    let (scopes, grants) = match &token.privileges {
        TokenPrivileges::Legacy(scopes) => (json!(scopes), None),
        TokenPrivileges::FineGrained(grants) => {
            (json!(["granular"]), Some(grants.iter().map(grant_json).collect::<Vec<_>>()))
        }
        TokenPrivileges::Job => (json!([]), None),
    };
    let mut value = json!({
        "id": token.id,
        "name": token.name,
        "description": token.description,
        "user_id": token.user_id,
        "revoked": token.revocation.is_some(),
        "active": state(token, now) == "active",
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "last_used_ips": token.last_used_ips,
        "granular": grants.is_some(),
        "scopes": scopes,
    });
    if let (Some(fields), Some(grants)) = (value.as_object_mut(), grants) {
        fields.insert("granular_scopes".to_owned(), grants.into());
    }
    value
}

fn grant_json(grant: &StoredGrant) -> Value {
    json!({
        "access": grant.access.as_str(),
        "permissions": grant.permissions,
        "project_id": grant.project_id,
        "group_id": grant.group_id,
    })
}

/// What a token may do, a line for each grant.
pub(super) fn privileges(token: &Token) -> Vec<String> {
    match &token.privileges {
        TokenPrivileges::Legacy(scopes) => vec![format!("scopes {}", scopes.join(", "))],
        TokenPrivileges::FineGrained(grants) => grants.iter().map(grant_line).collect(),
        TokenPrivileges::Job => vec!["what is open to job tokens".to_owned()],
    }
}

fn grant_line(grant: &StoredGrant) -> String {
    let place = match (grant.project_id, grant.group_id) {
        (Some(id), _) => format!("project {id}"),
        (None, Some(id)) => format!("group {id}"),
        (None, None) => grant.access.as_str().replace('_', " "),
    };
    format!("{} on {place}", grant.permissions.join(", "))
}

/// Prints a new token: its text alone on stdout, what it is on stderr; or everything as JSON on stdout.
pub(super) fn print_created(created: &Created, now: Timestamp, format: Format) -> Result<()> {
    let Created { token, plain } = created;
    if format == Format::Json {
        let mut value = to_json(token, now);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("token".to_owned(), plain.expose().into());
        }
        return Ok(writeln!(stdout(), "{value}")?);
    }
    let until = token.expires_at.map(|date| format!(", until {date}")).unwrap_or_default();
    eprintln!("token {} `{}` of user {}{until}:", token.id, token.name, token.user_id);
    for line in privileges(token) {
        eprintln!("  {line}");
    }
    eprintln!("It is shown this one time:");
    Ok(writeln!(stdout(), "{}", plain.expose())?)
}
