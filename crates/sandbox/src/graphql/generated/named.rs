//! Containers that arguments name.

use serde_json::{Map, Value};

use super::places::Places;
use crate::graphql::gid;
use crate::world::Container;

/// Arguments that hold the path of a project or group.
const PATHS: [&str; 6] =
    ["fullPath", "projectPath", "groupPath", "namespacePath", "resourcePath", "targetProjectPath"];

/// What the arguments of a field say about the place of what it returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Naming {
    /// The place that they name.
    pub(super) place: Option<Container>,
    /// The user that they name.
    pub(super) user: Option<Container>,
    /// The global id of the object itself.
    pub(super) id: Option<String>,
    /// Whether they name a place that nobody knows.
    pub(super) unknown: bool,
}

impl Naming {
    /// Reads arguments, and those of an `input`.
    pub(super) fn read(arguments: &Map<String, Value>, places: &Places) -> Self {
        let arguments = arguments.get("input").and_then(Value::as_object).unwrap_or(arguments);
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        let by_path = PATHS.iter().find_map(|name| text(name));
        let id = text("id").filter(|id| gid::parse(id).is_some()).map(str::to_owned);
        if let Some(path) = by_path {
            let place = places.at_path(path);
            return Self { place, user: None, id, unknown: place.is_none() };
        }
        if let Some(username) = text("username") {
            let user = places.user_named(username);
            return Self { place: None, user, id, unknown: user.is_none() };
        }
        let ids = arguments.iter().filter(|(name, _)| *name == "id" || name.ends_with("Id"));
        let place = ids.filter_map(|(_, value)| place_of_id(value.as_str()?, places)).next();
        let place = place.or_else(|| only_project(arguments, places));
        let user = id.as_deref().and_then(gid::parse).filter(|(model, _)| *model == "User");
        let user = user.map(|(_, number)| Container::User(number));
        let unknown = user.is_some_and(|user| !places.knows(user));
        Self { place, user, id, unknown }
    }
}

/// The project of `ids: ["gid://gitlab/Project/20"]`.
fn only_project(arguments: &Map<String, Value>, places: &Places) -> Option<Container> {
    match arguments.get("ids")?.as_array()?.as_slice() {
        [id] => match place_of_id(id.as_str()?, places)? {
            project @ Container::Project(_) if gid::parse(id.as_str()?)?.0 == "Project" => Some(project),
            _ => None,
        },
        _ => None,
    }
}

/// The place of the object that a global id names.
pub(super) fn place_of_id(id: &str, places: &Places) -> Option<Container> {
    let (model, number) = gid::parse(id)?;
    match model {
        "Project" => Some(Container::Project(number)),
        "Group" | "Namespace" => Some(Container::Group(number)),
        "User" => None,
        _ => places.numbered(number / super::scalar::PER_PLACE),
    }
    .filter(|place| places.knows(*place))
}
