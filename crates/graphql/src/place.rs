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
    /// The namespace of the token's owner, by its full path; that of anybody else is none.
    OwnNamespace(String),
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
    pub id: RecordId,
}

/// What tells records of one model apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RecordId {
    /// A number.
    Number(u64),
    /// Of discussions: the 40 hexadecimal digits of a SHA-1 digest.
    Digest(String),
}

/// How the models of discussions end, which have no number: `DiffDiscussion`.
const DISCUSSION: &str = "Discussion";

impl GlobalId {
    /// Reads GitLab's one spelling; any other is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (model, id) = text.strip_prefix("gid://gitlab/")?.split_once('/')?;
        let well_formed = model.split("::").all(|word| {
            word.starts_with(|first: char| first.is_ascii_uppercase())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let id = if model.ends_with(DISCUSSION) { digest(id)? } else { number(id)? };
        well_formed.then(|| Self { model: model.to_owned(), id })
    }
}

fn number(text: &str) -> Option<RecordId> {
    let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok().map(RecordId::Number) } else { None }
}

fn digest(text: &str) -> Option<RecordId> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == 40 && text.bytes().all(is_digit)).then(|| RecordId::Digest(text.to_owned()))
}

/// Projects and groups are named by their global id, too.
impl From<GlobalId> for Named {
    fn from(id: GlobalId) -> Self {
        match (id.model.as_str(), &id.id) {
            ("Project", RecordId::Number(number)) => Self::Project(Reference::Id(*number)),
            ("Group", RecordId::Number(number)) => Self::Group(Reference::Id(*number)),
            _ => Self::Record(id),
        }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(out),
            Self::Digest(digits) => out.write_str(digits),
        }
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
    fn discussions_have_a_digest() {
        for text in [
            "gid://gitlab/Discussion/5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf2",
            "gid://gitlab/DiffDiscussion/0123456789012345678901234567890123456789",
        ] {
            let id = GlobalId::parse(text).unwrap();
            assert!(matches!(&id.id, RecordId::Digest(digits) if digits.len() == 40), "{text}");
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn global_ids_have_one_spelling() {
        let pipeline = GlobalId::parse("gid://gitlab/Ci::Pipeline/7").unwrap();
        assert_eq!((pipeline.model.as_str(), &pipeline.id), ("Ci::Pipeline", &RecordId::Number(7)));
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
            "gid://gitlab/Issue/5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf2",
            "gid://gitlab/Discussion/7",
            "gid://gitlab/Discussion/5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf",
            "gid://gitlab/Discussion/5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf2a",
            "gid://gitlab/Discussion/5001952EB46aeb8fc40c4d8bcb8b2d3c1f9b7bf2",
            "gid://gitlab/Discussion/5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7b\"}",
            "gid://gitlab/discussion/5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf2",
        ] {
            assert_eq!(GlobalId::parse(text), None, "{text}");
        }
    }
}
