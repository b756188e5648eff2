//! What the value of a probe names.

use std::borrow::Cow;

use crate::guard::Reads;
use crate::place::{GlobalId, Named, Reference};

/// The place that a probe's value names. What isn't written exactly as GitLab writes it names none.
pub(super) fn named(reads: Reads, raw: &str, relative_root: &str) -> Option<Named> {
    let text = string(raw);
    match reads {
        Reads::ProjectId => Some(Named::Project(Reference::Id(number(text.as_deref().unwrap_or(raw))?))),
        Reads::GroupId => Some(Named::Group(Reference::Id(number(text.as_deref().unwrap_or(raw))?))),
        Reads::GlobalId => GlobalId::parse(&text?).map(Named::from),
        Reads::ProjectPath => project(&text?),
        Reads::GroupPath => group(&text?),
        Reads::FullPath => {
            text.filter(|path| is_full_path(path)).map(|path| Named::Container(path.into_owned()))
        }
        Reads::Page => page(&text?, relative_root),
    }
}

/// The text of a value that is a string.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inside))
    }
}

fn number(text: &str) -> Option<u64> {
    let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

fn project(path: &str) -> Option<Named> {
    (is_full_path(path) && path.contains('/')).then(|| Named::Project(Reference::Path(path.to_owned())))
}

fn group(path: &str) -> Option<Named> {
    is_full_path(path).then(|| Named::Group(Reference::Path(path.to_owned())))
}

/// `/acme/web/-/issues/3` is a page of a project, `/groups/acme/-/epics/1` one of a group; a URL is its path.
fn page(text: &str, relative_root: &str) -> Option<Named> {
    let path = if text.starts_with('/') {
        text
    } else {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let (authority, _) = rest.split_once('/')?;
        if authority.is_empty() || authority.contains(['?', '#', '@', '\\']) {
            return None;
        }
        rest.get(authority.len()..)?
    };
    let path = path.split(['?', '#']).next()?;
    let (container, page) = path.strip_prefix(relative_root)?.strip_prefix('/')?.split_once("/-/")?;
    if page.is_empty() {
        return None;
    }
    match container.strip_prefix("groups/") {
        Some(path) => group(path),
        None => project(container),
    }
}

/// Whether it is one or more words that GitLab lets a project or group be called, with slashes between them.
fn is_full_path(path: &str) -> bool {
    path.split('/').all(|word| {
        let is_word = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        is_word && !word.is_empty() && !word.starts_with('-') && word != "." && word != ".."
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reads: Reads, raw: &str) -> Option<String> {
        named(reads, raw, "/gitlab").map(|named| match named {
            Named::Project(Reference::Id(id)) => format!("project {id}"),
            Named::Project(Reference::Path(path)) => format!("project {path}"),
            Named::Group(Reference::Id(id)) => format!("group {id}"),
            Named::Group(Reference::Path(path)) => format!("group {path}"),
            Named::Container(path) => format!("either {path}"),
            Named::OwnNamespace(path) => format!("own {path}"),
            Named::Record(id) => format!("record {id}"),
            Named::User | Named::Instance => unreachable!("no value names them"),
        })
    }

    #[test]
    fn values_name_places() {
        for (reads, raw, place) in [
            (Reads::GlobalId, r#""gid://gitlab/Project/5""#, "project 5"),
            (Reads::GlobalId, r#""gid:\/\/gitlab\/Group\/6""#, "group 6"),
            (
                Reads::GlobalId,
                r#""gid://gitlab/Namespaces::UserNamespace/7""#,
                "record gid://gitlab/Namespaces::UserNamespace/7",
            ),
            (Reads::ProjectId, "5", "project 5"),
            (Reads::ProjectId, r#""5""#, "project 5"),
            (Reads::GroupId, "6", "group 6"),
            (Reads::ProjectPath, r#""acme/web""#, "project acme/web"),
            (Reads::ProjectPath, r#""Acme/pl.at-f_orm/.web""#, "project Acme/pl.at-f_orm/.web"),
            (Reads::GroupPath, r#""acme""#, "group acme"),
            (Reads::FullPath, r#""acme/platform""#, "either acme/platform"),
            (Reads::Page, r#""/gitlab/acme/web/-/issues/3""#, "project acme/web"),
            (Reads::Page, r#""/gitlab/acme/web/-/issues/3?a=/-/#note_5""#, "project acme/web"),
            (Reads::Page, r#""/gitlab/acme/web/-/blob/main/groups/x/-/y""#, "project acme/web"),
            (Reads::Page, r#""/gitlab/groups/acme/platform/-/epics/1""#, "group acme/platform"),
            (Reads::Page, r#""https://gitlab.example.com/gitlab/acme/web/-/issues/3""#, "project acme/web"),
            (Reads::Page, r#""http://gitlab.example.com:8080/gitlab/groups/acme/-/epics/1""#, "group acme"),
        ] {
            assert_eq!(read(reads, raw).as_deref(), Some(place), "{reads:?} {raw}");
        }
    }

    #[test]
    fn what_is_not_well_formed_names_no_place() {
        for (reads, values) in [
            (
                Reads::GlobalId,
                &[r#""5""#, "5", "true", r#""gid://gitlab/Project/05""#, r#""gid://gitlab/Project/5\u0000""#]
                    [..],
            ),
            (
                Reads::ProjectId,
                &[
                    "-5",
                    "5.0",
                    "5e1",
                    "0",
                    "05",
                    r#""""#,
                    r#"" 5""#,
                    r#""+5""#,
                    "true",
                    "99999999999999999999",
                ],
            ),
            (Reads::GroupId, &[r#""gid://gitlab/Group/6""#, "0"]),
            (
                Reads::ProjectPath,
                &[r#""acme""#, r#""/acme/web""#, r#""acme/web/""#, r#""acme//web""#, r#""acme/../web""#, "5"],
            ),
            (
                Reads::GroupPath,
                &[r#""""#, r#""acme/""#, r#""-acme""#, r#""acme%2Fweb""#, r#""acme web""#, r#""acmé""#],
            ),
            (Reads::FullPath, &[r#""""#, r#"".""#, r#""acme/-/web""#, r#""acme\\web""#]),
            (
                Reads::Page,
                &[
                    r#""/acme/web/-/issues/3""#,
                    r#""/gitlabx/acme/web/-/issues/3""#,
                    r#""/gitlab/acme/web""#,
                    r#""/gitlab/acme/web/-/""#,
                    r#""/gitlab/acme/web/-""#,
                    r#""/gitlab/acme/-/issues""#,
                    r#""/gitlab/groups/-/epics/1""#,
                    r#""/gitlab//groups/acme/-/epics/1""#,
                    r#""/gitlab/-/snippets/5""#,
                    r#""/gitlab/acme/./web/-/issues/3""#,
                    r#""/gitlab/acme%2fweb/x/-/issues/3""#,
                    r#""/gitlab/acme?/web/-/issues/3""#,
                    r#""//evil/gitlab/acme/web/-/issues/3""#,
                    r#""https:///gitlab/acme/web/-/issues/3""#,
                    r#""https://gitlab.example.com?/gitlab/acme/web/-/issues/3""#,
                    r#""https://a@b/gitlab/acme/web/-/issues/3""#,
                    r#""ftp://host/gitlab/acme/web/-/issues/3""#,
                    r#""gitlab/acme/web/-/issues/3""#,
                    r#""javascript:/gitlab/acme/web/-/issues/3""#,
                    "5",
                ],
            ),
        ] {
            for raw in values {
                assert_eq!(read(reads, raw), None, "{reads:?} {raw}");
            }
        }
    }
}
