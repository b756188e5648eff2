//! From a route entry to the needs of its operation.

use super::permissions::Permissions;
use super::place::{Errors, Located, Place};
use super::raw::{RawBoundary, RawRoute};
use super::source_expression::Scope;
use crate::route::template::Template;
use crate::{BoundarySource, BoundaryType, Need, PermissionId, PermissionSet, Source};

/// What needs are resolved against.
pub(super) struct Context<'a> {
    pub(super) permissions: &'a Permissions,
    pub(super) scope: Scope<'a>,
    pub(super) own: PermissionId,
}

impl Context<'_> {
    /// The needs of a route: its own first, then one for each further container.
    pub(super) fn needs(&self, route: &RawRoute, errors: &mut Errors) -> Vec<Need> {
        let ids = self.permission_ids(&route.also, errors);
        let place = &route.endpoint.place;
        let boundaries: Vec<BoundarySource> = if route.boundaries.is_empty() {
            errors.note(place, self.derived(&route.endpoint.template)).into_iter().collect()
        } else {
            route.boundaries.iter().filter_map(|raw| self.source(raw, errors)).collect()
        };
        self.check(&boundaries, place, errors);
        let mut needs = vec![need(&ids, boundaries, false)];
        for container in &route.also_on {
            let boundaries: Vec<_> = self.source(&container.boundary, errors).into_iter().collect();
            self.check(&boundaries, place, errors);
            needs.push(need(&ids, boundaries, container.optional));
        }
        needs
    }

    /// The own permission and those that are needed beside it.
    pub(super) fn permission_ids(&self, also: &[Located<String>], errors: &mut Errors) -> Vec<PermissionId> {
        let mut ids = vec![self.own];
        for name in also {
            match self.permissions.id(&name.value) {
                Some(id) => ids.push(id),
                None => errors.add(&name.place, format!("there is no permission `{}`", name.value)),
            }
        }
        ids
    }

    fn source(&self, raw: &RawBoundary, errors: &mut Errors) -> Option<BoundarySource> {
        let parsed = self.scope.parse(&raw.source.value).and_then(|source| {
            let fits = match source {
                Source::Owner => raw.boundary == BoundaryType::User,
                Source::Instance => raw.boundary == BoundaryType::Instance,
                Source::Lookup(_) => raw.boundary != BoundaryType::User,
                Source::Path { .. } | Source::Query { .. } | Source::Body { .. } => {
                    raw.boundary <= BoundaryType::Group
                }
            };
            if fits {
                Ok(source)
            } else {
                Err(format!("`{}` does not name a {}", raw.source.value, raw.boundary))
            }
        });
        let source = errors.note(&raw.source.place, parsed)?;
        Some(BoundarySource { boundary: raw.boundary, source })
    }

    /// What the path says: `/projects/:id` a project, `/groups/:id` a group, else the user or the instance.
    fn derived(&self, template: &Template) -> Result<BoundarySource, String> {
        let own = self.own_boundaries();
        let mut segments = template.text.split('/').skip(1);
        let container = match (segments.next(), segments.next()) {
            (Some("projects"), Some(second)) => {
                second.strip_prefix(':').map(|name| (BoundaryType::Project, name))
            }
            (Some("groups"), Some(second)) => {
                second.strip_prefix(':').map(|name| (BoundaryType::Group, name))
            }
            _ => None,
        };
        if let Some((boundary, name)) = container {
            return match template.parameters.iter().position(|parameter| parameter == name) {
                Some(index) if own.contains(&boundary) => {
                    Ok(BoundarySource { boundary, source: Source::Path { param: name.to_owned(), index } })
                }
                _ => Err(format!(
                    "the path names a {boundary}, which is not a boundary of the permission: say which is meant"
                )),
            };
        }
        let ambient: Vec<_> =
            own.iter().copied().filter(|boundary| *boundary > BoundaryType::Group).collect();
        match ambient.as_slice() {
            [BoundaryType::User] => {
                Ok(BoundarySource { boundary: BoundaryType::User, source: Source::Owner })
            }
            [BoundaryType::Instance] => {
                Ok(BoundarySource { boundary: BoundaryType::Instance, source: Source::Instance })
            }
            _ => {
                Err("the path does not say the boundary: give it as `project`, `group`, `user` or `instance`"
                    .to_owned())
            }
        }
    }

    fn own_boundaries(&self) -> &[BoundaryType] {
        self.permissions.list.get(self.own.index()).map_or(&[], |permission| &permission.boundaries)
    }

    fn check(&self, boundaries: &[BoundarySource], place: &Place, errors: &mut Errors) {
        for source in boundaries {
            if !self.own_boundaries().contains(&source.boundary) {
                errors.add(place, format!("the permission has no boundary `{}`", source.boundary));
            }
        }
    }
}

fn need(ids: &[PermissionId], boundaries: Vec<BoundarySource>, optional: bool) -> Need {
    let permissions: PermissionSet = ids.iter().copied().collect();
    Need { permissions, permission_ids: ids.to_vec(), boundaries, optional }
}
