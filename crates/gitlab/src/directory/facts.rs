//! What the directory knows.

use narrowgate_catalog::Role;

use crate::model::Visibility;

/// A project as one user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFacts {
    /// The project's number.
    pub id: u64,
    /// `acme/platform/infra`.
    pub full_path: String,
    /// The groups above it by number, nearest first; empty for a personal project. May stop short where the user
    /// cannot see an ancestor: a grant for a group beyond then does not cover the project.
    pub ancestors: Vec<u64>,
    /// The user's membership, direct or inherited. An administrator who is no member has none.
    pub role: Option<Role>,
    /// Who may see it without being a member.
    pub visibility: Visibility,
    /// Whether it lies in the user's own namespace.
    pub personal: bool,
}

/// A group as one user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFacts {
    /// The group's number.
    pub id: u64,
    /// `acme/platform`.
    pub full_path: String,
    /// The groups above it by number, nearest first, without itself. May stop short like a project's.
    pub ancestors: Vec<u64>,
    /// The user's membership, direct or inherited. An administrator who is no member has none.
    pub role: Option<Role>,
    /// Who may see it without being a member.
    pub visibility: Visibility,
}
