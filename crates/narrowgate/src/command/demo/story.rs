//! The story.

use Ending::{Passed, Refused, RefusedByInstance};
use anyhow::Result;
use narrowgate_policy::Reason;
use narrowgate_secret::{Prefixes, mint};
use narrowgate_store::connections::Connection;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::{GrantAccess, NewToken, StoredGrant, TokenKind, TokenPrivileges};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;

use super::act::{Ending, Narrator};
use super::scene::Scene;
use super::stage::{Stage, WEB};
use crate::secrets::random;

/// What the story's token may do, on acme/web alone.
pub(super) const PERMISSIONS: [&str; 2] = ["read_work_item", "download_code"];
const WEB_ISSUES: &str = "/api/v4/projects/acme%2Fweb/issues";
const API_ISSUES: &str = "/api/v4/projects/acme%2Fapi/issues";
const SELF: &str = "/api/v4/personal_access_tokens/self";

/// Plays it from the first token to the last.
///
/// # Errors
/// When a token can't be minted or a client can't be run; a request that ends otherwise than told is no error.
pub(super) async fn play(stage: &Stage, narrator: &mut Narrator) -> Result<()> {
    let maria = stage.connect("maria").await?;
    for user in ["gus", "root"] {
        stage.connect(user).await?;
    }
    for (project, title) in [("acme%2Fweb", "The logo is too small"), ("acme%2Fapi", "Answer in time")] {
        stage.open_issue("maria", project, title).await?;
    }
    let narrow = stage.mint_narrow("maria", "issues and clone", &PERMISSIONS).await?;
    let mut scene = Scene { stage, narrator };
    within_reach(&mut scene, &narrow).await?;
    out_of_reach(&mut scene, &narrow).await?;
    role_counts(&mut scene).await?;
    legacy(&mut scene, maria.user_id).await?;
    dead(&mut scene, &narrow, &maria).await
}

async fn within_reach(scene: &mut Scene<'_>, narrow: &SecretString) -> Result<()> {
    let title = "A token of maria's with read_work_item and download_code on acme/web does just that:";
    scene.narrator.chapter(title)?;
    scene.get(narrow, WEB_ISSUES, Passed(200)).await?;
    scene.clone(narrow, "acme/web", "web", Passed(200)).await
}

async fn out_of_reach(scene: &mut Scene<'_>, narrow: &SecretString) -> Result<()> {
    scene
        .narrator
        .chapter("It is refused on other projects, for writes, and where no permission is known:")?;
    scene.get(narrow, API_ISSUES, Refused(403, Reason::OutsideBoundary)).await?;
    scene.clone(narrow, "acme/api", "api", Refused(403, Reason::OutsideBoundary)).await?;
    scene.get(narrow, "/api/v4/projects/root%2Fvault/issues", Refused(404, Reason::NotFound)).await?;
    let issue = json!({"title": "Written with a token that may only read"});
    let missing = Refused(403, Reason::PermissionMissing);
    scene.send(narrow, Method::POST, WEB_ISSUES, Some(&issue), missing).await?;
    scene.push(narrow, "web", missing).await?;
    scene.get(narrow, "/api/v4/projects/acme%2Fweb/no_such_thing", Refused(403, Reason::NotCovered)).await
}

async fn role_counts(scene: &mut Scene<'_>) -> Result<()> {
    scene
        .narrator
        .chapter("A token never lifts a role: gus, a Guest, grants his token push_code, and still can't:")?;
    let token = scene.stage.mint_narrow("gus", "push", &["push_code"]).await?;
    scene.push(&token, "web", RefusedByInstance(403)).await
}

async fn legacy(scene: &mut Scene<'_>, maria: u64) -> Result<()> {
    scene
        .narrator
        .chapter("Side by side, a legacy read_api token of maria's reads every project she can:")?;
    let path = format!("/api/v4/users/{maria}/personal_access_tokens");
    let body = json!({"name": "legacy", "scopes": ["read_api"]});
    let token = scene.stage.mint(&scene.stage.native("root")?, &path, &body).await?;
    scene.get(&token, WEB_ISSUES, Passed(200)).await?;
    scene.get(&token, API_ISSUES, Passed(200)).await?;
    let issue = json!({"title": "Written with a token that may only read"});
    let missing = Refused(403, Reason::ScopeMissing);
    scene.send(&token, Method::POST, WEB_ISSUES, Some(&issue), missing).await
}

async fn dead(scene: &mut Scene<'_>, narrow: &SecretString, maria: &Connection) -> Result<()> {
    scene.narrator.chapter("The first token revokes itself; another one's last day was yesterday:")?;
    scene.send(narrow, Method::DELETE, SELF, None, Passed(204)).await?;
    scene.get(narrow, WEB_ISSUES, Refused(401, Reason::Revoked)).await?;
    let expired = expired(scene.stage, maria).await?;
    scene.get(&expired, WEB_ISSUES, Refused(401, Reason::Expired)).await
}

/// A token that expired today at midnight. The API rightly makes none, so it goes straight into the store.
async fn expired(stage: &Stage, owner: &Connection) -> Result<SecretString> {
    let token = mint(Prefixes::default().personal(), &mut random()?);
    let today = Date::of(stage.store().now());
    let grant = StoredGrant {
        access: GrantAccess::SelectedMemberships,
        project_id: Some(WEB),
        group_id: None,
        permissions: PERMISSIONS.map(str::to_owned).into(),
    };
    let privileges = TokenPrivileges::FineGrained(vec![grant]);
    let new = NewToken {
        expires_at: Some(today),
        ..NewToken::new(owner, TokenKind::Personal, token.digest(), "expired", privileges)
    };
    stage.store().tokens().add(&new).await?;
    Ok(SecretString::from(token.expose()))
}
