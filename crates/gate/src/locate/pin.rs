//! What a path was resolved to is what the request is forwarded for.
//!
//! The directory remembers for a short time which project a path names. In that time the project may be renamed and
//! another may take its path: the instance would resolve the path again, to a project that nobody decided about. So the
//! request goes out with the id instead of the path.

use std::sync::OnceLock;

use http::Uri;
use http::uri::PathAndQuery;
use narrowgate_catalog::BoundaryType;

use super::FoundPlace;

/// The project or group that the path's first parameter named when it was located.
#[derive(Debug, Default)]
pub(crate) struct Pin(OnceLock<(BoundaryType, u64)>);

impl Pin {
    pub(super) fn keep(&self, found: &FoundPlace) {
        let place = match found {
            FoundPlace::Project(project, _) => (BoundaryType::Project, project.id),
            FoundPlace::Group(group, _) => (BoundaryType::Group, group.id),
            FoundPlace::User | FoundPlace::Instance | FoundPlace::NotFound(_) => return,
        };
        self.0.get_or_init(|| place);
    }

    /// The target with the id in the container's place; everything else stays as it came. None if it named no path.
    pub(crate) fn apply(&self, template: &str, uri: &Uri) -> Option<PathAndQuery> {
        let (boundary, id) = self.0.get()?;
        // Elsewhere (`/namespaces/:id`) a number means something else than a project's or group's id.
        let (start, container) = match boundary {
            BoundaryType::Project => ("/api/v4/projects/", "/projects/:"),
            BoundaryType::Group => ("/api/v4/groups/", "/groups/:"),
            BoundaryType::User | BoundaryType::Instance => return None,
        };
        if !template.starts_with(container) {
            return None;
        }
        let target = uri.path_and_query()?.as_str();
        let rest = target.strip_prefix(start)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let after = rest.get(end..)?;
        PathAndQuery::try_from(format!("{start}{id}{after}")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_container_changes() {
        let template = |boundary| match boundary {
            BoundaryType::Project => "/projects/:id/x",
            _ => "/groups/:id/x",
        };
        for (boundary, before, after) in [
            (BoundaryType::Project, "/api/v4/projects/acme%2Fweb", Some("/api/v4/projects/20")),
            (
                BoundaryType::Project,
                "/api/v4/projects/acme%2Fweb/repository/files/acme%2Fweb?ref=acme%2Fweb&x=%2f",
                Some("/api/v4/projects/20/repository/files/acme%2Fweb?ref=acme%2Fweb&x=%2f"),
            ),
            (BoundaryType::Project, "/api/v4/projects/acme%2Fweb?x=1", Some("/api/v4/projects/20?x=1")),
            (BoundaryType::Group, "/api/v4/groups/acme/projects", Some("/api/v4/groups/20/projects")),
            (BoundaryType::Group, "/api/v4/namespaces/acme", None),
            (BoundaryType::Group, "/api/v4/projects/acme", None),
            (BoundaryType::User, "/api/v4/projects/acme", None),
        ] {
            let pin = Pin::default();
            pin.0.set((boundary, 20)).unwrap();
            let pinned = pin.apply(template(boundary), &before.parse().unwrap());
            assert_eq!(pinned.as_ref().map(PathAndQuery::as_str), after, "{before}");
        }
        let uri = "/api/v4/projects/a%2Fb".parse().unwrap();
        assert_eq!(Pin::default().apply("/projects/:id", &uri), None);
        let pin = Pin::default();
        pin.0.set((BoundaryType::Project, 20)).unwrap();
        assert_eq!(pin.apply("/projects/import/:id", &uri), None);
    }
}
