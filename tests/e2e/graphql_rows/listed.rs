//! Global ids as a client finds them: in the lists that the look-ups name.

use std::collections::BTreeMap;

use apollo_compiler::ExecutableDocument;
use narrowgate_catalog::{
    BoundaryType, Catalog, ListOwner, ListPage, ListPath, ListStep, Listed, Lookup, LookupAnswer,
};
use narrowgate_graphql_tests::path::Names;
use narrowgate_graphql_tests::schema;
use narrowgate_sandbox::RunningSandbox;
use narrowgate_tests::world::{ACME, WEB};
use serde_json::{Value, json};

use super::names::{models, scalars};
use super::sandbox;

/// The first global id of each scalar that the sandbox lists in the project or group that rows are asked about.
pub(super) async fn listed(sandbox: &RunningSandbox, within: BoundaryType) -> Names {
    let mut names = Names::new();
    for scalar in scalars() {
        for model in models(scalar) {
            for way in ways(&model).filter(|way| way.within == within) {
                if let Some(id) = find(sandbox, way, &model).await {
                    names.entry(scalar.to_owned()).or_insert(id);
                }
            }
        }
    }
    names
}

/// The lists in which records of a model are looked for.
pub(super) fn ways(model: &str) -> impl Iterator<Item = &'static Listed> {
    let lookup = Catalog::embedded().global_id(model);
    lookup.into_iter().flat_map(Lookup::ways).filter_map(|way| match way {
        LookupAnswer::Listed(listed) => Some(listed),
        _ => None,
    })
}

/// The project or group that is asked.
fn owner(listed: &Listed) -> ListOwner<'static> {
    match listed.within {
        BoundaryType::Group => ListOwner::Group { id: ACME, path: "acme" },
        _ => ListOwner::Project(WEB),
    }
}

/// The first global id of a model in lists.
pub(super) async fn find(sandbox: &RunningSandbox, listed: &Listed, model: &str) -> Option<String> {
    let owner = owner(listed);
    for list in &listed.lists {
        let mut records = ids(sandbox, list, owner, None).await;
        if let Some(then) = &listed.then {
            let mut below = Vec::new();
            for record in &records {
                let owner = match &then.of {
                    Some(field) => ListOwner::Record { field, id: record },
                    None => owner,
                };
                below.extend(ids(sandbox, &then.list, owner, Some(record)).await);
            }
            records = below;
        }
        if let Some(id) = records.into_iter().find(|id| is_of(id, model)) {
            return Some(id);
        }
    }
    None
}

/// Whether a global id is of a model or a kind of it: a `GroupLabel` is a `Label`.
fn is_of(id: &str, model: &str) -> bool {
    let of = id.strip_prefix("gid://gitlab/").and_then(|id| id.rsplit_once('/'));
    of.is_some_and(|(of, _)| of.ends_with(model))
}

async fn ids(
    sandbox: &RunningSandbox,
    list: &ListPath,
    owner: ListOwner<'_>,
    each: Option<&str>,
) -> Vec<String> {
    // No id is looked for: whatever there is.
    let query = list.query(owner, ListPage { id: "", each, after: None });
    let (answer, _) = sandbox.graphql_objects("maria", &json!({ "query": query })).await;
    let mut found = Vec::new();
    let of = if list.is_beside_owner() { String::new() } else { owner.pointer() };
    collect(answer["data"].pointer(&of).unwrap_or(&Value::Null), list.steps(), list.id(), &mut found);
    found
}

/// The ids at the end of the steps.
fn collect(value: &Value, steps: &[ListStep], id: &str, found: &mut Vec<String>) {
    let Some((step, below)) = steps.split_first() else {
        found.extend(value[id].as_str().map(str::to_owned));
        return;
    };
    let value = &value[&step.field];
    if step.is_list {
        value["nodes"].as_array().into_iter().flatten().for_each(|node| collect(node, below, id, found));
    } else {
        collect(value, below, id, found);
    }
}

/// Whether GitLab's schema has a list.
fn is_in_schema(list: &ListPath, owner: ListOwner<'_>) -> bool {
    let query = list.query(owner, ListPage { id: "", each: None, after: None });
    ExecutableDocument::parse_and_validate(schema::gitlab().as_apollo(), query, "list.graphql").is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_of_look_ups_have_what_is_looked_for() {
    let sandbox = sandbox().await;
    let mut models: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (model, lookup) in Catalog::embedded().global_id_models() {
        models.entry(&lookup.name).or_default().push(model);
    }
    let (mut found, mut missing) = (0, Vec::new());
    for (lookup, models) in &models {
        for way in ways(models[0]) {
            let owner = owner(way);
            if !way.lists.iter().any(|list| is_in_schema(list, owner)) {
                continue;
            }
            let mut ids = Vec::new();
            for model in models {
                ids.extend(find(&sandbox, way, model).await);
            }
            // A group lists what its projects have, too.
            let places = if way.within == BoundaryType::Group { [ACME, WEB] } else { [WEB, WEB] };
            match ids.iter().filter_map(|id| id.rsplit('/').next()?.parse::<u64>().ok()).next() {
                Some(id) if places.contains(&(id / 1_000_000)) => found += 1,
                // A digest.
                None if !ids.is_empty() => found += 1,
                _ => missing.push(format!("{lookup}: {ids:?} in {:?}", way.lists)),
            }
        }
    }
    assert!(missing.is_empty(), "{} of {}\n{}", missing.len(), missing.len() + found, missing.join("\n"));
    assert!(found > 30, "{found} lists are in GitLab's schema");
}
