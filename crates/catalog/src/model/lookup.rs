//! How the instance tells which project or group a bare id belongs to.

use serde::Serialize;

use super::Listed;
use crate::BoundaryType;

/// A look-up of one compiled catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupId(u16);

impl LookupId {
    /// The id at `index`, or `None` past 65,535.
    #[must_use]
    pub fn new(index: usize) -> Option<Self> {
        u16::try_from(index).ok().map(Self)
    }

    /// The position in the catalogue's list of look-ups.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One look-up, declared in `catalog/lookups.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Its number in this catalogue.
    pub id: LookupId,
    /// Its name in source expressions.
    pub name: String,
    /// What it finds, in one line.
    pub about: String,
    /// The names of its arguments, in the order of a source expression.
    pub arguments: Vec<String>,
    /// How it is answered.
    pub answer: LookupAnswer,
    /// How it is answered where that finds nothing, one after the other: versions of GitLab differ.
    pub otherwise: Vec<LookupAnswer>,
}

impl Lookup {
    /// Every way to answer it, in the order in which they are tried.
    pub fn ways(&self) -> impl Iterator<Item = &LookupAnswer> {
        std::iter::once(&self.answer).chain(&self.otherwise)
    }
}

/// How a look-up is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LookupAnswer {
    /// The instance is asked.
    Get {
        /// Path below `/api/v4` with `{argument}` placeholders; it may have a query.
        path: String,
        /// Where the answer says which container it is; the first that applies counts.
        containers: Vec<ContainerAt>,
    },
    /// The instance's GraphQL is asked.
    Graphql {
        /// A query; `$id` in it stands for the global id, to be written there in quotes, and `$number` for the number
        /// in it.
        document: String,
        /// Where its `data` says which container it is; the first that applies counts.
        containers: Vec<ContainerAt>,
    },
    /// The argument says it.
    Decode {
        /// How the argument is written.
        encoding: Encoding,
        /// What the decoded value names.
        boundary: BoundaryType,
        /// The argument.
        argument: String,
    },
    /// Each project that the token selects is asked, with its id for `{project}`; the one that answers is the container.
    InProjects {
        /// Path below `/api/v4` with `{project}` and `{argument}` placeholders.
        path: String,
    },
    /// Each project or group that the token selects is asked for lists in GraphQL; the one in whose lists the global id
    /// stands is the container.
    Listed(Listed),
    /// The instance has no such look-up: the container is refused as not found.
    Unanswerable {
        /// Why.
        reason: String,
    },
}

/// Where a look-up's answer names a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerAt {
    /// What is named.
    pub boundary: BoundaryType,
    /// JSON pointer (RFC 6901) to what names it; empty for the instance, which needs no name.
    pub pointer: String,
    /// What stands there.
    pub reads: PointerReads,
    /// When this entry applies; always if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// How a value in a look-up's answer names a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointerReads {
    /// Its id: a number, or in GraphQL's answers also a global id, `gid://gitlab/Project/5`.
    #[default]
    Id,
    /// The path or URL of one of its pages: `/acme/web/-/milestones/3` is a project's, `/groups/acme/-/milestones/3` a
    /// group's. One of the other kind doesn't apply.
    Page,
}

/// A condition on a look-up's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// JSON pointer to a string.
    pub pointer: String,
    /// The value it must have.
    pub equals: String,
}

/// How a container is written in an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A full path with `+` for `/`: `acme+web`.
    PlusPath,
    /// Base64url of `group_id iid`.
    Base64GroupIid,
}
