//! The format of `cases.toml`.

use narrowgate_catalog::{Catalog, PermissionId, Role, Scope};
use narrowgate_policy::{Access, Bearer, Grant, Grants, Micros, Privileges, TokenClass};
use serde::Deserialize;

use super::locate::World;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) world: World,
    #[serde(rename = "case")]
    pub(crate) cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) about: String,
    pub(crate) owner: String,
    grants: Option<Vec<WrittenGrant>>,
    scopes: Option<Vec<String>>,
    state: Option<State>,
    pub(crate) request: String,
    pub(crate) body: Option<toml::Table>,
    #[serde(default)]
    pub(crate) enforced: Vec<u64>,
    #[serde(default)]
    pub(crate) public_reads: bool,
    pub(crate) expect: String,
    pub(crate) status: Option<u16>,
    pub(crate) says: Option<String>,
    pub(crate) suggests: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Revoked,
    Expired,
    OwnerBlocked,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGrant {
    access: Option<WrittenAccess>,
    #[serde(default)]
    projects: Vec<u64>,
    #[serde(default)]
    groups: Vec<u64>,
    permissions: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenAccess {
    PersonalProjects,
    AllMemberships,
    User,
    Instance,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    pub(super) user: String,
    pub(super) group: Option<u64>,
    pub(super) project: Option<u64>,
    pub(super) role: Role,
}

impl CaseFile {
    pub(crate) fn read() -> Self {
        toml::from_str(include_str!("../cases.toml")).unwrap_or_else(|error| panic!("cases.toml: {error}"))
    }
}

impl Case {
    pub(super) fn bearer(&self, now: Micros) -> Bearer {
        Bearer {
            revoked: self.state == Some(State::Revoked),
            expires_at: (self.state == Some(State::Expired)).then_some(now),
            owner_blocked: self.state == Some(State::OwnerBlocked),
            ..Bearer::new(TokenClass::Personal, self.privileges())
        }
    }

    fn privileges(&self) -> Privileges {
        match (&self.grants, &self.scopes) {
            (Some(grants), None) => {
                let grants: Vec<Grant> = grants.iter().map(WrittenGrant::real).collect();
                Privileges::FineGrained(Grants::prepare(&grants))
            }
            (None, Some(scopes)) => Privileges::Legacy(scopes.iter().map(|name| scope(name)).collect()),
            _ => panic!("`{}` has to have either grants or scopes", self.about),
        }
    }
}

impl WrittenGrant {
    fn real(&self) -> Grant {
        let access = match self.access {
            None => {
                Access::SelectedMemberships { projects: self.projects.clone(), groups: self.groups.clone() }
            }
            Some(WrittenAccess::PersonalProjects) => Access::PersonalProjects,
            Some(WrittenAccess::AllMemberships) => Access::AllMemberships,
            Some(WrittenAccess::User) => Access::User,
            Some(WrittenAccess::Instance) => Access::Instance,
        };
        Grant { access, permissions: self.permissions.iter().map(|name| permission(name)).collect() }
    }
}

fn permission(name: &str) -> PermissionId {
    Catalog::embedded().permission(name).unwrap_or_else(|| panic!("no permission `{name}`")).id
}

fn scope(name: &str) -> Scope {
    Scope::parse(name).unwrap_or_else(|| panic!("no scope `{name}`"))
}
