//! Requests that act as another user: `Sudo`, with a user name or id.
//!
//! Both must hold: the token's grants, and what the other user may do.

use std::sync::Arc;

use http::request::Parts;
use narrowgate_catalog::{BoundaryType, Role};
use narrowgate_gitlab::{GroupFacts, Identity, ProjectFacts, User, Visibility};
use narrowgate_policy::{Denial, Place, Reason};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use smallvec::SmallVec;

use crate::authenticate::Principal;
use crate::core::Core;
use crate::locate::{FoundNeed, FoundPlace};
use crate::receive::query::{self, base_name};
use crate::refusal::{Failure, Refusal};

/// The header that names whom to act as.
pub(crate) const HEADER: &str = "sudo";

/// The user that a request acts as.
#[derive(Debug)]
pub(crate) struct Impersonated {
    /// The user's id on the instance.
    pub(crate) id: u64,
    /// Whether that user administers the instance.
    pub(crate) administrator: bool,
    /// The request's places in that user's eyes, need by need.
    places: Vec<SmallVec<[FoundPlace; 2]>>,
}

impl Impersonated {
    /// Lends the places to a decision.
    pub(crate) fn with_places<R>(&self, ask: impl FnOnce(&[&[Place<'_>]]) -> R) -> R {
        let of_needs = self.places.iter().map(|places| places.iter().map(FoundPlace::as_place).collect());
        let places: Vec<Vec<Place<'_>>> = of_needs.collect();
        let lent: Vec<&[Place<'_>]> = places.iter().map(Vec::as_slice).collect();
        ask(&lent)
    }
}

/// Whom a request asks to act as, by header or parameter.
///
/// # Errors
///
/// Two different ones, and what is not plain text.
pub(crate) fn asked(head: &Parts) -> Result<Option<String>, Refusal> {
    let mut names = Vec::new();
    for value in head.headers.get_all(HEADER) {
        names.push(value.to_str().map_err(|_| Refusal::Sudo)?.trim().to_owned());
    }
    for (name, value) in query::pairs(head.uri.query().unwrap_or_default()) {
        let name = query::decode(name)?;
        match base_name(&name) {
            "sudo" if name == "sudo" => names.push(query::decode(value)?.into_owned()),
            "sudo" => return Err(Refusal::Sudo),
            _ => {}
        }
    }
    let Some(first) = names.pop() else { return Ok(None) };
    if first.is_empty() || names.iter().any(|other| *other != first) {
        return Err(Refusal::Sudo);
    }
    Ok(Some(first))
}

/// Finds the user, and what the places of the request are to that user.
///
/// # Errors
///
/// The token's owner is no administrator, there is no such user, and an instance that can't be asked.
pub(crate) async fn find(
    core: &Core,
    principal: &Principal,
    name: &str,
    needs: &[FoundNeed],
) -> Result<Impersonated, Refusal> {
    let deny = |reason| Refusal::from(Denial::new(reason).for_class(principal.bearer.class));
    if !principal.link.connection.administrator {
        return Err(deny(Reason::SudoNotAllowed));
    }
    let identity = &principal.link.identity;
    let user = user(core, identity, name).await?.ok_or_else(|| deny(Reason::NotFound))?;
    let mut places = Vec::with_capacity(needs.len());
    for need in needs {
        let mut seen = SmallVec::new();
        for place in &need.places {
            seen.push(through_eyes(core, identity, &user, place).await?);
        }
        places.push(seen);
    }
    Ok(Impersonated { id: user.id, administrator: user.administrator, places })
}

/// A number is an id first, as in GitLab.
async fn user(core: &Core, identity: &Identity, name: &str) -> Result<Option<User>, Refusal> {
    let client = core.directory.client();
    let found = match name.parse::<u64>() {
        Ok(id) => client.get_json(&identity.credential, &format!("/users/{id}")).await?,
        Err(_) => {
            let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
            let found = client.get_json(&identity.credential, &format!("/users?username={name}")).await?;
            found.and_then(|list| list.get(0).cloned())
        }
    };
    let read = |user: Value| serde_json::from_value::<User>(user).map_err(|_| Failure::Unreadable);
    Ok(found.map(read).transpose()?.filter(|user| user.state == "active"))
}

async fn through_eyes(
    core: &Core,
    identity: &Identity,
    user: &User,
    place: &FoundPlace,
) -> Result<FoundPlace, Refusal> {
    let client = core.directory.client();
    let credential = &identity.credential;
    let sees = |role: Option<Role>, visibility| {
        user.administrator || role > Some(Role::NoAccess) || visibility != Visibility::Private
    };
    Ok(match place {
        FoundPlace::Project(facts, terms) => {
            let role = client.project_role(credential, facts.id, user.id).await?;
            if !sees(role, facts.visibility) {
                return Ok(FoundPlace::NotFound(BoundaryType::Project));
            }
            FoundPlace::Project(Arc::new(ProjectFacts { role, ..ProjectFacts::clone(facts) }), *terms)
        }
        FoundPlace::Group(facts, terms) => {
            let role = client.group_role(credential, facts.id, user.id).await?;
            if !sees(role, facts.visibility) {
                return Ok(FoundPlace::NotFound(BoundaryType::Group));
            }
            FoundPlace::Group(Arc::new(GroupFacts { role, ..GroupFacts::clone(facts) }), *terms)
        }
        FoundPlace::User => FoundPlace::User,
        FoundPlace::Instance => FoundPlace::Instance,
        FoundPlace::NotFound(boundary) => FoundPlace::NotFound(*boundary),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[test]
    fn one_user_is_found_wherever_it_is_named() {
        let asked = |uri: &str, header: Option<&str>| {
            let mut request = Request::builder().uri(uri);
            if let Some(name) = header {
                request = request.header("sudo", name);
            }
            asked(&request.body(()).unwrap().into_parts().0).map_err(|refusal| refusal.as_str().to_owned())
        };
        assert_eq!(asked("/a?b=sudo", None), Ok(None));
        assert_eq!(asked("/a", Some("dev")), Ok(Some("dev".to_owned())));
        assert_eq!(asked("/a?sudo=dev", Some("dev")), Ok(Some("dev".to_owned())));
        for (uri, header) in [("/a?sudo=a", Some("b")), ("/a?[sudo]=1", None), ("/a?sudo=", None)] {
            assert_eq!(asked(uri, header), Err("sudo_not_allowed".to_owned()), "{uri}");
        }
    }
}
