//! Listing and showing merge requests.

use ::http::StatusCode;
use axum::extract::Path;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::{find, shelf, text};
use crate::http::{Call, Need, Reply, json as answer};
use crate::world::{Project, Record, World};

pub(super) async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let project = call.project(&call.forge.world(), &id, Need::Read(Role::Reporter))?.id;
    listing(&call, |_, it| it.id == project, "all")
}

pub(super) async fn of_group(Path(id): Path<String>, call: Call) -> Reply {
    let group = call.group(&call.forge.world(), &id, Need::Read(Role::Guest))?.id;
    listing(&call, move |world, it| world.project_chain(it).contains(&group), "all")
}

pub(super) async fn mine(call: Call) -> Reply {
    call.viewer.signed_in()?;
    listing(&call, |_, _| true, "created_by_me")
}

fn listing(call: &Call, keep: impl Fn(&World, &Project) -> bool, scope: &str) -> Reply {
    let scope = call.params.text("scope").unwrap_or_else(|| scope.to_owned());
    let mut requests: Vec<Value> = {
        let world = call.forge.world();
        let projects = world.projects.values().filter(|project| {
            world.standing_in_project(call.viewer.user, project).reading >= Role::Reporter
                && keep(&world, project)
        });
        let requests = projects.flat_map(|project| world.shelf(shelf(project.id)));
        requests.filter(|it| is_wanted(call, it, &scope)).map(|it| json!(it)).collect()
    };
    requests.sort_by_key(|request| request.get("id").and_then(Value::as_u64));
    if call.params.text("sort").as_deref() != Some("asc") {
        requests.reverse();
    }
    call.page(requests)
}

fn is_wanted(call: &Call, request: &Record, scope: &str) -> bool {
    let params = &call.params;
    let author = request.get("author").and_then(|author| author.get("id")).and_then(Value::as_u64);
    let labels = request.get("labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let iid = request.get("iid").and_then(Value::as_u64);
    let same = |name: &str| params.text(name).is_none_or(|wanted| wanted == text(request, name));
    params.text("state").is_none_or(|state| state == "all" || state == text(request, "state"))
        && (scope == "all" || author == call.viewer.user)
        && same("source_branch")
        && same("target_branch")
        && params.number("author_id").is_none_or(|id| author == Some(id))
        && params.numbers("iids").is_none_or(|iids| iid.is_some_and(|iid| iids.contains(&iid)))
        && params
            .list("labels")
            .is_none_or(|wanted| wanted.iter().all(|label| labels.contains(&json!(label))))
        && params.text("search").is_none_or(|search| text(request, "title").contains(&search))
}

pub(super) async fn show(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let (_, request) = find(&call, &call.forge.world(), &id, &iid)?;
    Ok(answer(StatusCode::OK, &json!(request)))
}
