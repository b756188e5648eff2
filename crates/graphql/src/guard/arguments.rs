//! Which arguments name a boundary.

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition};
use narrowgate_catalog::BoundaryType;

use super::{ArgumentPath, Names};

use BoundaryType::{Group, Project};

/// Names that a field's own boundary goes by, in the order in which they are looked for; all other containers are
/// further ones.
const OWN_PROJECT: [&str; 8] = [
    "projectPath",
    "projectId",
    "project",
    "fullPath",
    "namespacePath",
    "namespaceId",
    "projectIds",
    "projectPaths",
];
const OWN_GROUP: [&str; 8] =
    ["groupPath", "groupId", "group", "fullPath", "namespacePath", "namespaceId", "groupIds", "namespaceIds"];

/// An argument of a field, or an input field of its one `input`.
pub(super) struct Argument<'s> {
    steps: Vec<&'s str>,
    definition: &'s InputValueDefinition,
}

/// The arguments of a field: those of a mutation are in its `input`.
pub(super) struct Arguments<'s>(Vec<Argument<'s>>);

impl<'s> Arguments<'s> {
    pub(super) fn of(schema: &'s Schema, field: &'s FieldDefinition) -> Self {
        let input = match field.arguments.as_slice() {
            [only] if only.name == "input" => schema.get_input_object(only.ty.inner_named_type()),
            _ => None,
        };
        let arguments = match input {
            Some(input) => input
                .fields
                .values()
                .map(|definition| Argument { steps: vec!["input", &definition.name], definition })
                .collect(),
            None => field
                .arguments
                .iter()
                .map(|definition| Argument { steps: vec![&definition.name], definition })
                .collect(),
        };
        Self(arguments)
    }

    /// The argument of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Argument<'s>> {
        self.0.iter().find(|argument| argument.name() == name)
    }

    /// The argument by which a container of a kind is most likely named.
    pub(super) fn own(&self, kind: BoundaryType) -> Option<&Argument<'s>> {
        let names = match kind {
            BoundaryType::Project => &OWN_PROJECT,
            BoundaryType::Group => &OWN_GROUP,
            BoundaryType::User | BoundaryType::Instance => return None,
        };
        let named = names.iter().filter_map(|name| self.get(name));
        named.into_iter().find(|argument| argument.containers().contains(&kind))
    }

    /// The record that is changed: `id` or `ids`, else the only global id that is required.
    pub(super) fn record(&self) -> Option<&Argument<'s>> {
        self.id().or_else(|| {
            let mut required =
                self.0.iter().filter(|argument| !argument.is_optional() && argument.is_global_id());
            required.next().filter(|_| required.next().is_none())
        })
    }

    /// `id` or `ids`.
    pub(super) fn id(&self) -> Option<&Argument<'s>> {
        self.get("id")
            .or_else(|| self.get("ids"))
            .filter(|argument| argument.names() == Some(Names::GlobalId))
    }

    /// Every argument that names a container.
    pub(super) fn containers(&self) -> impl Iterator<Item = &Argument<'s>> {
        self.0.iter().filter(|argument| !argument.containers().is_empty())
    }
}

impl Argument<'_> {
    pub(super) fn name(&self) -> &str {
        &self.definition.name
    }

    pub(super) fn is_optional(&self) -> bool {
        !self.definition.is_required()
    }

    /// The argument as the source of a boundary; `None` if its type names nothing.
    pub(super) fn path(&self, boundary: BoundaryType) -> Option<ArgumentPath> {
        let steps = self.steps.iter().map(|step| (*step).into()).collect();
        Some(ArgumentPath { steps, names: self.names()?, boundary })
    }

    /// What its value names, by its type and name.
    pub(super) fn names(&self) -> Option<Names> {
        let name = self.name().to_ascii_lowercase();
        match self.type_name() {
            "ID" | "String" if name.ends_with("path") || name.ends_with("paths") => Some(Names::FullPath),
            "ID" => Some(Names::GlobalId),
            _ if self.is_global_id() => Some(Names::GlobalId),
            _ => None,
        }
    }

    /// Whether it is the global id of something that belongs to a container.
    pub(super) fn names_record(&self) -> bool {
        self.containers().is_empty() && self.names() == Some(Names::GlobalId)
    }

    /// The kinds of container that it may name; none if it names something else.
    pub(super) fn containers(&self) -> &'static [BoundaryType] {
        let name = self.name().to_ascii_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        match self.type_name() {
            "ProjectID" => &[Project],
            "GroupID" => &[Group],
            "NamespaceID" => &[Project, Group],
            "ID" | "String" if singular.ends_with("projectpath") => &[Project],
            "ID" | "String" if singular.ends_with("grouppath") => &[Group],
            "ID" | "String" if singular.ends_with("fullpath") || singular.ends_with("namespacepath") => {
                &[Project, Group]
            }
            "ID" if singular.ends_with("projectid") => &[Project],
            "ID" if singular.ends_with("groupid") => &[Group],
            "ID" if singular.ends_with("namespaceid") => &[Project, Group],
            _ => &[],
        }
    }

    /// GitLab's scalars for the global ids of one model are named after it: `CiPipelineID`.
    fn is_global_id(&self) -> bool {
        self.type_name().strip_suffix("ID").is_some_and(|model| !model.is_empty())
    }

    fn type_name(&self) -> &str {
        self.definition.ty.inner_named_type()
    }
}
