//! Tags.

use ::http::StatusCode;
use axum::extract::Path;
use serde_json::{Value, json};

use super::log;
use super::open::Opened;
use crate::http::{ApiError, Call, Reply, created, deleted, json as answer};

async fn view(call: &Call, opened: &Opened, name: &str) -> Result<Value, ApiError> {
    let missing = || ApiError::not_found("Tag");
    let commit = opened.commit(&format!("refs/tags/{name}")).await.ok_or_else(missing)?;
    let kind = opened
        .text(&[
            "for-each-ref",
            "--format=%(objectname)%00%(objecttype)%00%(contents)",
            &format!("refs/tags/{name}"),
        ])
        .await?;
    let mut facts = kind.trim_end().splitn(3, '\0');
    let (target, kind, message) = (facts.next(), facts.next(), facts.next());
    let annotated = kind == Some("tag");
    Ok(json!({
        "name": name,
        "message": message.filter(|_| annotated).unwrap_or_default().trim_end(),
        "target": target,
        "commit": log::one(call, opened, &commit).await?,
        "release": null,
        "protected": false,
        "created_at": null,
    }))
}

pub(super) async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let names = opened
        .text(&["for-each-ref", "--sort=-creatordate", "--format=%(refname:strip=2)", "refs/tags"])
        .await?;
    let mut tags = Vec::new();
    for name in names.lines() {
        tags.push(view(&call, &opened, name).await?);
    }
    call.page(tags)
}

pub(super) async fn show(Path((id, name)): Path<(String, String)>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    Ok(answer(StatusCode::OK, &view(&call, &opened, &name).await?))
}

pub(super) async fn create(Path(id): Path<String>, call: Call) -> Reply {
    let name = call.params.required("tag_name")?;
    let from = call.params.required("ref")?;
    let opened = Opened::write(&call, &id, "").await?;
    opened.new_name(&name).await?;
    if opened.commit(&format!("refs/tags/{name}")).await.is_some() {
        return Err(ApiError::bad_request(format!("Tag {name} already exists")));
    }
    let sha = opened
        .commit(&from)
        .await
        .ok_or_else(|| ApiError::bad_request(format!("Target {from} is invalid")))?;
    match call.params.text("message").filter(|message| !message.is_empty()) {
        None => opened.run(&["update-ref", &format!("refs/tags/{name}"), &sha]).await?,
        Some(message) => {
            let who = super::push::person(&call);
            let (name_setting, email_setting) =
                (format!("user.name={}", who.0), format!("user.email={}", who.1));
            let args =
                ["-c", &name_setting, "-c", &email_setting, "tag", "-a", "-m", &message, "--", &name, &sha];
            opened.run(&args).await?
        }
    };
    Ok(created(&view(&call, &opened, &name).await?))
}

pub(super) async fn remove(Path((id, name)): Path<(String, String)>, call: Call) -> Reply {
    let opened = Opened::write(&call, &id, "").await?;
    opened.commit(&format!("refs/tags/{name}")).await.ok_or_else(|| ApiError::not_found("Tag"))?;
    opened.run(&["update-ref", "-d", &format!("refs/tags/{name}")]).await?;
    Ok(deleted())
}
