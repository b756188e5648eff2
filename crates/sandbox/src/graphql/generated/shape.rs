//! What the schema tells about a type's place.

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::{ExtendedType, ObjectType};

use super::places::Places;
use crate::world::Container;

/// Fields that tell what an object belongs to.
pub(super) const LOCATING: [&str; 8] =
    ["project", "projectId", "group", "groupId", "namespace", "fullPath", "webPath", "webUrl"];

/// How objects of a type relate to their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// They are projects.
    Project,
    /// They are groups.
    Group,
    /// They are groups, or users' own namespaces.
    Namespace,
    /// They are users.
    User,
    /// They tell that they belong to a project, and can to nothing else.
    OfProject,
    /// They tell that they belong to a group, and can to nothing else.
    OfGroup,
    /// They belong to a group, or to one above it where it lists them, and don't tell it.
    OfGroupOrAbove,
    /// Those of groups belong to the topmost one, and don't tell it.
    OfTopGroup,
    /// They tell what they belong to: a project or a group.
    OfEither,
    /// They tell that they belong to a project, or to none: then to what they were reached through.
    OfProjectOrAbove,
    /// They tell that they belong to a project, or to none: then to their author.
    OfProjectOrUser,
    /// They belong to a user, and may be about something at a place.
    OfUser,
    /// They don't tell what they belong to, and belong where the user does something that they were reached through.
    OfDeed,
    /// They don't tell what they belong to.
    Part,
}

impl Shape {
    pub(super) fn of(of: &ObjectType) -> Self {
        match of.name.as_str() {
            "Project" => return Self::Project,
            "Group" => return Self::Group,
            "Namespace" => return Self::Namespace,
            // By the path of its page, the URL of the first of its links, the issue or merge request that it is about.
            "Environment" | "Release" | "Timelog" => return Self::OfProject,
            "DevopsAdoptionEnabledNamespace" | "Iteration" => return Self::OfGroup,
            "IterationCadence" => return Self::OfGroupOrAbove,
            "ComplianceFramework" | "CustomerRelationsContact" | "CustomerRelationsOrganization" => {
                return Self::OfTopGroup;
            }
            // Those of epics have no project.
            "Note" => return Self::OfProjectOrAbove,
            "Todo" | "UserPreferences" => return Self::OfUser,
            "Snippet" => return Self::OfProjectOrUser,
            "UserMergeRequestInteraction" => return Self::OfDeed,
            // Their pages are their repository's, or another one's.
            "Blob" | "RepositoryBlob" | "Submodule" | "TreeEntry" => return Self::Part,
            // Its `projectId` is Jira's, and its `namespace` that of a cluster.
            "JiraProject" | "NetworkPolicy" => return Self::Part,
            _ => {}
        }
        if of.implements_interfaces.iter().any(|it| it == "User") || of.fields.contains_key("username") {
            return Self::User;
        }
        let has = |names: &[&str]| names.iter().any(|name| of.fields.contains_key(*name));
        if of.name.ends_with("Connection") || of.name.ends_with("Edge") || !has(&LOCATING) {
            return Self::Part;
        }
        match (has(&["project", "projectId"]), has(&["group", "groupId"])) {
            (true, false) => Self::OfProject,
            (false, true) => Self::OfGroup,
            _ => Self::OfEither,
        }
    }

    /// Whether objects of this kind tell their place, reached at a place.
    pub(super) fn is_located(self, at: Container) -> bool {
        match self {
            Self::User | Self::OfGroupOrAbove | Self::OfTopGroup | Self::OfDeed | Self::Part => false,
            Self::OfProjectOrAbove => matches!(at, Container::Project(_)),
            _ => true,
        }
    }

    /// The place of an object of this kind, reached at a place.
    pub(super) fn settle(self, places: &Places, at: Container) -> Container {
        match (self, at) {
            (Self::Namespace | Self::OfProjectOrUser, Container::User(_)) => at,
            (Self::Project | Self::OfProject | Self::OfProjectOrUser, _) => places.project_of(at),
            (Self::Group | Self::Namespace | Self::OfGroup | Self::OfGroupOrAbove, _) => places.group_of(at),
            (Self::OfTopGroup, Container::Group(_)) => places.top_of(at),
            _ => at,
        }
    }
}

/// The object types that a type stands for, in alphabetical order.
pub(super) fn possible<'s>(schema: &'s Schema, name: &str) -> Vec<&'s ObjectType> {
    let objects = schema.types.values().filter_map(ExtendedType::as_object);
    let mut found: Vec<&ObjectType> = match schema.types.get(name) {
        Some(ExtendedType::Object(it)) => vec![it],
        Some(ExtendedType::Union(it)) => objects.filter(|object| it.members.contains(&object.name)).collect(),
        Some(ExtendedType::Interface(_)) => {
            objects.filter(|object| object.implements_interfaces.iter().any(|it| it == name)).collect()
        }
        _ => Vec::new(),
    };
    found.sort_by_key(|it| it.name.clone());
    found
}

/// Whether a type is a list, leaving out whether it may be null.
pub(super) fn item(of: &Type) -> Option<&Type> {
    match of {
        Type::List(inner) | Type::NonNullList(inner) => Some(inner),
        Type::Named(_) | Type::NonNullNamed(_) => None,
    }
}
