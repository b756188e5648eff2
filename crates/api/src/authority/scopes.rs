//! Which legacy scopes a token may have.

use narrowgate_catalog::Scope;
use narrowgate_store::connections::Connection;

use super::error::AuthorityError;

/// The scopes by name, each once, if `is_available` lets each of them through.
pub(super) fn resolve(
    names: &[String],
    is_available: impl Fn(Scope) -> bool,
) -> Result<Vec<String>, AuthorityError> {
    let known = |name: &String| Scope::parse(name).is_some_and(&is_available);
    if names.is_empty() || !names.iter().all(known) {
        return Err(AuthorityError::invalid("scopes", "can only contain available scopes"));
    }
    let mut scopes: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !scopes.contains(name) {
            scopes.push(name.clone());
        }
    }
    Ok(scopes)
}

/// As on GitLab, the scopes of administrators are for administrators.
pub(super) fn suits_person(scope: Scope, owner: &Connection) -> bool {
    !matches!(scope, Scope::Sudo | Scope::AdminMode) || owner.administrator
}

/// Bots have no profile to read and nobody to administer.
pub(super) fn suits_bot(scope: Scope) -> bool {
    !matches!(scope, Scope::ReadUser | Scope::ReadServicePing | Scope::Sudo | Scope::AdminMode)
}
