//! A request as people write it: `GET /projects/1/issues`.

use std::borrow::Cow;

use anyhow::{Result, anyhow};

use crate::hint::Hint as _;

/// Splits a line into its method and its path.
///
/// # Errors
/// When it is not a method, blanks, and a path that starts with `/`.
pub(crate) fn split(line: &str) -> Result<(&str, &str)> {
    line.trim()
        .split_once(char::is_whitespace)
        .map(|(method, path)| (method, path.trim_start()))
        .filter(|(_, path)| path.starts_with('/'))
        .ok_or_else(|| anyhow!("`{}` is not a method and a path", line.trim()))
        .hint("write it as `GET /projects/1/issues`")
}

/// The path as it is sent: `/api/v4` may be left out, but for Git and for interfaces of their own.
pub(crate) fn target(path: &str) -> Cow<'_, str> {
    let named = path.split_once('?').map_or(path, |(path, _)| path);
    let whole = named.starts_with("/api/") || named.contains(".git/") || named.ends_with(".git");
    if whole { path.into() } else { format!("/api/v4{path}").into() }
}

#[cfg(test)]
mod tests {
    use super::{split, target};

    #[test]
    fn line_is_a_method_and_a_path() {
        assert_eq!(split(" GET  /projects/1 ").unwrap(), ("GET", "/projects/1"));
        for line in ["", "GET", "GET projects", "/projects"] {
            assert!(split(line).is_err(), "{line}");
        }
    }

    #[test]
    fn prefix_of_the_api_may_be_left_out_but_git_has_none() {
        assert_eq!(target("/projects/1?x=/api/"), "/api/v4/projects/1?x=/api/");
        assert_eq!(target("/api/v4/projects/1"), "/api/v4/projects/1");
        let clone = "/acme/web.git/info/refs?service=git-upload-pack";
        assert_eq!(target(clone), clone);
    }
}
