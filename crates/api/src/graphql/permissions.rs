//! `accessTokenPermissions`: the catalogue.

use async_graphql::{Enum, SimpleObject};
use narrowgate_catalog::{BoundaryType, Permission};

/// What a permission can be granted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum AccessTokenBoundary {
    Project,
    Group,
    User,
    Instance,
}

impl From<BoundaryType> for AccessTokenBoundary {
    fn from(boundary: BoundaryType) -> Self {
        match boundary {
            BoundaryType::Project => Self::Project,
            BoundaryType::Group => Self::Group,
            BoundaryType::User => Self::User,
            BoundaryType::Instance => Self::Instance,
        }
    }
}

/// A permission that a token can be granted.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct AccessTokenPermission {
    name: String,
    action: String,
    description: String,
    category: String,
    category_name: String,
    resource: String,
    resource_name: String,
    resource_description: String,
    boundaries: Vec<AccessTokenBoundary>,
}

impl From<&Permission> for AccessTokenPermission {
    fn from(permission: &Permission) -> Self {
        let action = key(&permission.action);
        let resource = permission.name.strip_prefix(&action).and_then(|rest| rest.strip_prefix('_'));
        Self {
            resource: resource.map_or_else(|| key(&permission.resource), str::to_owned),
            name: permission.name.clone(),
            action,
            description: format!("{}: {}", permission.resource, permission.action),
            category: key(&permission.category),
            category_name: permission.category.clone(),
            resource_name: permission.resource.clone(),
            resource_description: permission.about.clone(),
            boundaries: permission.boundaries.iter().copied().map(Into::into).collect(),
        }
    }
}

/// `CI/CD` as `ci_cd`.
fn key(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_").to_ascii_lowercase()
}
