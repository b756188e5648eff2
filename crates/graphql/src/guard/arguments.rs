//! Which arguments name a boundary.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition};
use narrowgate_catalog::{BoundaryType, GraphqlFacts, PermissionId};

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

/// How deep input objects within `input` are looked into.
const DEEPEST: usize = 6;

/// An argument of a field, or an input field of its one `input`.
pub(super) struct Argument<'s> {
    steps: Vec<&'s str>,
    definition: &'s InputValueDefinition,
    /// Whether an input object that it is in may be left out.
    is_in_optional: bool,
}

/// The arguments of a field: those of a mutation are in its `input`.
pub(super) struct Arguments<'s> {
    own: Vec<Argument<'s>>,
    /// Those of input objects within the arguments.
    nested: Vec<Argument<'s>>,
}

impl<'s> Arguments<'s> {
    pub(super) fn of(schema: &'s Schema, field: &'s FieldDefinition) -> Self {
        let input = match field.arguments.as_slice() {
            [only] if only.name == "input" => schema.get_input_object(only.ty.inner_named_type()),
            _ => None,
        };
        let own: Vec<Argument<'s>> = match input {
            Some(input) => input
                .fields
                .values()
                .map(|definition| Argument {
                    steps: vec!["input", &definition.name],
                    definition,
                    is_in_optional: false,
                })
                .collect(),
            None => field
                .arguments
                .iter()
                .map(|definition| Argument {
                    steps: vec![&definition.name],
                    definition,
                    is_in_optional: false,
                })
                .collect(),
        };
        let mut nested = Vec::new();
        own.iter().for_each(|argument| argument.look_into(schema, &mut nested));
        Self { own, nested }
    }

    /// The argument of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Argument<'s>> {
        self.own.iter().find(|argument| argument.name() == name)
    }

    /// The record that a need reads, by the names of the arguments that it reads.
    pub(super) fn record_of(&self, read: &BTreeSet<&str>) -> Option<&Argument<'s>> {
        self.own.iter().find(|argument| read.contains(argument.name()) && argument.names_record())
    }

    /// What the arguments name beside [`Self::containers`] and the `record`: containers in input objects, and wherever they
    /// are, other records, unless they are only referred to: by any mutation, or by that of a class.
    pub(super) fn records<'a>(
        &'a self,
        record: Option<&'a Argument<'s>>,
        facts: &'a GraphqlFacts,
        class: &'a str,
    ) -> impl Iterator<Item = &'a Argument<'s>> {
        let counts = move |argument: &&Argument<'s>| {
            let is_itself = record.is_some_and(|record| record.is(argument));
            let is_alike = record.is_some_and(|record| record.is_like(argument));
            let is_other = is_alike || argument.is_linked(facts, class);
            argument.containers().is_empty() && !is_itself && is_other
        };
        let nested = self.nested.iter().filter(move |argument| argument.is_container() || counts(argument));
        self.own.iter().filter(counts).chain(nested)
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
                self.own.iter().filter(|argument| !argument.is_optional() && argument.is_global_id());
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
        self.own.iter().filter(|argument| !argument.containers().is_empty())
    }
}

impl<'s> Argument<'s> {
    /// Adds what is in the input object that it holds.
    fn look_into(&self, schema: &'s Schema, found: &mut Vec<Argument<'s>>) {
        let Some(object) = schema.get_input_object(self.type_name()) else { return };
        if self.steps.len() >= DEEPEST {
            return;
        }
        for definition in object.fields.values() {
            let mut steps = self.steps.clone();
            steps.push(&definition.name);
            let argument = Argument { steps, definition, is_in_optional: self.is_optional() };
            argument.look_into(schema, found);
            found.push(argument);
        }
    }

    /// Whether it can't but name a container: unlike `pipelineConfigurationFullPath`, which names a file.
    fn is_container(&self) -> bool {
        let is_id = matches!(self.type_name(), "ProjectID" | "GroupID" | "NamespaceID");
        is_id
            || (OWN_PROJECT.contains(&self.name()) || OWN_GROUP.contains(&self.name()))
                && !self.containers().is_empty()
    }

    pub(super) fn name(&self) -> &str {
        &self.definition.name
    }

    pub(super) fn is_optional(&self) -> bool {
        self.is_in_optional || !self.definition.is_required()
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

    /// Whether both are one.
    pub(super) fn is(&self, other: &Argument<'_>) -> bool {
        self.steps == other.steps
    }

    /// Whether both are global ids of one model.
    pub(super) fn is_like(&self, other: &Argument<'_>) -> bool {
        self.is_global_id() && self.type_name() == other.type_name()
    }

    /// Whether it names a record that isn't only referred to.
    fn is_linked(&self, facts: &GraphqlFacts, class: &str) -> bool {
        let is_referred = facts.referred.contains(self.type_name())
            || facts.referred.contains(&format!("{class}.{}", self.name()));
        !is_referred && (self.is_global_id() || self.linked(facts).is_some())
    }

    /// The permission that the catalogue asks for where the record belongs: by the type of the id, or where that tells
    /// nothing, by its name.
    pub(super) fn linked(&self, facts: &GraphqlFacts) -> Option<PermissionId> {
        if self.type_name() != "ID" {
            return facts.linked.get(self.type_name()).copied();
        }
        let name = self.name().to_ascii_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        let mut linked = facts.linked.iter();
        let found = linked.find(|(model, _)| singular.ends_with(&model.to_ascii_lowercase()));
        found.map(|(_, permission)| *permission)
    }

    /// Whether it is a namespace that has to be named, which may be the owner's own.
    pub(super) fn names_own_namespace(&self) -> bool {
        !self.is_optional() && self.name().starts_with("namespace")
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

    fn type_name(&self) -> &'s str {
        self.definition.ty.inner_named_type()
    }
}
