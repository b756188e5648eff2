//! Values without fields of their own.

use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

use super::node::Node;
use super::shape::Shape;
use crate::graphql::gid;
use crate::world::Container;

/// How many global ids there are for each place.
pub(super) const PER_PLACE: u64 = 1_000_000;

/// Models whose name is not the type's.
const MODELS: [(&str, &str); 12] = [
    ("Pipeline", "Ci::Pipeline"),
    ("CiJob", "Ci::Build"),
    ("CiStage", "Ci::Stage"),
    ("CiRunner", "Ci::Runner"),
    ("PipelineSchedule", "Ci::PipelineSchedule"),
    ("TerraformState", "Terraform::State"),
    ("Package", "Packages::Package"),
    ("PackageDetailsType", "Packages::Package"),
    ("ClusterAgent", "Clusters::Agent"),
    ("Blob", "Gitlab::Graphql::Representation::Blob"),
    ("Label", "ProjectLabel"),
    ("ContainerRepositoryDetails", "ContainerRepository"),
];

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
            name => match self.model(name) {
                Some(model) => json!(gid::write(&model, number_at(self.told(), seed))),
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
            "id" => json!(self.id(kind)),
            "fullPath" => json!(path),
            "webPath" => json!(self.page(&path)),
            "webUrl" => json!(format!("{}{}", places.url, self.page(&path))),
            "projectId" | "groupId" if kind == "Int" => json!(container_number(place)),
            "projectId" => json!(gid::write("Project", container_number(place))),
            "groupId" => json!(gid::write("Group", container_number(place))),
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
        matches!(self.shape, Shape::Project | Shape::Group)
    }

    /// The page of the object on the web, as a path.
    fn page(&self, path: &str) -> String {
        let number = self.number;
        let group = if matches!(self.told(), Container::Group(_)) { "/groups" } else { "" };
        match self.shape {
            Shape::Project | Shape::User => format!("/{path}"),
            Shape::Group => format!("/groups/{path}"),
            _ if path.is_empty() => format!("/-/{}/{number}", kebab(&self.type_name)),
            _ => format!("{group}/{path}/-/{}/{number}", kebab(&self.type_name)),
        }
    }

    fn id(&self, scalar: &str) -> String {
        match (self.shape, self.told()) {
            (Shape::Project | Shape::Group | Shape::User, place) => {
                let model = match place {
                    Container::Project(_) => "Project",
                    Container::Group(_) => "Group",
                    Container::User(_) | Container::Instance => "User",
                };
                gid::write(model, container_number(place))
            }
            _ => self.given_id.clone().unwrap_or_else(|| {
                let known = MODELS
                    .iter()
                    .find(|(name, _)| *name == self.type_name)
                    .map(|(_, model)| (*model).to_owned());
                let model = known.or_else(|| self.model(scalar)).unwrap_or_else(|| self.type_name.clone());
                gid::write(&model, self.number)
            }),
        }
    }

    /// The model that a scalar such as `CiPipelineID` names.
    fn model(&self, scalar: &str) -> Option<String> {
        self.served.file.0.models.get(scalar).cloned()
    }
}

/// A number for a global id of something at a place.
pub(super) fn number_at(place: Container, seed: u64) -> u64 {
    let place = match place {
        Container::Project(id) | Container::Group(id) => id,
        Container::User(_) | Container::Instance => 0,
    };
    place * PER_PLACE + seed % (PER_PLACE - 1) + 1
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
