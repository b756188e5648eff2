//! What an instance answers, as far as Narrowgate reads it.

use serde::Deserialize;

/// The user that a credential belongs to, from `GET /user`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The user's number.
    pub id: u64,
    /// The user's name in paths.
    pub username: String,
    /// The name that people see.
    #[serde(default)]
    pub name: String,
    /// `active`, `blocked`, …
    #[serde(default)]
    pub state: String,
    /// Whether the user administers the instance; GitLab tells only administrators.
    #[serde(default, rename = "is_admin")]
    pub administrator: bool,
    /// The user's own namespace, where the instance names it.
    #[serde(default)]
    pub namespace_id: Option<u64>,
}

/// What a token says about itself, from `GET /personal_access_tokens/self`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TokenSelf {
    /// The token's number on the instance.
    pub id: u64,
    /// Its legacy scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// `YYYY-MM-DD`, or none.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// Whether the instance counts it as usable.
    #[serde(default)]
    pub active: Option<bool>,
    /// Whether it is fine-grained on the instance itself.
    #[serde(default)]
    pub granular: bool,
}

/// The instance's version, from `GET /version`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Version {
    /// As `18.4.1-ee`.
    pub version: String,
    /// The commit it was built from.
    #[serde(default)]
    pub revision: String,
}

/// Who may see a project or group without being a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Members only. What the instance does not say counts as this.
    #[default]
    Private,
    /// Every signed-in user.
    Internal,
    /// Everybody.
    Public,
}

/// What a namespace belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NamespaceKind {
    /// A group or subgroup.
    Group,
    /// One user's own namespace.
    User,
}

/// The namespace that holds a project.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Namespace {
    /// The namespace's number; for a group, the group's.
    pub id: u64,
    /// Group or user.
    pub kind: NamespaceKind,
    /// The group above it.
    #[serde(default)]
    pub parent_id: Option<u64>,
}

/// Another user, as GitLab embeds one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UserReference {
    /// The user's number.
    pub id: u64,
}

/// A project, from `GET /projects/:id`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// The project's number.
    pub id: u64,
    /// `acme/platform/infra`.
    pub path_with_namespace: String,
    /// What holds it.
    pub namespace: Namespace,
    /// The owner of a personal project; GitLab leaves it out of a group's projects.
    #[serde(default)]
    pub owner: Option<UserReference>,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
}

/// A group, from `GET /groups/:id`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Group {
    /// The group's number.
    pub id: u64,
    /// `acme/platform`.
    pub full_path: String,
    /// The group above it.
    #[serde(default)]
    pub parent_id: Option<u64>,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
}

/// A membership, from `GET /…/members/all/:user_id`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Member {
    pub(crate) id: u64,
    pub(crate) access_level: u64,
}

/// A snippet, from `GET /snippets/:id`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Snippet {
    /// The snippet's number.
    pub id: u64,
    /// The project it belongs to; none for a personal snippet.
    #[serde(default)]
    pub project_id: Option<u64>,
    /// Who wrote it.
    #[serde(default)]
    pub author: Option<UserReference>,
}
