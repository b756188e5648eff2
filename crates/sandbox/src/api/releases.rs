//! Releases.

use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{Making, Resource};

pub(super) static RELEASES: Resource = Resource {
    kind: "release",
    title: "Release",
    path: "releases",
    names: &["tag_name"],
    read: Role::Guest,
    write: Role::Developer,
    required: &["tag_name"],
    editable: &["name", "description", "released_at", "milestones"],
    renames: &[],
    unique: Some("tag_name"),
    settle: |_, _| {},
    shows_removed: true,
    make: release,
};

fn release(making: &Making<'_>) -> Value {
    let params = making.params;
    let tag = params.text("tag_name").unwrap_or_default();
    let page = format!("{}/-/releases/{tag}", making.place.web_url);
    let archive = |format: &str| {
        let file =
            format!("{}-{tag}.{format}", making.place.full_path.rsplit('/').next().unwrap_or_default());
        json!({ "format": format, "url": format!("{}/-/archive/{tag}/{file}", making.place.web_url) })
    };
    json!({
        "name": params.or("name", tag.as_str()),
        "tag_name": tag,
        "description": params.or("description", Value::Null),
        "created_at": making.now,
        "released_at": params.or("released_at", making.now.as_str()),
        "upcoming_release": false,
        "author": making.author,
        "commit": null,
        "milestones": [],
        "commit_path": null,
        "tag_path": format!("/{}/-/tags/{tag}", making.place.full_path),
        "assets": { "count": 2, "sources": [archive("zip"), archive("tar.gz")], "links": [] },
        "evidences": [],
        "_links": { "self": page, "edit_url": format!("{page}/edit") },
    })
}
