//! Git over HTTPS and LFS: which service of which repository.

use http::HeaderValue;
use http::request::Parts;
use narrowgate_catalog::{Method, RepositoryKind, RepositoryService};
use narrowgate_policy::Reason;

use crate::receive::query::pairs;
use crate::refusal::Refusal;

/// A service of a repository, as far as the head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RepositoryRoute<'p> {
    /// The repository.
    pub(crate) repository: Repository<'p>,
    /// The service; `None` for LFS batches, whose body names it.
    pub(crate) service: Option<RepositoryService>,
}

/// A repository as a path names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repository<'p> {
    /// A project's code, by full path.
    Project(&'p str),
    /// A wiki; the path is a project's or, where there is no such project, a group's.
    Wiki(&'p str),
    /// A snippet without a project in its path.
    Snippet(u64),
    /// A project's snippet.
    ProjectSnippet(&'p str, u64),
}

impl Repository<'_> {
    /// The kind that the catalogue knows; for a wiki the project's.
    pub(crate) const fn kind(self) -> RepositoryKind {
        match self {
            Self::Project(_) => RepositoryKind::Project,
            Self::Wiki(_) => RepositoryKind::ProjectWiki,
            Self::Snippet(_) => RepositoryKind::PersonalSnippet,
            Self::ProjectSnippet(..) => RepositoryKind::ProjectSnippet,
        }
    }
}

/// Whether a path is within a repository, for Git or LFS.
pub(super) fn is_git(path: &str) -> bool {
    path.contains(".git/") || path.ends_with("/info/refs")
}

/// Whether a path is LFS's.
pub(super) fn is_lfs(path: &str) -> bool {
    path.contains(".git/info/lfs/") || path.contains(".git/gitlab-lfs/")
}

/// Finds repository and service.
///
/// # Errors
///
/// Everything that is no such service: dumb HTTP, the web interface, unknown methods.
pub(super) fn route<'p>(method: Method, head: &Parts, path: &'p str) -> Result<RepositoryRoute<'p>, Refusal> {
    let uncovered = || Refusal::reason(Reason::NotCovered);
    let Some((name, rest)) = path.split_once(".git/") else {
        return Err(without_suffix(method, head).unwrap_or_else(uncovered));
    };
    let hidden = || Refusal::reason(Reason::NotFound);
    let repository = name.strip_prefix('/').and_then(repository).ok_or_else(hidden)?;
    let service = service(method, rest, head.uri.query().unwrap_or_default()).ok_or_else(uncovered)?;
    Ok(RepositoryRoute { repository, service })
}

/// `git clone https://host/acme/web` asks without `.git` first; GitLab sends it on.
fn without_suffix(method: Method, head: &Parts) -> Option<Refusal> {
    let path = head.uri.path().strip_suffix("/info/refs").filter(|_| method.is_read())?;
    let service = git_service(head.uri.query()?)?;
    let is_plain = path.strip_prefix('/').is_some_and(|name| name.contains('/') && is_plain(name));
    let name = match service {
        RepositoryService::Fetch => "git-upload-pack",
        _ => "git-receive-pack",
    };
    let location = HeaderValue::try_from(format!("{path}.git/info/refs?service={name}")).ok()?;
    is_plain.then_some(Refusal::Moved(location))
}

fn repository(name: &str) -> Option<Repository<'_>> {
    if !is_plain(name) {
        return None;
    }
    if let Some(path) = name.strip_suffix(".wiki") {
        return Some(Repository::Wiki(path));
    }
    let (before, last) = name.rsplit_once('/')?;
    let id = last.parse().ok().filter(|id| *id > 0 && !last.starts_with('0') && !last.starts_with('+'));
    match (before, before.strip_suffix("/snippets"), id) {
        ("snippets", _, Some(id)) => Some(Repository::Snippet(id)),
        ("snippets", _, None) => None,
        (_, Some(project), Some(id)) => Some(Repository::ProjectSnippet(project, id)),
        _ => Some(Repository::Project(name)),
    }
}

/// Paths of projects need no encoding: one that has any could be read in two ways.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        && name.split('/').all(|part| !part.is_empty() && !part.starts_with('-') && !part.ends_with(".git"))
}

/// `Some(None)` for an LFS batch.
fn service(method: Method, rest: &str, query: &str) -> Option<Option<RepositoryService>> {
    use RepositoryService::{Fetch, LfsDownload, LfsLocksRead, LfsLocksWrite, LfsUpload, Push};
    let is_read = method.is_read();
    let is_post = method == Method::Post;
    let service = match rest {
        "info/refs" if is_read => git_service(query)?,
        "git-upload-pack" if is_post => Fetch,
        "git-receive-pack" if is_post => Push,
        "info/lfs/objects/batch" if is_post => return Some(None),
        "info/lfs/locks" if is_read => LfsLocksRead,
        "info/lfs/locks" | "info/lfs/locks/verify" if is_post => LfsLocksWrite,
        _ => match lfs_object(rest)? {
            LfsObject::Lock if is_post => LfsLocksWrite,
            LfsObject::Download if is_read => LfsDownload,
            LfsObject::Upload if method == Method::Put => LfsUpload,
            LfsObject::Verify if is_post => LfsUpload,
            _ => return None,
        },
    };
    Some(Some(service))
}

/// Smart HTTP only: exactly one `service`.
fn git_service(query: &str) -> Option<RepositoryService> {
    let mut services = pairs(query).filter(|(name, _)| *name == "service");
    let service = services.next().filter(|_| services.next().is_none())?;
    match service.1 {
        "git-upload-pack" => Some(RepositoryService::Fetch),
        "git-receive-pack" => Some(RepositoryService::Push),
        _ => None,
    }
}

enum LfsObject {
    Download,
    Upload,
    Verify,
    Lock,
}

fn lfs_object(rest: &str) -> Option<LfsObject> {
    let is_oid = |oid: &str| oid.len() == 64 && oid.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: smallvec::SmallVec<[&str; 6]> = rest.split('/').collect();
    match parts.as_slice() {
        ["gitlab-lfs", "objects", oid] if is_oid(oid) => Some(LfsObject::Download),
        ["gitlab-lfs", "objects", oid, size] if is_oid(oid) && is_number(size) => Some(LfsObject::Upload),
        ["info", "lfs", "objects", oid, "verify"] if is_oid(oid) => Some(LfsObject::Verify),
        ["info", "lfs", "locks", id, "unlock"] if is_number(id) => Some(LfsObject::Lock),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use narrowgate_catalog::RepositoryService::*;

    fn routed(method: Method, uri: &str) -> Result<(Repository<'static>, Option<RepositoryService>), String> {
        let head = Request::builder().uri(uri).body(()).unwrap().into_parts().0;
        let path: &'static str = Box::leak(head.uri.path().to_owned().into_boxed_str());
        match route(method, &head, path) {
            Ok(route) => Ok((route.repository, route.service)),
            Err(Refusal::Moved(location)) => Err(location.to_str().unwrap().to_owned()),
            Err(refusal) => Err(refusal.as_str().to_owned()),
        }
    }

    #[test]
    fn services_are_found() {
        let web = Repository::Project("acme/web");
        let oid = "a".repeat(64);
        for (method, uri, repository, service) in [
            (Method::Get, "/acme/web.git/info/refs?service=git-upload-pack", web, Some(Fetch)),
            (Method::Get, "/acme/web.git/info/refs?service=git-receive-pack", web, Some(Push)),
            (Method::Post, "/acme/web.git/git-upload-pack", web, Some(Fetch)),
            (Method::Post, "/acme/web.git/git-receive-pack", web, Some(Push)),
            (Method::Post, "/acme/web.git/info/lfs/objects/batch", web, None),
            (Method::Get, "/acme/web.git/info/lfs/locks?path=a", web, Some(LfsLocksRead)),
            (Method::Post, "/acme/web.git/info/lfs/locks", web, Some(LfsLocksWrite)),
            (Method::Post, "/acme/web.git/info/lfs/locks/verify", web, Some(LfsLocksWrite)),
            (Method::Post, "/acme/web.git/info/lfs/locks/3/unlock", web, Some(LfsLocksWrite)),
            (Method::Get, &format!("/acme/web.git/gitlab-lfs/objects/{oid}"), web, Some(LfsDownload)),
            (Method::Put, &format!("/acme/web.git/gitlab-lfs/objects/{oid}/7"), web, Some(LfsUpload)),
            (Method::Post, "/acme/web.wiki.git/git-upload-pack", Repository::Wiki("acme/web"), Some(Fetch)),
            (Method::Post, "/acme.wiki.git/git-upload-pack", Repository::Wiki("acme"), Some(Fetch)),
            (Method::Post, "/snippets/5.git/git-upload-pack", Repository::Snippet(5), Some(Fetch)),
            (
                Method::Post,
                "/acme/web/snippets/5.git/git-receive-pack",
                Repository::ProjectSnippet("acme/web", 5),
                Some(Push),
            ),
        ] {
            assert_eq!(routed(method, uri), Ok((repository, service)), "{uri}");
        }
    }

    #[test]
    fn everything_else_is_uncovered() {
        for (method, uri) in [
            (Method::Get, "/acme/web.git/info/refs"),
            (Method::Get, "/acme/web.git/info/refs?service=git-upload-archive"),
            (Method::Get, "/acme/web.git/info/refs?service=git-upload-pack&service=git-receive-pack"),
            (Method::Get, "/acme/web.git/HEAD"),
            (Method::Get, "/acme/web.git/objects/info/packs"),
            (Method::Get, "/acme/web.git/git-upload-pack"),
            (Method::Put, "/acme/web.git/git-receive-pack"),
            (Method::Post, "/acme/web.git/x.git/git-receive-pack"),
            (Method::Put, "/acme/web.git/gitlab-lfs/objects/abc/7/authorize"),
            (Method::Get, "/acme/web/-/issues"),
            (Method::Get, "/"),
            (Method::Get, "/users/sign_in"),
        ] {
            assert_eq!(routed(method, uri), Err("not_covered".to_owned()), "{uri}");
        }
    }

    #[test]
    fn names_that_no_repository_has_are_not_found() {
        for uri in ["/acme%2Fweb.git/git-receive-pack", "/web.git/git-receive-pack"] {
            assert_eq!(routed(Method::Post, uri), Err("not_found".to_owned()), "{uri}");
        }
    }

    #[test]
    fn clones_without_suffix_are_sent_on() {
        assert_eq!(
            routed(Method::Get, "/acme/web/info/refs?service=git-upload-pack"),
            Err("/acme/web.git/info/refs?service=git-upload-pack".to_owned())
        );
    }
}
