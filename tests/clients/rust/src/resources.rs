//! Tokens of projects and groups: bots with a role, which reach nothing else.

use gitlab::Gitlab;
use gitlab::api::personal_access_tokens::PersonalAccessTokenSelf;
use gitlab::api::projects::access_tokens::{
    CreateProjectAccessToken, ProjectAccessToken, ProjectAccessTokenAccessLevel, ProjectAccessTokenScope,
    ProjectAccessTokens, RevokeProjectAccessToken, RotateProjectAccessToken,
};
use serde_json::{Value, json};

use crate::endpoint::Plain;
use crate::{ask, future, holder, id, ids, refused, tell, text};

pub fn project(root: &Gitlab) {
    let create = CreateProjectAccessToken::builder()
        .project(20)
        .name("bot")
        .scope(ProjectAccessTokenScope::Api)
        .access_level(ProjectAccessTokenAccessLevel::Developer)
        .expires_at(future())
        .build()
        .unwrap();
    let made = ask(root, &create);
    assert_eq!((&made["access_level"], &made["resource_type"]), (&json!(30), &json!("project")));
    assert!(
        ids(&ask(root, &ProjectAccessTokens::builder().project(20).build().unwrap())).contains(&id(&made))
    );
    let show = ProjectAccessToken::builder().project(20).id(id(&made)).build().unwrap();
    assert_eq!(ask(root, &show)["name"], "bot");
    holds_to(&made, 20, 22);

    let rotate =
        RotateProjectAccessToken::builder().project(20).id(id(&made)).expires_at(future()).build().unwrap();
    let rotated = ask(root, &rotate);
    assert_eq!(rotated["access_level"], 30);
    let bot = holder(text(&rotated));
    let issues = Plain::get("projects/20/issues");
    assert!(ask(&bot, &issues).is_array());
    tell(root, RevokeProjectAccessToken::builder().project(20).id(id(&rotated)).build().unwrap());
    refused(401, &bot, &issues);
    refused(404, root, &ProjectAccessToken::builder().project(20).id(999_999).build().unwrap());
}

/// The crate has no endpoints for the tokens of groups.
pub fn group(root: &Gitlab) {
    let tokens = "groups/11/access_tokens";
    let wish =
        json!({"name": "bot", "scopes": ["api"], "access_level": 30, "expires_at": future().to_string()});
    let made = ask(root, &Plain::post(tokens, wish));
    assert_eq!((&made["access_level"], &made["resource_type"]), (&json!(30), &json!("group")));
    assert!(ids(&ask(root, &Plain::get(tokens))).contains(&id(&made)));
    let one = |token: &Value| format!("{tokens}/{}", id(token));
    assert_eq!(ask(root, &Plain::get(one(&made)))["name"], "bot");
    holds_to(&made, 22, 20);
    let rotated = ask(root, &Plain::post(format!("{}/rotate", one(&made)), json!({})));
    let bot = holder(text(&rotated));
    let issues = Plain::get("projects/22/issues");
    assert!(ask(&bot, &issues).is_array());
    let itself = ask(&bot, &Plain::post(format!("{tokens}/self/rotate"), json!({})));
    refused(401, &bot, &issues);
    let bot = holder(text(&itself));
    tell(root, Plain::delete(one(&itself)));
    refused(401, &bot, &issues);
}

/// A Developer's bot reaches its own, reads no variables there, and finds nothing elsewhere.
fn holds_to(made: &Value, inside: u64, outside: u64) {
    let bot = holder(text(made));
    assert_eq!(id(&ask(&bot, &PersonalAccessTokenSelf::builder().build().unwrap())), id(made));
    assert!(ask(&bot, &Plain::get(format!("projects/{inside}/issues"))).is_array());
    refused(403, &bot, &Plain::get(format!("projects/{inside}/variables")));
    refused(404, &bot, &Plain::get(format!("projects/{outside}/issues")));
}
