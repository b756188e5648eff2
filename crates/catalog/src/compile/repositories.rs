//! Git, LFS and registry operations.

use super::operations::{Draft, Other};
use super::permissions::Permissions;
use super::place::{Errors, Located};
use crate::{
    BoundarySource, BoundaryType, Method, Need, OperationAccess, PermissionId, PermissionSet,
    RegistryOperation, RepositoryKind, RepositoryOperation, RepositoryService, Source, Surface,
};

/// The name of the only parameter of these operations: the repository's container.
const CONTAINER: &str = "container";

pub(super) fn repository(
    own: PermissionId,
    operation: &Located<RepositoryOperation>,
    permissions: &Permissions,
    errors: &mut Errors,
) -> Draft {
    let RepositoryOperation { service, repository } = operation.value;
    let boundary = match repository {
        RepositoryKind::Project | RepositoryKind::ProjectWiki | RepositoryKind::ProjectSnippet => {
            BoundaryType::Project
        }
        RepositoryKind::GroupWiki => BoundaryType::Group,
        RepositoryKind::PersonalSnippet => BoundaryType::User,
    };
    let surface = if service.is_lfs() { Surface::Lfs } else { Surface::Git };
    let method = if service == RepositoryService::LfsLocksRead { Method::Get } else { Method::Post };
    let other = Other::Repository(operation.value);
    let named = Located { value: operation.value.to_string(), place: operation.place.clone() };
    draft(own, &named, surface, method, boundary, other, permissions, errors)
}

pub(super) fn registry(
    own: PermissionId,
    operation: &Located<RegistryOperation>,
    permissions: &Permissions,
    errors: &mut Errors,
) -> Draft {
    let (method, boundary) = match operation.value {
        RegistryOperation::Pull => (Method::Get, BoundaryType::Project),
        RegistryOperation::Push => (Method::Put, BoundaryType::Project),
        RegistryOperation::Delete => (Method::Delete, BoundaryType::Project),
        RegistryOperation::DependencyProxyPull => (Method::Get, BoundaryType::Group),
    };
    let other = Other::Registry(operation.value);
    let named = Located { value: operation.value.as_str().to_owned(), place: operation.place.clone() };
    draft(own, &named, Surface::Registry, method, boundary, other, permissions, errors)
}

#[expect(clippy::too_many_arguments, reason = "the one place where both kinds meet")]
fn draft(
    own: PermissionId,
    named: &Located<String>,
    surface: Surface,
    method: Method,
    boundary: BoundaryType,
    other: Other,
    permissions: &Permissions,
    errors: &mut Errors,
) -> Draft {
    let known = permissions.list.get(own.index()).is_some_and(|own| own.boundaries.contains(&boundary));
    if !known {
        errors
            .add(&named.place, format!("`{}` is on a {boundary}, which the permission is not", named.value));
    }
    let source = match boundary {
        BoundaryType::User => Source::Owner,
        _ => Source::Path { param: CONTAINER.to_owned(), index: 0 },
    };
    let need = Need {
        permissions: PermissionSet::from_iter([own]),
        permission_ids: vec![own],
        boundaries: vec![BoundarySource { boundary, source }],
        optional: false,
    };
    Draft {
        surface,
        method,
        template: named.value.clone(),
        parameters: vec![CONTAINER.to_owned()],
        variants: Vec::new(),
        access: OperationAccess::Guarded { needs: vec![need] },
        public_read: false,
        withheld: Vec::new(),
        other: Some(other),
        place: named.place.clone(),
    }
}
