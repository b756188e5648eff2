//! Users and members.

use serde_json::{Value, json};

use crate::http::iso;
use crate::world::{Member, User, World};

/// A user as the author of something.
pub(crate) fn author(url: &str, user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "public_email": null,
        "name": user.name,
        "state": user.state,
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{url}/{}", user.username),
    })
}

/// The author of this id; null when nobody is.
pub(crate) fn author_of(world: &World, url: &str, user: Option<u64>) -> Value {
    user.and_then(|id| world.users.get(&id)).map_or(Value::Null, |user| author(url, user))
}

/// A user's page, as everyone sees it.
pub(crate) fn user(url: &str, user: &User) -> Value {
    let mut view = author(url, user);
    extend(
        &mut view,
        json!({
            "created_at": iso(user.created_at),
            "bio": "",
            "location": "",
            "linkedin": "",
            "twitter": "",
            "discord": "",
            "website_url": "",
            "github": "",
            "job_title": "",
            "pronouns": null,
            "organization": "",
            "bot": false,
            "work_information": null,
            "followers": 0,
            "following": 0,
            "is_followed": false,
            "local_time": null,
        }),
    );
    view
}

/// A user as it sees itself, or as an administrator sees it.
pub(crate) fn user_self(url: &str, of: &User) -> Value {
    let mut view = user(url, of);
    extend(
        &mut view,
        json!({
            "last_sign_in_at": null,
            "confirmed_at": iso(of.created_at),
            "last_activity_on": null,
            "email": format!("{}@example.com", of.username),
            "theme_id": 3,
            "color_scheme_id": 1,
            "projects_limit": 100_000,
            "current_sign_in_at": null,
            "identities": [],
            "can_create_group": true,
            "can_create_project": true,
            "two_factor_enabled": false,
            "external": false,
            "private_profile": false,
            "commit_email": format!("{}@example.com", of.username),
            "preferred_language": "en",
            "namespace_id": of.namespace_id(),
            "created_by": null,
            "email_reset_offered_at": null,
        }),
    );
    if of.admin {
        extend(&mut view, json!({ "is_admin": true, "note": null }));
    }
    view
}

/// A member of a project or group.
pub(crate) fn member(url: &str, user: &User, member: &Member) -> Value {
    let mut view = author(url, user);
    extend(
        &mut view,
        json!({
            "access_level": member.access_level,
            "created_at": iso(member.created_at),
            "expires_at": member.expires_at,
            "membership_state": "active",
        }),
    );
    view
}

/// Adds the fields of `more` to an object.
pub(crate) fn extend(view: &mut Value, more: Value) {
    if let (Value::Object(view), Value::Object(more)) = (view, more) {
        view.extend(more);
    }
}
