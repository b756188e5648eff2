//! The REST API: one resource a file. What no file serves is answered by `echo`.

mod echo;
mod groups;
mod hooks;
mod issues;
mod jobs;
mod labels;
mod members;
mod merge_requests;
mod milestones;
mod namespaces;
mod notes;
mod pipelines;
mod projects;
mod releases;
mod repository;
mod resource;
mod runners;
mod snippets;
mod stock;
mod tokens;
mod users;
mod variables;
mod version;
mod wikis;

use axum::Router;

use resource::Owner;

pub(crate) use resource::next_iid;
pub(crate) use version::{REVISION, VERSION};

use crate::forge::Forge;

/// All endpoints below `/api/v4`.
pub(crate) fn routes() -> Router<Forge> {
    Router::new()
        .merge(version::routes())
        .merge(users::routes())
        .merge(tokens::routes())
        .merge(projects::routes())
        .merge(groups::routes())
        .merge(members::routes())
        .merge(namespaces::routes())
        .merge(issues::routes())
        .merge(notes::routes())
        .merge(repository::routes())
        .merge(merge_requests::routes())
        .merge(pipelines::routes())
        .merge(jobs::routes())
        .merge(runners::routes())
        .merge(snippets::routes())
        .merge(wikis::routes())
        .merge(stock::routes())
        .merge(labels::LABELS.routes(Owner::Project))
        .merge(labels::LABELS.routes(Owner::Group))
        .merge(labels::by_parameter())
        .merge(milestones::MILESTONES.routes(Owner::Project))
        .merge(milestones::MILESTONES.routes(Owner::Group))
        .merge(releases::RELEASES.routes(Owner::Project))
        .merge(variables::VARIABLES.routes(Owner::Project))
        .merge(variables::VARIABLES.routes(Owner::Group))
        .merge(hooks::HOOKS.routes(Owner::Project))
        .merge(hooks::HOOKS.routes(Owner::Group))
        .fallback(echo::echo)
        .method_not_allowed_fallback(echo::echo)
}
