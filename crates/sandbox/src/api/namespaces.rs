//! Namespaces: groups, and the one that each user has.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Reply, json as answer};
use crate::view;
use crate::world::{Namespace, World};

pub(super) fn routes() -> Router<Forge> {
    Router::new().route("/namespaces", get(list)).route("/namespaces/{id}", get(show))
}

fn visible(call: &Call, world: &World) -> Vec<Namespace> {
    let user = call.viewer.user;
    let own = world.users.keys().filter(|id| Some(**id) == user || call.viewer.admin);
    let groups = world
        .groups
        .values()
        .filter(|group| call.viewer.admin || world.group_level(user, &world.group_chain(group.id)).is_some());
    own.map(|id| Namespace::User(*id)).chain(groups.map(|group| Namespace::Group(group.id))).collect()
}

fn namespace_view(call: &Call, world: &World, namespace: Namespace) -> Value {
    let mut view = view::namespace(world, call.forge.url(), namespace);
    view::extend(
        &mut view,
        json!({ "members_count_with_descendants": null, "billable_members_count": 1, "plan": "default", "trial": false, "trial_ends_on": null }),
    );
    view
}

async fn list(call: Call) -> Reply {
    call.viewer.signed_in()?;
    let search = call.params.text("search").map(|text| text.to_lowercase());
    let found = {
        let world = call.forge.world();
        let namespaces = visible(&call, &world).into_iter().filter(|namespace| {
            search
                .as_ref()
                .is_none_or(|text| world.namespace_path(*namespace).to_lowercase().contains(text.as_str()))
        });
        namespaces.map(|namespace| namespace_view(&call, &world, namespace)).collect()
    };
    call.page(found)
}

async fn show(Path(id): Path<String>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let world = call.forge.world();
    let found = visible(&call, &world).into_iter().find(|namespace| {
        world.namespace_path(*namespace) == id
            || id.parse().is_ok_and(|id| world.find_namespace(id) == Some(*namespace))
    });
    let namespace = found.ok_or_else(|| ApiError::not_found("Namespace"))?;
    Ok(answer(StatusCode::OK, &namespace_view(&call, &world, namespace)))
}
