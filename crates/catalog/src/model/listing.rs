//! Lists in GraphQL in which a record is looked for, and the queries that ask for them.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::BoundaryType;

/// Items of a page: GitLab's largest page.
const PAGE: usize = 100;

/// Lists of each project or group that the token selects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Whether projects or groups are asked.
    pub within: BoundaryType,
    /// Whether only top-level groups are: those below list what belongs to them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub top_level: bool,
    /// The lists, in the order in which they are asked for.
    pub lists: Vec<ListPath>,
    /// What is asked for each record that the lists have; without, these are what is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
}

/// A list that is asked for each record of another list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Then {
    /// The root field that shows such a record by its `id`; without, the project or group itself is asked, with the
    /// record's global id for `$each`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The list.
    pub list: ListPath,
}

/// The fields that lead to a list of records: `issues(types: [INCIDENT])[].designCollection.designs[]`. `[]` marks
/// connections, of which the first is asked for page by page and the others up to their first hundred. `$id` in arguments
/// stands for the global id that is looked for. Where they have `$owner`, for that of the project or group, the list is the
/// query's own and stands beside it. `[]:epicIssueId` at the end: the global id is in that field, and not in `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPath {
    steps: Vec<ListStep>,
    id: String,
}

/// A field on the way to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStep {
    /// Its name.
    pub field: String,
    /// Its arguments, without parentheses.
    pub arguments: Option<String>,
    /// Whether it is a connection: what it has is under `nodes`.
    pub is_list: bool,
}

/// Whose list is asked for. The answer has to be about the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOwner<'a> {
    /// A project.
    Project(u64),
    /// A group: GraphQL shows it by its full path.
    Group {
        /// Its number.
        id: u64,
        /// Its full path.
        path: &'a str,
    },
    /// Any record.
    Record {
        /// The root field that shows it.
        field: &'a str,
        /// Its global id.
        id: &'a str,
    },
}

/// A page of a list, and what is looked for in it.
#[derive(Clone, Copy, Debug)]
pub struct ListPage<'a> {
    /// The global id that is looked for.
    pub id: &'a str,
    /// The global id of the record whose list it is, if that is asked of its project or group.
    pub each: Option<&'a str>,
    /// The cursor that it comes after; none for the first.
    pub after: Option<&'a str>,
}

impl ListPage<'_> {
    fn fill(&self, arguments: &str, owner: ListOwner<'_>) -> String {
        let arguments = arguments.replace("$owner", &literal(&owner.global_id()));
        let each = self.each.map_or_else(|| "null".to_owned(), literal);
        arguments.replace("$id", &literal(self.id)).replace("$each", &each)
    }
}

impl ListOwner<'_> {
    /// The `id` that the answer must have.
    #[must_use]
    pub fn global_id(&self) -> String {
        match self {
            Self::Project(id) => format!("gid://gitlab/Project/{id}"),
            Self::Group { id, .. } => format!("gid://gitlab/Group/{id}"),
            Self::Record { id, .. } => (*id).to_owned(),
        }
    }

    /// The field that shows it, with what is asked of it.
    fn select(&self, selection: &str) -> String {
        match self {
            Self::Project(_) => {
                format!("projects(ids: [{}]) {{ nodes {{ {selection} }} }}", literal(&self.global_id()))
            }
            Self::Group { path, .. } => format!("group(fullPath: {}) {{ {selection} }}", literal(path)),
            Self::Record { field, id } => format!("{field}(id: {}) {{ {selection} }}", literal(id)),
        }
    }

    /// JSON pointer to it in the answer's `data`.
    #[must_use]
    pub fn pointer(&self) -> String {
        match self {
            Self::Project(_) => "/projects/nodes/0".to_owned(),
            Self::Group { .. } => "/group".to_owned(),
            Self::Record { field, .. } => format!("/{field}"),
        }
    }
}

impl ListPath {
    /// The fields, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[ListStep] {
        &self.steps
    }

    /// The field of a record that has its global id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The field that is first, and the way from there: none, where that is a list itself.
    #[must_use]
    pub fn root(mut self) -> Option<(String, Self)> {
        let ListStep { field, arguments: None, is_list: false } = self.steps.remove(0) else { return None };
        Some((field, self))
    }

    /// Reads the notation.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (list, id) = match text.rsplit_once("[]:") {
            Some((list, id)) if is_name(id) => (format!("{list}[]"), id),
            _ => (text.to_owned(), "id"),
        };
        let steps = split(&list).map(step).collect::<Option<Vec<_>>>();
        let steps =
            steps.ok_or_else(|| format!("`{text}` is not a way to a list, as `boards[].lists[]` is"))?;
        match steps.iter().any(|step| step.is_list) {
            true => Ok(Self { steps, id: id.to_owned() }),
            false => Err(format!("`{text}` leads to no list: `[]` marks those")),
        }
    }

    /// The query for a page of an owner's list.
    #[must_use]
    pub fn query(&self, owner: ListOwner<'_>, page: ListPage<'_>) -> String {
        let mut selection = self.id.clone();
        let paged = self.steps.iter().position(|step| step.is_list);
        for (index, step) in self.steps.iter().enumerate().rev() {
            let is_paged = paged == Some(index);
            selection = step.select(&selection, owner, page, is_paged);
        }
        match self.is_beside_owner() {
            true => format!("{{ {} {selection} }}", owner.select("id")),
            false => format!("{{ {} }}", owner.select(&format!("id {selection}"))),
        }
    }

    /// Whether the list is a field of the query, and not of the owner.
    #[must_use]
    pub fn is_beside_owner(&self) -> bool {
        let mut arguments = self.steps.iter().filter_map(|step| step.arguments.as_deref());
        arguments.any(|arguments| arguments.contains("$owner"))
    }
}

impl ListStep {
    /// The field with what is asked below it.
    fn select(&self, below: &str, owner: ListOwner<'_>, page: ListPage<'_>, is_paged: bool) -> String {
        let mut arguments: Vec<String> = self.arguments.iter().map(|own| page.fill(own, owner)).collect();
        if self.is_list {
            arguments.push(format!("first: {PAGE}"));
        }
        if let Some(after) = page.after.filter(|_| is_paged) {
            arguments.push(format!("after: {}", literal(after)));
        }
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let info = if is_paged { "pageInfo { hasNextPage endCursor } " } else { "" };
        match self.is_list {
            true => format!("{}{arguments} {{ {info}nodes {{ {below} }} }}", self.field),
            false => format!("{}{arguments} {{ {below} }}", self.field),
        }
    }
}

/// A text as GraphQL writes it: JSON's spelling is one of GraphQL's.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The steps between the dots that aren't within parentheses.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == '.' && depth == 0
    })
}

fn step(text: &str) -> Option<ListStep> {
    let (text, is_list) = match text.strip_suffix("[]") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (field, arguments) = match text.split_once('(') {
        Some((field, rest)) => (field, Some(rest.strip_suffix(')')?)),
        None => (text, None),
    };
    let is_plain =
        arguments.is_none_or(|text| !text.trim().is_empty() && !text.contains(['(', ')', '{', '}']));
    let arguments = arguments.map(str::to_owned);
    (is_name(field) && is_plain).then(|| ListStep { field: field.to_owned(), arguments, is_list })
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl fmt::Display for ListPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            write!(out, "{dot}{}", step.field)?;
            if let Some(arguments) = &step.arguments {
                write!(out, "({arguments})")?;
            }
            out.write_str(if step.is_list { "[]" } else { "" })?;
        }
        if self.id == "id" { Ok(()) } else { write!(out, ":{}", self.id) }
    }
}

impl Serialize for ListPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in [
            "boards[].lists[]",
            "issues(types: [INCIDENT])[].designCollection.designs[]",
            "x(a: 1.5)[].y",
            "x[]:xId",
        ] {
            assert_eq!(ListPath::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "boards",
            "boards[].",
            ".boards[]",
            "boards[][]",
            "boards(",
            "boards()[]",
            "x(a: {})[]",
            "a b[]",
            "x[]:y z",
            "x:id",
        ] {
            assert!(ListPath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn asks_page_by_page() {
        let lists = ListPath::parse("boards[].lists(id: $id)[]").unwrap();
        let page = ListPage { id: "gid://gitlab/List/9", each: None, after: None };
        assert_eq!(
            lists.query(ListOwner::Project(7), page),
            r#"{ projects(ids: ["gid://gitlab/Project/7"]) { nodes { id boards(first: 100) { pageInfo { hasNextPage endCursor } nodes { lists(id: "gid://gitlab/List/9", first: 100) { nodes { id } } } } } } }"#
        );
        let events = ListPath::parse("events(incidentId: $each)[]").unwrap();
        let group = ListOwner::Group { id: 8, path: "acme/\"x" };
        assert_eq!(
            ListPath::parse("things(of: $owner)[]").unwrap().query(group, page),
            r#"{ group(fullPath: "acme/\"x") { id } things(of: "gid://gitlab/Group/8", first: 100) { pageInfo { hasNextPage endCursor } nodes { id } } }"#
        );
        assert_eq!(
            events
                .query(group, ListPage { each: Some("gid://gitlab/Issue/9"), after: Some("ab\"c"), ..page }),
            r#"{ group(fullPath: "acme/\"x") { id events(incidentId: "gid://gitlab/Issue/9", first: 100, after: "ab\"c") { pageInfo { hasNextPage endCursor } nodes { id } } } }"#
        );
    }
}
