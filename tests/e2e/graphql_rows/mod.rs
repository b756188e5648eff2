//! Every row of GitLab's GraphQL tables whose name the schema has, at its boundary: reached with exactly its permission,
//! refused without it, refused on another project or group.
//!
//! The sandbox serves GitLab's own schema and makes an object for every position. It knows where each belongs.

pub(crate) mod asked;
mod groups_above;
mod listed;
pub(crate) mod names;
mod own_namespace;
mod row;

use std::collections::BTreeMap;
use std::path::Path;

use narrowgate_catalog::BoundaryType;
use narrowgate_graphql_tests::path::Names;
use narrowgate_graphql_tests::schema;
use narrowgate_sandbox::{GraphqlSchema, RunningSandbox, Sandbox, SandboxConfig};
use narrowgate_store::tokens::{GrantAccess, StoredGrant, TokenPrivileges};
use narrowgate_tests::world::{ACME, API, PLATFORM, WEB};
use narrowgate_tests::{FaultyInstance, Reply, Stock, TestGate, stock};
use serde_json::{Value, json};

use asked::{Asked, boundary};
use listed::listed;
use row::{Kind, rows};

/// What a token of a try holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Try {
    Exact,
    /// All that the row asks for but one permission.
    Without(usize),
    Lacking,
    Elsewhere,
}

/// What is tried for a question.
fn tries(asked: &Asked) -> Vec<Try> {
    let mut tries = vec![Try::Exact, Try::Lacking, Try::Elsewhere];
    let several = asked.row.permissions.len();
    tries.extend((0..several).filter(|_| several > 1).map(Try::Without));
    tries
}

/// A sandbox that serves GitLab's own schema.
pub(crate) async fn sandbox() -> RunningSandbox {
    let path = schema::introspection_path();
    let schema = GraphqlSchema::read(&path).expect("the sandbox serves the schema");
    let config = SandboxConfig { graphql_schema: Some(schema), ..SandboxConfig::default() };
    Sandbox::start(config).await.expect("the sandbox starts")
}

/// A gate, and for each question and try a token.
async fn gate(sandbox: RunningSandbox, asked: &[Asked]) -> (TestGate, BTreeMap<(usize, Try), String>) {
    let mut tokens = BTreeMap::new();
    let instance = FaultyInstance::before(sandbox.base_url()).await;
    for (target, answer) in asked.iter().flat_map(Asked::planted) {
        instance.answer(&target, &answer);
    }
    let gate = TestGate::builder()
        .instance(&instance.url())
        .sandbox(sandbox)
        .start_with(async |folder: &Path| {
            let mut database = Stock::open(folder).await;
            for (index, asked) in asked.iter().enumerate() {
                for attempt in tries(asked) {
                    let privileges = TokenPrivileges::FineGrained(grants(asked, attempt));
                    tokens.insert((index, attempt), database.add("maria", privileges, None).await.1);
                }
            }
        })
        .await;
    (gate, tokens)
}

fn grants(asked: &Asked, attempt: Try) -> Vec<StoredGrant> {
    let mut grants = everywhere(&asked.others);
    let names = &asked.row.permissions;
    match (attempt, asked.row.boundary.as_str()) {
        // A token has to hold something.
        (Try::Lacking, _) if grants.is_empty() => {
            let other =
                ["read_wiki", "read_job"].into_iter().find(|name| !names.iter().any(|own| own == name));
            grants.push(stock::on_project(WEB, &other.into_iter().map(str::to_owned).collect::<Vec<_>>()));
        }
        (Try::Lacking, _) => {}
        (Try::Exact, boundary) => grants.push(there(boundary, names)),
        (Try::Without(index), boundary) => {
            let mut names = names.clone();
            names.remove(index);
            grants.push(there(boundary, &names));
        }
        (Try::Elsewhere, boundary) => {
            grants.push(stock::on_project(API, names));
            grants.push(stock::on_group(PLATFORM, names));
            let others = [
                ("Personal", GrantAccess::PersonalProjects),
                ("User", GrantAccess::User),
                ("Instance", GrantAccess::Instance),
            ];
            let others = others.into_iter().filter(|(kind, _)| *kind != boundary);
            grants.extend(others.map(|(_, access)| stock::plain(access, names)));
        }
    }
    grants
}

/// Permissions at the place that rows of a boundary are asked about.
fn there(boundary: &str, names: &[String]) -> StoredGrant {
    match boundary {
        "Project" => stock::on_project(WEB, names),
        "Group" => stock::on_group(ACME, names),
        "User" => stock::plain(GrantAccess::User, names),
        _ => stock::plain(GrantAccess::Instance, names),
    }
}

/// What is on the way to a row, held wherever it may be asked.
pub(crate) fn everywhere(names: &[String]) -> Vec<StoredGrant> {
    if names.is_empty() {
        return Vec::new();
    }
    let places = [
        GrantAccess::AllMemberships,
        GrantAccess::PersonalProjects,
        GrantAccess::User,
        GrantAccess::Instance,
    ];
    let mut grants: Vec<StoredGrant> = places.into_iter().map(|access| stock::plain(access, names)).collect();
    grants.push(stock::on_group(ACME, names));
    grants
}

/// Sends a document.
pub(crate) async fn send(gate: &TestGate, token: &str, document: &str) -> Reply {
    let body = json!({ "query": document });
    gate.holder_of(token).call("POST", "").at_root("/api/graphql").json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_and_field_needs_exactly_its_permission() {
    let sandbox = sandbox().await;
    let (mut asked, mut unreached) = (Vec::new(), Vec::new());
    for (serial, row) in rows().into_iter().enumerate().filter(|(_, row)| row.kind != Kind::Mutation) {
        match Asked::reading(&row, serial, &sandbox).await {
            Some(found) => asked.push(found),
            None => unreached.push(row.to_string()),
        }
    }
    let (gate, tokens) = gate(sandbox, &asked).await;
    let mut wrong = Vec::new();
    for (index, question) in asked.iter().enumerate() {
        for attempt in tries(question) {
            let reply = send(&gate, &tokens[&(index, attempt)], &question.document).await;
            let is_shown = question.is_shown(&reply.json());
            let is_told = question.row.permissions.iter().any(|name| reply.text().contains(name.as_str()));
            let as_expected = if attempt == Try::Exact { is_shown } else { !is_shown && is_told };
            if reply.status != 200 || !as_expected {
                wrong.push(format!(
                    "{attempt:?} {} others {:?}\n  {}\n  {}",
                    question.row,
                    question.others,
                    question.document,
                    reply.summary()
                ));
            }
        }
    }
    println!("{} rows reached, {} not", asked.len(), unreached.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    assert!(unreached.is_empty(), "{} not reached\n{}", unreached.len(), unreached.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_needs_exactly_its_permission_before_it_is_forwarded() {
    let sandbox = sandbox().await;
    let in_web = listed(&sandbox, BoundaryType::Project).await;
    let in_acme = listed(&sandbox, BoundaryType::Group).await;
    let (mut asked, mut unasked) = (Vec::new(), Vec::new());
    for (serial, row) in rows().into_iter().enumerate().filter(|(_, row)| row.kind == Kind::Mutation) {
        let listed = match boundary(&row) {
            BoundaryType::Project => in_web.clone(),
            BoundaryType::Group => in_acme.clone(),
            BoundaryType::User | BoundaryType::Instance => Names::new(),
        };
        match Asked::changing(&row, serial, &listed) {
            Some(found) => asked.push(found),
            None => unasked.push(row.to_string()),
        }
    }
    let (gate, tokens) = gate(sandbox, &asked).await;
    let mut wrong = Vec::new();
    for (index, question) in asked.iter().enumerate() {
        for attempt in tries(question) {
            gate.sandbox().clear_requests();
            let reply = send(&gate, &tokens[&(index, attempt)], &question.document).await;
            let forwarded: Vec<String> = mutations_seen(&gate);
            let as_expected = match attempt {
                Try::Exact => forwarded == [question.field.as_str()],
                Try::Without(_) | Try::Lacking | Try::Elsewhere => forwarded.is_empty(),
            };
            if reply.status != 200 || !as_expected {
                wrong.push(format!(
                    "{attempt:?} {} forwarded {forwarded:?}\n  {}\n  {}",
                    question.row,
                    question.document,
                    reply.summary()
                ));
            }
        }
    }
    println!("{} rows asked", asked.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    assert!(unasked.is_empty(), "{} not asked\n{}", unasked.len(), unasked.join("\n"));
}

fn mutations_seen(gate: &TestGate) -> Vec<String> {
    let operations = gate.sandbox().requests().into_iter().flat_map(|seen| seen.graphql);
    operations.filter(|operation| operation.mutation).flat_map(|operation| operation.fields).collect()
}

/// The value that a JSON pointer leads to, if it isn't null.
fn at<'v>(answer: &'v Value, pointer: &str) -> Option<&'v Value> {
    answer["data"].pointer(pointer).filter(|value| !value.is_null())
}
