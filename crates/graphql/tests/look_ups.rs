//! The look-ups of global ids, held to GitLab's own schema.

#[cfg(test)]
mod support;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use apollo_compiler::ExecutableDocument;
use narrowgate_catalog::{BoundaryType, Catalog, ListOwner, ListPage, Listed, LookupAnswer};
use narrowgate_graphql::Schema;
use narrowgate_graphql::guard::{Guards, Names, Source};

static SCHEMA: LazyLock<Schema> = LazyLock::new(support::gitlab);

/// Of other versions: the schema of the tests doesn't have what these documents of look-ups ask for.
const NEWER: [(&str, usize); 11] = [
    ("branch_rule", 0),
    ("cluster_agent_url_configuration", 0),
    ("container_repository_protection_rule", 0),
    ("container_tag_protection_rule", 0),
    ("job_artifact", 0),
    ("model_version", 0),
    ("note", 0),
    ("package_protection_rule", 0),
    ("pages_deployment", 0),
    ("terraform_state_protection_rule", 0),
    ("work_item", 0),
];

/// Every query that a look-up in lists may ask.
fn queries(listed: &Listed, id: &str) -> Vec<String> {
    let place = match listed.within {
        BoundaryType::Group => ListOwner::Group { id: 7, path: "acme" },
        _ => ListOwner::Project(7),
    };
    let each = "gid://gitlab/Issue/7";
    let page = ListPage { id, each: None, after: Some("cursor") };
    let further = listed.then.as_ref().map(|then| match &then.of {
        Some(field) => then.list.query(ListOwner::Record { field, id: each }, page),
        None => then.list.query(place, ListPage { each: Some(each), ..page }),
    });
    listed.lists.iter().map(|list| list.query(place, page)).chain(further).collect()
}

#[test]
fn look_ups_of_global_ids_are_documents_of_the_schema() {
    let mut unknown = BTreeSet::new();
    for (model, lookup) in Catalog::embedded().global_id_models() {
        let documents = lookup.ways().flat_map(|way| match way {
            LookupAnswer::Graphql { document, .. } => {
                let id = format!("\"gid://gitlab/{model}/7\"");
                vec![document.replace("$number", "7").replace("$id", &id)]
            }
            LookupAnswer::Listed(listed) => queries(listed, &format!("gid://gitlab/{model}/7")),
            _ => Vec::new(),
        });
        for (index, document) in documents.enumerate() {
            if ExecutableDocument::parse_and_validate(SCHEMA.as_apollo(), &document, "look-up").is_err() {
                unknown.insert((lookup.name.as_str(), index));
            }
        }
    }
    assert_eq!(unknown, BTreeSet::from(NEWER));
}

/// The scalar that an argument has, by its steps.
fn scalar(field: &str, steps: &[Box<str>]) -> Option<String> {
    let schema = SCHEMA.as_apollo();
    let (first, rest) = steps.split_first()?;
    let mut named = schema.type_field("Mutation", field).ok()?.argument_by_name(first)?.ty.inner_named_type();
    for step in rest {
        named = schema.get_input_object(named)?.fields.get(&**step)?.ty.inner_named_type();
    }
    Some(named.to_string())
}

/// Scalars of several models, and those of them that the schema tells the ids of.
const OF_SEVERAL: [(&str, &[&str]); 4] = [
    ("AwardableID", &["Epic", "Issue", "MergeRequest", "Note", "PersonalSnippet", "ProjectSnippet"]),
    ("EpicTreeSortingID", &["Epic", "EpicIssue"]),
    (
        "NoteableID",
        &["DesignManagement::Design", "Epic", "Issue", "MergeRequest", "ProjectSnippet", "Vulnerability"],
    ),
    ("TodoableID", &["DesignManagement::Design", "Epic", "Issue", "MergeRequest"]),
];

/// What GitLab shows without its id, or within something that has to be known.
const NOT_FOUND: [&str; 2] = [
    "MetricsDashboardAnnotationID of deleteAnnotation",
    "VulnerabilitiesFindingID of vulnerabilityFindingDismiss",
];

/// Whether each model of a scalar has a look-up that can be answered.
fn is_found(scalar: &str) -> bool {
    let has_lookup = |model: &str| {
        let lookup = Catalog::embedded().global_id(model);
        lookup.is_some_and(|lookup| !matches!(lookup.answer, LookupAnswer::Unanswerable { .. }))
    };
    if let Some((_, models)) = OF_SEVERAL.iter().find(|(several, _)| *several == scalar) {
        return models.iter().all(|model| has_lookup(model));
    }
    let models = Catalog::embedded().global_id_models().map(|(model, _)| model);
    let mut own = models.filter(|model| format!("{}ID", model.replace("::", "")) == scalar);
    own.any(has_lookup)
}

#[test]
fn what_a_mutation_is_decided_by_can_be_looked_up() {
    let guards = Guards::compile(&SCHEMA, Catalog::embedded());
    let root = SCHEMA.as_apollo().get_object("Mutation").unwrap();
    let mut unknown = BTreeSet::new();
    for field in root.fields.keys() {
        let Some(guard) = guards.mutation(field) else { continue };
        let sources = guard.needs.iter().flat_map(|need| &need.any).flat_map(|way| &way.sources);
        for source in sources {
            let Source::Argument(path) = source else { continue };
            if path.names != Names::GlobalId {
                continue;
            }
            let scalar = scalar(field, &path.steps).unwrap();
            if !is_found(&scalar) && !["ID", "ProjectID", "GroupID", "NamespaceID"].contains(&scalar.as_str())
            {
                unknown.insert(format!("{scalar} of {field}"));
            }
        }
    }
    assert_eq!(unknown, BTreeSet::from(NOT_FOUND.map(str::to_owned)));
}
