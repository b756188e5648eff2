//! What documents name: paths, and global ids of GitLab's models.

use std::collections::BTreeSet;

use apollo_compiler::Name;
use narrowgate_catalog::Catalog;
use narrowgate_graphql_tests::path::Names;
use narrowgate_graphql_tests::schema;
use narrowgate_tests::world::{ACME, MARIA, WEB};

/// Models that have their ids in the scalar of another.
const KINDS: [(&str, &[&str]); 3] = [
    ("LabelID", &["ProjectLabel", "GroupLabel"]),
    ("NoteID", &["Note", "DiscussionNote", "DiffNote"]),
    ("SnippetID", &["ProjectSnippet", "PersonalSnippet"]),
];

/// Scalars of the ids of several models, and the scalar of one of them.
const SEVERAL: [(&str, &str); 5] = [
    ("AwardableID", "IssueID"),
    ("EpicTreeSortingID", "EpicID"),
    ("IssuableID", "IssueID"),
    ("NoteableID", "IssueID"),
    ("TodoableID", "IssueID"),
];

/// The scalars that are global ids of a model.
pub(super) fn scalars() -> impl Iterator<Item = &'static str> {
    let types = schema::gitlab().as_apollo().types.keys().map(Name::as_str);
    types.filter(|name| name.ends_with("ID") && *name != "ID")
}

/// The models whose global ids a scalar holds: `Ci::Build` for `CiBuildID`.
pub(super) fn models(scalar: &str) -> Vec<String> {
    let kinds = KINDS.iter().find(|(name, _)| *name == scalar).map(|(_, models)| *models);
    kinds.map_or_else(|| vec![model(scalar)], |kinds| kinds.iter().map(|model| (*model).to_owned()).collect())
}

fn model(scalar: &str) -> String {
    let wanted = scalar.trim_end_matches("ID");
    let known: BTreeSet<&str> = Catalog::embedded().global_id_models().map(|(model, _)| model).collect();
    let found = known.into_iter().find(|model| model.replace("::", "") == wanted);
    found.unwrap_or(wanted).to_owned()
}

/// What names something at a boundary.
pub(crate) fn names(boundary: &str, serial: usize) -> Names {
    let (path, number) = match boundary {
        "Group" => ("acme", ACME),
        "User" => ("acme/web", MARIA),
        _ => ("acme/web", WEB),
    };
    let number = number * 1_000_000 + 1_000 + serial as u64;
    let ids = scalars().map(|scalar| (scalar, format!("gid://gitlab/{}/{number}", model(scalar))));
    let fixed = [
        ("ProjectID", format!("gid://gitlab/Project/{WEB}")),
        ("GroupID", format!("gid://gitlab/Group/{ACME}")),
        ("UsersSavedReplyID", format!("gid://gitlab/Users::SavedReply/{serial}")),
        ("NamespaceID", format!("gid://gitlab/Group/{ACME}")),
        ("UserID", format!("gid://gitlab/User/{MARIA}")),
        ("fullPath", path.to_owned()),
        ("namespacePath", path.to_owned()),
        ("resourcePath", path.to_owned()),
        ("projectPath", "acme/web".to_owned()),
        ("targetProjectPath", "acme/web".to_owned()),
        ("groupPath", "acme".to_owned()),
    ];
    let mut names: Names = ids.chain(fixed).map(|(name, text)| (name.to_owned(), text)).collect();
    one_of_several(&mut names);
    names
}

/// Names one of the models in each scalar that holds several.
pub(super) fn one_of_several(names: &mut Names) {
    for (scalar, one) in SEVERAL {
        let id = names.get(one).cloned();
        names.extend(id.map(|id| (scalar.to_owned(), id)));
    }
}
