//! A token of another user: every way to find it, its rotation by itself and by others, its end.

use gitlab::Gitlab;
use gitlab::api::personal_access_tokens::{
    PersonalAccessToken, PersonalAccessTokenSelf, PersonalAccessTokenState, PersonalAccessTokens,
    RevokePersonalAccessToken, RevokePersonalAccessTokenSelf, RotatePersonalAccessToken,
    RotatePersonalAccessTokenSelf,
};
use gitlab::api::projects::Project;
use gitlab::api::users::personal_access_tokens::{
    CreatePersonalAccessTokenForUser, PersonalAccessTokenScope,
};
use serde_json::json;

use crate::endpoint::Plain;
use crate::{ask, future, holder, id, ids, refused, tell, text};

const DEV: u64 = 3;

pub fn personal(root: &Gitlab) {
    let create = CreatePersonalAccessTokenForUser::builder()
        .user(DEV)
        .name("by rust")
        .scope(PersonalAccessTokenScope::Api)
        .expires_at(future())
        .build()
        .unwrap();
    let made = ask(root, &create);
    assert!(text(&made).starts_with("ngpat-"), "a token of Narrowgate's");
    assert_eq!(
        (&made["user_id"], &made["scopes"], &made["active"]),
        (&json!(DEV), &json!(["api"]), &json!(true))
    );
    assert_eq!(made["expires_at"], future().to_string());

    let listed = |mut builder: gitlab::api::personal_access_tokens::PersonalAccessTokensBuilder<'static>| {
        ids(&ask(root, &builder.user(DEV).build().unwrap())).contains(&id(&made))
    };
    let list = PersonalAccessTokens::builder;
    assert!(listed(list()));
    assert!(listed(list().search("by ru").to_owned()) && !listed(list().search("by python").to_owned()));
    assert!(listed(list().revoked(false).to_owned()) && !listed(list().revoked(true).to_owned()));
    assert!(listed(list().state(PersonalAccessTokenState::Active).to_owned()));
    assert!(!listed(list().state(PersonalAccessTokenState::Inactive).to_owned()));

    let web = Project::builder().project(20).build().unwrap();
    let dev = holder(text(&made));
    let itself = PersonalAccessTokenSelf::builder().build().unwrap();
    assert_eq!(id(&ask(&dev, &itself)), id(&made));
    assert_eq!(ask(&dev, &web)["path_with_namespace"], "acme/web");
    let rotated = ask(&dev, &RotatePersonalAccessTokenSelf::builder().build().unwrap());
    refused(401, &dev, &web);
    let rotate = RotatePersonalAccessToken::builder().id(id(&rotated)).expires_at(future()).build().unwrap();
    let last = ask(root, &rotate);
    assert_eq!(last["expires_at"], future().to_string());
    let show = |id| ask(root, &PersonalAccessToken::builder().id(id).build().unwrap());
    assert_eq!(
        (show(id(&rotated))["revoked"].as_bool(), show(id(&last))["active"].as_bool()),
        (Some(true), Some(true))
    );

    let dev = holder(text(&last));
    tell(&dev, RevokePersonalAccessTokenSelf::builder().build().unwrap());
    refused(401, &dev, &web);
    let other = ask(root, &create);
    let dev = holder(text(&other));
    tell(root, RevokePersonalAccessToken::builder().id(id(&other)).build().unwrap());
    refused(401, &dev, &web);
    refused(404, root, &PersonalAccessToken::builder().id(999_999).build().unwrap());
    fine_grained(root);
}

fn fine_grained(root: &Gitlab) {
    let grants = json!([
        {"access": "selected_memberships", "permissions": ["read_work_item"], "project_ids": [20]},
        {"access": "user", "permissions": ["read_user"]},
    ]);
    let wish = json!({"name": "fine", "granular_scopes": grants});
    let made = ask(root, &Plain::post("users/3/personal_access_tokens", wish));
    assert_eq!(made["granular"], true);
    let dev = holder(text(&made));
    assert!(ask(&dev, &Plain::get("projects/20/issues")).is_array());
    refused(403, &dev, &Plain::get("projects/20/jobs"));
    refused(403, &dev, &Plain::get("projects/21/issues"));
    refused(404, &dev, &Plain::get("projects/34/issues"));
}
