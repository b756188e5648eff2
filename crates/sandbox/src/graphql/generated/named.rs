//! Containers that arguments name.

use std::mem::discriminant;

use serde_json::{Map, Value};

use super::models::USER_NAMESPACE;
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
    /// The global ids of the objects themselves: there are no others.
    pub(super) ids: Option<Vec<String>>,
    /// Whether there is nothing of groups above.
    pub(super) without_ancestors: bool,
    /// Whether they name a place that nobody knows.
    pub(super) unknown: bool,
}

impl Naming {
    /// Reads arguments, and those of an `input`.
    pub(super) fn read(arguments: &Map<String, Value>, places: &Places) -> Self {
        let arguments = arguments.get("input").and_then(Value::as_object).unwrap_or(arguments);
        let without_ancestors = arguments.get("includeAncestorGroups") == Some(&Value::Bool(false));
        Self { without_ancestors, ..Self::place(arguments, places) }
    }

    fn place(arguments: &Map<String, Value>, places: &Places) -> Self {
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        let by_path = PATHS.iter().find_map(|name| text(name));
        let list = arguments.get("ids").and_then(Value::as_array).into_iter().flatten();
        let ids = list.filter_map(Value::as_str).chain(text("id"));
        let ids: Vec<String> = ids.filter(|id| gid::parse(id).is_some()).map(str::to_owned).collect();
        let ids = Some(ids).filter(|ids| !ids.is_empty());
        if let Some(path) = by_path {
            let place = places.at_path(path);
            return Self { place, ids, unknown: place.is_none(), ..Self::default() };
        }
        if let Some(username) = text("username") {
            let user = places.user_named(username);
            return Self { user, ids, unknown: user.is_none(), ..Self::default() };
        }
        let named = arguments.iter().filter(|(name, _)| *name == "id" || name.ends_with("Id"));
        let place = named.filter_map(|(_, value)| place_of_id(value.as_str()?, places)).next();
        match ids.as_deref() {
            Some([id]) => {
                Self { place: place.or_else(|| place_of_id(id, places)), ..Self::of_id(id, places) }
            }
            _ => Self { place, ids, ..Self::default() },
        }
    }

    /// The same for a list of something at a place: nothing is in it that belongs elsewhere.
    pub(super) fn within(self, at: Container, places: &Places) -> Self {
        let ids = match self.ids {
            None if self.place.is_some_and(|place| is_neighbour(place, at)) => Some(Vec::new()),
            None => None,
            Some(mut ids) => {
                ids.retain(|id| belongs(id, at, places));
                Some(ids)
            }
        };
        Self { ids, place: self.place.filter(|place| *place == at), ..self }
    }

    /// Whether they name something that belongs to another place than this.
    pub(super) fn is_elsewhere(&self, at: Container, places: &Places) -> bool {
        match &self.ids {
            None => self.place.is_some_and(|place| is_neighbour(place, at)),
            Some(ids) => !ids.iter().all(|id| belongs(id, at, places)),
        }
    }

    /// What a global id says about the object that has it.
    pub(super) fn of_id(id: &str, places: &Places) -> Self {
        let user = gid::parse(id).filter(|(model, _)| *model == "User");
        let user = user.map(|(_, number)| Container::User(number));
        let unknown = user.is_some_and(|user| !places.knows(user));
        Self {
            place: place_of_id(id, places),
            user,
            ids: Some(vec![id.to_owned()]),
            unknown,
            ..Self::default()
        }
    }
}

/// Another project than a project, another group than a group.
fn is_neighbour(place: Container, at: Container) -> bool {
    place != at && discriminant(&place) == discriminant(&at)
}

/// Whether a global id is of something at a place, or of a container or user.
fn belongs(id: &str, at: Container, places: &Places) -> bool {
    let model = gid::parse(id).map(|(model, _)| model);
    matches!(model, Some("Project" | "Group" | "Namespace" | "User"))
        || place_of_id(id, places).is_none_or(|place| place == at)
}

/// The place of the object that a global id names.
fn place_of_id(id: &str, places: &Places) -> Option<Container> {
    let (model, number) = gid::parse(id)?;
    match model {
        "Project" => Some(Container::Project(number)),
        "Group" | "Namespace" => Some(Container::Group(number)),
        USER_NAMESPACE => Some(Container::User(number)),
        "User" => None,
        _ => places.numbered(number / super::scalar::PER_PLACE),
    }
    .filter(|place| places.knows(*place))
}
