//! The administrator as somebody else: by a token for that, and by `sudo`.

use gitlab::Gitlab;
use gitlab::api::SudoContext;
use gitlab::api::users::CurrentUser;
use gitlab::api::users::impersonation_tokens::{
    CreateImpersonationToken, DeleteImpersonationToken, ImpersonationToken, ImpersonationTokenScope,
    ImpersonationTokens,
};
use serde_json::json;

use crate::endpoint::Plain;
use crate::{ask, future, holder, id, ids, refused, tell, text};

const DEV: u64 = 3;

pub fn impersonation(root: &Gitlab) {
    let create = CreateImpersonationToken::builder()
        .user(DEV)
        .name("support")
        .scope(ImpersonationTokenScope::Api)
        .expires_at(future())
        .build()
        .unwrap();
    let made = ask(root, &create);
    assert_eq!(made["impersonation"], true);
    assert_eq!(ids(&ask(root, &ImpersonationTokens::builder().user(DEV).build().unwrap())), [id(&made)]);
    let show = ImpersonationToken::builder().user(DEV).token_id(id(&made)).build().unwrap();
    assert_eq!(ask(root, &show)["name"], "support");
    let dev = holder(text(&made));
    let user = CurrentUser::builder().build().unwrap();
    assert_eq!(ask(&dev, &user)["username"], "dev");
    tell(root, DeleteImpersonationToken::builder().user(DEV).token_id(id(&made)).build().unwrap());
    refused(401, &dev, &user);
}

pub fn sudo(root: &Gitlab) {
    let wish = json!({"name": "acts", "scopes": ["api", "sudo"]});
    let capable = holder(text(&ask(root, &Plain::post("user/personal_access_tokens", wish))));
    let as_dev = SudoContext::new("dev");
    let user = CurrentUser::builder().build().unwrap();
    assert_eq!(ask(&capable, &user)["username"], "root");
    assert_eq!(ask(&capable, &as_dev.apply(user.clone()))["username"], "dev");
    refused(404, &capable, &as_dev.apply(Plain::get("projects/34")));
    let wish = json!({"name": "acts not", "scopes": ["api"]});
    let plain = holder(text(&ask(root, &Plain::post("user/personal_access_tokens", wish))));
    refused(403, &plain, &as_dev.apply(user));
}
