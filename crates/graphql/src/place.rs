//! Places as documents and answers name them, before anything was looked up.

use std::fmt;

/// What names a project, a group, or something that leads to one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// A project.
    Project(Reference),
    /// A group.
    Group(Reference),
    /// A project or a group, by its full path: the instance tells which.
    Container(String),
    /// Any other record: a look-up tells whose it is.
    Record(GlobalId),
    /// The token's owner.
    User,
    /// The instance.
    Instance,
}

/// How a project or group is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// By its id.
    Id(u64),
    /// By its full path: `acme/platform/infra`.
    Path(String),
}

/// GitLab's name of a record: `gid://gitlab/Ci::Pipeline/7`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GlobalId {
    /// `Ci::Pipeline`.
    pub model: String,
    /// `7`.
    pub id: u64,
}

impl GlobalId {
    /// Reads GitLab's one spelling; any other is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (model, id) = text.strip_prefix("gid://gitlab/")?.split_once('/')?;
        let well_formed = model.split("::").all(|word| {
            word.starts_with(|first: char| first.is_ascii_uppercase())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let is_plain = !id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit());
        let id = if is_plain { id.parse().ok()? } else { return None };
        well_formed.then(|| Self { model: model.to_owned(), id })
    }
}

impl fmt::Display for GlobalId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "gid://gitlab/{}/{}", self.model, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_ids_have_one_spelling() {
        let pipeline = GlobalId::parse("gid://gitlab/Ci::Pipeline/7").unwrap();
        assert_eq!((pipeline.model.as_str(), pipeline.id), ("Ci::Pipeline", 7));
        assert_eq!(pipeline.to_string(), "gid://gitlab/Ci::Pipeline/7");
        for text in [
            "",
            "7",
            "gid://gitlab/Project",
            "gid://gitlab/Project/",
            "gid://gitlab/Project/07",
            "gid://gitlab/Project/+7",
            "gid://gitlab/Project/7/8",
            "gid://gitlab/project/7",
            "gid://other/Project/7",
            "gid://gitlab/Ci:Pipeline/7",
            "gid://gitlab/Project/7 ",
            "gid://gitlab/Project/99999999999999999999",
            "GID://gitlab/Project/7",
            "gid://gitlab/Project/7?x=1",
            "gid://gitlab//7",
            "gid://gitlab/Ci::/7",
        ] {
            assert_eq!(GlobalId::parse(text), None, "{text}");
        }
    }
}
