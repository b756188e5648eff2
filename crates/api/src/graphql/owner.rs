//! Whose a document is: Narrowgate's, the instance's, or neither because it mixes both.

use std::collections::HashSet;

use async_graphql::Name;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};

use super::nesting;

/// Who answers a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Narrowgate, and nobody else: it must not be forwarded.
    Narrowgate,
    /// The instance: nothing in it is Narrowgate's.
    Instance,
}

/// Why nobody answers a document. It must not be forwarded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnerError {
    /// It speaks of tokens, and cannot be read.
    #[error("the document cannot be read: {reason}")]
    Unreadable {
        /// What the parser found.
        reason: String,
    },
    /// It speaks of tokens and of other things.
    #[error("`{ours}` is answered by Narrowgate and `{theirs}` by the instance: send them in two requests")]
    Mixed {
        /// A field of Narrowgate's.
        ours: String,
        /// A field of the instance's.
        theirs: String,
    },
}

/// Whatever Narrowgate answers is named by a field whose name begins with one of these. GraphQL has no second way to
/// write a name, so that a document without these words holds no such field.
const WORDS: [&str; 2] = ["personalAccessToken", "accessTokenPermissions"];
const MUTATIONS: [&str; 3] =
    ["personalAccessTokenCreate", "personalAccessTokenRotate", "personalAccessTokenRevoke"];
const INVENTORY: &str = "personalAccessTokens";

/// Says who answers what `operation_name` picks from a document, or its only operation.
///
/// # Errors
/// Documents that are partly Narrowgate's, or that may be and cannot be read.
pub fn owner(document: &str, operation_name: Option<&str>) -> Result<Owner, OwnerError> {
    if !WORDS.iter().any(|word| document.contains(word)) {
        return Ok(Owner::Instance);
    }
    if nesting::is_too_deep(document) {
        return Err(unreadable("it nests too deep"));
    }
    let parsed = parse_query(document).map_err(|error| unreadable(error.to_string()))?;
    let operation = pick(&parsed, operation_name)?;
    let mut fields = Fields { document: &parsed, operation: operation.ty, ..Fields::new(&parsed) };
    fields.walk(&operation.selection_set.node, &mut HashSet::new());
    match (fields.ours, fields.theirs) {
        (None, _) => Ok(Owner::Instance),
        (Some(_), None) => Ok(Owner::Narrowgate),
        (Some(ours), Some(theirs)) => Err(OwnerError::Mixed { ours, theirs }),
    }
}

fn unreadable(reason: impl Into<String>) -> OwnerError {
    OwnerError::Unreadable { reason: reason.into() }
}

fn pick<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, OwnerError> {
    let mut operations = document.operations.iter();
    let picked = match name {
        Some(name) => {
            operations.find(|(own, _)| own.is_some_and(|own| own.as_str() == name)).map(|(_, found)| found)
        }
        None => operations.next().map(|(_, found)| found).filter(|_| operations.next().is_none()),
    };
    picked.map(|found| &found.node).ok_or_else(|| unreadable("it does not say which operation is meant"))
}

/// The first root field of either owner.
struct Fields<'d> {
    document: &'d ExecutableDocument,
    operation: OperationType,
    ours: Option<String>,
    theirs: Option<String>,
}

impl<'d> Fields<'d> {
    const fn new(document: &'d ExecutableDocument) -> Self {
        Self { document, operation: OperationType::Query, ours: None, theirs: None }
    }

    fn walk(&mut self, set: &'d SelectionSet, within: &mut HashSet<&'d Name>) {
        for field in flat(self.document, set, within) {
            self.note(field);
        }
    }

    fn note(&mut self, field: &'d Field) {
        let name = field.name.node.as_str();
        match (self.operation, name) {
            (_, "__typename") => {}
            (OperationType::Mutation, name) if MUTATIONS.contains(&name) => self.own(name),
            (OperationType::Query, "accessTokenPermissions") => self.own(name),
            (OperationType::Query, "user" | "currentUser") => self.note_user(field),
            _ => self.other(name),
        }
    }

    /// A user with an inventory of tokens is Narrowgate's, and then nothing else may be asked about that user.
    fn note_user(&mut self, user: &'d Field) {
        let fields = flat(self.document, &user.selection_set.node, &mut HashSet::new());
        let names: Vec<&str> = fields.iter().map(|field| field.name.node.as_str()).collect();
        if !names.contains(&INVENTORY) {
            return self.other(user.name.node.as_str());
        }
        self.own(INVENTORY);
        let known = [INVENTORY, "id", "username", "__typename"];
        if let Some(other) = names.iter().find(|name| !known.contains(name)) {
            self.other(other);
        }
    }

    fn own(&mut self, name: &str) {
        self.ours.get_or_insert_with(|| name.to_owned());
    }

    fn other(&mut self, name: &str) {
        self.theirs.get_or_insert_with(|| name.to_owned());
    }
}

/// The fields of a selection, those of its fragments included. A fragment is looked into once.
fn flat<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    seen: &mut HashSet<&'d Name>,
) -> Vec<&'d Field> {
    let mut fields = Vec::new();
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => {
                fields.extend(flat(document, &inline.node.selection_set.node, seen));
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = document.fragments.get(name).filter(|_| seen.insert(name));
                if let Some(fragment) = fragment {
                    fields.extend(flat(document, &fragment.node.selection_set.node, seen));
                }
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_ours_from_theirs() {
        for (document, expected) in [
            ("{ currentUser { id projects { nodes { id } } } }", Owner::Instance),
            ("{ accessTokenPermissions { name } }", Owner::Narrowgate),
            ("{ __typename p: accessTokenPermissions { name } }", Owner::Narrowgate),
            ("{ currentUser { id username personalAccessTokens { nodes { id } } } }", Owner::Narrowgate),
            (
                "{ user(id: \"gid://gitlab/User/2\") { ...T } } fragment T on UserCore { personalAccessTokens { nodes { id } } }",
                Owner::Narrowgate,
            ),
            ("mutation { personalAccessTokenRevoke(input: {id: \"x\"}) { errors } }", Owner::Narrowgate),
            ("query A { currentUser { name } } query B { accessTokenPermissions { name } }", Owner::Instance),
            // A word alone is no field.
            ("{ project(fullPath: \"personalAccessTokens\") { id } }", Owner::Instance),
        ] {
            let name = document.starts_with("query A").then_some("A");
            assert_eq!(owner(document, name), Ok(expected), "{document}");
        }
    }

    #[test]
    fn refuses_mixtures() {
        for (document, ours, theirs) in [
            (
                "{ accessTokenPermissions { name } project(fullPath: \"a/b\") { id } }",
                "accessTokenPermissions",
                "project",
            ),
            (
                "{ currentUser { name personalAccessTokens { nodes { id } } } }",
                "personalAccessTokens",
                "name",
            ),
            (
                "{ a: currentUser { email } ...on Query { accessTokenPermissions { name } } }",
                "accessTokenPermissions",
                "currentUser",
            ),
            (
                "mutation { personalAccessTokenCreate(input: {}) { token } jobPlay(input: {}) { errors } }",
                "personalAccessTokenCreate",
                "jobPlay",
            ),
            (
                "{ ...A } fragment A on Query { ...B ...A } fragment B on Query { accessTokenPermissions { name } metadata { version } }",
                "accessTokenPermissions",
                "metadata",
            ),
        ] {
            let expected = OwnerError::Mixed { ours: ours.to_owned(), theirs: theirs.to_owned() };
            assert_eq!(owner(document, None), Err(expected), "{document}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        let deep = format!(
            "{{ accessTokenPermissions(a: {} {} ) {{ name }} }}",
            "[".repeat(50_000),
            "]".repeat(50_000)
        );
        let documents = [
            "{ accessTokenPermissions",
            "query A { accessTokenPermissions { name } } query B { metadata { version } }",
            &deep,
        ];
        for document in documents {
            assert!(matches!(owner(document, None), Err(OwnerError::Unreadable { .. })));
        }
        let two = "query A { accessTokenPermissions { name } } query B { metadata { version } }";
        assert_eq!(owner(two, Some("A")), Ok(Owner::Narrowgate));
        assert_eq!(owner(two, Some("B")), Ok(Owner::Instance));
        assert!(owner(two, Some("C")).is_err());
    }
}
