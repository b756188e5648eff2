//! Values without fields of their own.

use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

use super::models::USER_NAMESPACE;
use super::node::Node;
use super::shape::Shape;
use crate::graphql::gid;
use crate::world::Container;

/// How many global ids there are for each place.
pub(super) const PER_PLACE: u64 = 1_000_000;

impl Node<'_> {
    /// The value of a field of a scalar or enum type.
    pub(super) fn leaf(&self, field: &str, kind: &ExtendedType, seed: u64) -> Value {
        if let ExtendedType::Enum(it) = kind {
            let index = usize::try_from(seed).unwrap_or_default() % it.values.len().max(1);
            return json!(it.values.keys().nth(index).map(apollo_compiler::Name::as_str));
        }
        if let Some(known) = self.telling(field, kind.name()) {
            return known;
        }
        match kind.name().as_str() {
            "Int" => json!(seed % 90 + 1),
            "Float" | "Duration" => json!(0.5),
            "Boolean" => json!(!field.starts_with("has") && seed.is_multiple_of(2)),
            "BigInt" => json!(seed.to_string()),
            "Time" => json!("2026-01-05T09:00:00Z"),
            "Date" | "ISO8601Date" => json!("2026-01-05"),
            "JSON" => json!({}),
            "JsonString" => json!("{}"),
            "Color" => json!("#428BCA"),
            name => match self.served.file.0.models.of_scalar(name) {
                Some(model) => json!(gid::write(model, number_at(self.told(), seed))),
                None => json!(format!("{field} {}", seed % 1000)),
            },
        }
    }

    /// The value of a field that says what and where the object is.
    fn telling(&self, field: &str, kind: &str) -> Option<Value> {
        let places = &self.served.places;
        let place = self.told();
        let path = places.path(place);
        Some(match field {
            "id" => json!(self.id()),
            "epicIssueId" => json!(gid::write("EpicIssue", self.number)),
            "fullPath" => json!(path),
            "webPath" => json!(self.page(&path)),
            "webUrl" => json!(format!("{}{}", places.url, self.page(&path))),
            "path" if matches!(self.type_name.as_str(), "Environment" | "Pipeline") => {
                json!(self.page(&path))
            }
            "selfUrl" => json!(format!("{}{}", places.url, self.page(&path))),
            // Jira's.
            "projectId" if self.type_name == "JiraProject" => return None,
            "projectId" if kind == "Int" => json!(project_number(place)),
            "projectId" => json!(project_number(place).map(|number| gid::write("Project", number))),
            "groupId" if kind == "Int" => json!(group_number(place)),
            "groupId" => json!(group_number(place).map(|number| gid::write("Group", number))),
            "username" => json!(path),
            "name" if self.shape == Shape::User || self.is_container() => json!(places.name(place)),
            "path" if self.is_container() => json!(path.rsplit('/').next()),
            "nameWithNamespace" => json!(path.replace('/', " / ")),
            "hasNextPage" | "hasPreviousPage" => json!(false),
            "count" => json!(3),
            "cursor" | "startCursor" | "endCursor" => json!("MQ"),
            "clientMutationId" => json!(self.client_mutation_id),
            _ => return None,
        })
    }

    fn is_container(&self) -> bool {
        matches!(self.shape, Shape::Project | Shape::Group | Shape::Namespace)
    }

    /// The page of the object on the web, as a path.
    fn page(&self, path: &str) -> String {
        let number = self.number;
        let group = if matches!(self.told(), Container::Group(_)) { "/groups" } else { "" };
        match self.shape {
            Shape::Group | Shape::Namespace if !group.is_empty() => format!("/groups/{path}"),
            Shape::Project | Shape::User | Shape::Namespace => format!("/{path}"),
            _ if path.is_empty() => format!("/-/{}/{number}", kebab(&self.type_name)),
            _ => format!("{group}/{path}/-/{}/{number}", kebab(&self.type_name)),
        }
    }

    fn id(&self) -> String {
        let place = self.told();
        match self.shape {
            Shape::Project => gid::write("Project", container_number(place)),
            Shape::User => gid::write("User", container_number(place)),
            Shape::Group | Shape::Namespace => {
                let model = if matches!(place, Container::User(_)) { USER_NAMESPACE } else { "Group" };
                gid::write(model, container_number(place))
            }
            _ => self.given_id.clone().unwrap_or_else(|| {
                let models = &self.served.file.0.models;
                gid::write(models.of_object(&self.type_name, place, self.number), self.number)
            }),
        }
    }
}

/// A number for a global id of something at a place.
pub(super) fn number_at(place: Container, seed: u64) -> u64 {
    container_number(place) * PER_PLACE + seed % (PER_PLACE - 1) + 1
}

fn project_number(place: Container) -> Option<u64> {
    matches!(place, Container::Project(_)).then(|| container_number(place))
}

fn group_number(place: Container) -> Option<u64> {
    matches!(place, Container::Group(_)).then(|| container_number(place))
}

fn container_number(place: Container) -> u64 {
    match place {
        Container::Project(id) | Container::Group(id) | Container::User(id) => id,
        Container::Instance => 0,
    }
}

fn kebab(name: &str) -> String {
    name.chars().fold(String::new(), |mut text, c| {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
        text
    })
}
