//! The parts of a guard.

use std::sync::Arc;

use narrowgate_catalog::{BoundaryType, PermissionId};

/// What an object type is.
#[derive(Clone, Debug)]
pub enum Class {
    /// Each object of it is decided.
    Guarded(Arc<Guard>),
    /// A connection, an edge or a payload: transparent.
    Structural,
    /// A value of its parent, shown with it.
    Part,
    /// Anybody may see it.
    Public,
    /// In no file of the catalogue: refused.
    Unclassified,
}

/// What admits an object of a guarded type, and how it tells where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// What admits it.
    pub rules: Arc<Rules>,
    /// How its place is found: the first that answers. Without any it has none: rules hold on the user or the instance
    /// only, and nothing below it inherits a place. A type whose rules know neither projects nor groups may have
    /// locators, too: for what is below it.
    pub locators: Box<[Locator]>,
}

/// Versions of GitLab differ in what they ask for: any of these admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Unique among the rules of one schema.
    pub id: u32,
    /// The rules, at least one.
    pub any: Box<[Rule]>,
}

/// Permissions, all of them, on any one of the boundaries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// All of these are needed.
    pub permissions: Box<[PermissionId]>,
    /// Where, in check order.
    pub boundaries: Box<[BoundaryType]>,
}

/// How an object tells where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locator {
    /// By fields of its own; for projects and groups their id.
    Probe(Probe),
    /// Where the nearest guarded object above it belongs.
    Inherit,
}

/// A path of fields, and how the value at its end names a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The fields from the object down, at least one; none takes required arguments or is a list.
    pub steps: Box<[ProbeStep]>,
    /// What the last one answers with.
    pub reads: Reads,
}

/// One field of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeStep {
    /// The field.
    pub field: Box<str>,
    /// The object type that the field is asked of, where the position above is an interface or union.
    pub on: Option<Box<str>>,
}

/// How a scalar names a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reads {
    /// The global id of a project, a group or a namespace: `gid://gitlab/Project/5`.
    GlobalId,
    /// The bare number of a project.
    ProjectId,
    /// The bare number of a group.
    GroupId,
    /// The full path of a project.
    ProjectPath,
    /// The full path of a group.
    GroupPath,
    /// The full path of either.
    FullPath,
    /// The path or URL of a page: `/acme/web/-/issues/3`, `/groups/acme/-/epics/1`.
    Page,
}

/// What guards a field beyond the type of its value: all needs must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldGuard {
    /// What has to hold; nothing if anybody may ask for it.
    pub needs: Box<[Need]>,
    /// Whether its values belong elsewhere than the object that it is asked of: below it, [`Locator::Inherit`] finds
    /// nothing.
    pub elsewhere: bool,
}

/// Alternatives, since versions of GitLab differ: any of them admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// At least one.
    pub any: Box<[Alternative]>,
    /// Whether nothing is asked where no argument of it is given: a second container that need not be named.
    pub optional: bool,
}

/// Permissions, and where each of the boundaries comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// All of these are needed.
    pub permissions: Box<[PermissionId]>,
    /// Any of these, in check order.
    pub sources: Box<[Source]>,
}

/// Where a boundary comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From an argument. Of a list, each element must hold.
    Argument(ArgumentPath),
    /// The place of the object that the field is asked of, if it is of this kind.
    Parent(BoundaryType),
    /// The token's owner, where no argument of the alternative is given.
    User,
    /// The instance, where no argument of the alternative is given.
    Instance,
}

/// An argument and how its value names a place of one kind of boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentPath {
    /// The argument and the input fields below it: `["input", "projectPath"]`.
    pub steps: Box<[Box<str>]>,
    /// What its value names.
    pub names: Names,
    /// The boundary that must come out. For the user: a record of the owner's own; for the instance: one that belongs to
    /// no project or group.
    pub boundary: BoundaryType,
}

/// What the value of an argument names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Names {
    /// A full path: of the boundary's kind.
    FullPath,
    /// A global id: of a project, a group, or any record that a look-up locates.
    GlobalId,
}
