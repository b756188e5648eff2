//! Global ids as a client finds them: in the lists that the look-ups name.

use narrowgate_catalog::{
    BoundaryType, Catalog, ListOwner, ListPage, ListPath, ListStep, Listed, Lookup, LookupAnswer,
};
use narrowgate_graphql_tests::path::Names;
use narrowgate_sandbox::RunningSandbox;
use narrowgate_tests::world::{ACME, WEB};
use serde_json::{Value, json};

use super::names::{models, scalars};

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

/// The first global id of a model in lists.
pub(super) async fn find(sandbox: &RunningSandbox, listed: &Listed, model: &str) -> Option<String> {
    let owner = match listed.within {
        BoundaryType::Group => ListOwner::Group { id: ACME, path: "acme" },
        _ => ListOwner::Project(WEB),
    };
    let prefix = format!("gid://gitlab/{model}/");
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
        if let Some(id) = records.into_iter().find(|id| id.starts_with(&prefix)) {
            return Some(id);
        }
    }
    None
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
    collect(&answer["data"].pointer(&owner.pointer()).cloned().unwrap_or_default(), list.steps(), &mut found);
    found
}

/// The ids at the end of the steps.
fn collect(value: &Value, steps: &[ListStep], found: &mut Vec<String>) {
    let Some((step, below)) = steps.split_first() else {
        found.extend(value["id"].as_str().map(str::to_owned));
        return;
    };
    let value = &value[&step.field];
    if step.is_list {
        value["nodes"].as_array().into_iter().flatten().for_each(|node| collect(node, below, found));
    } else {
        collect(value, below, found);
    }
}
