//! Every Git and LFS operation of the catalogue: allowed with exactly its permissions, refused without them or elsewhere.

use narrowgate_catalog::{Catalog, Operation, RepositoryKind, RepositoryOperation, RepositoryService};
use narrowgate_store::tokens::{GrantAccess, StoredGrant, TokenPrivileges};
use narrowgate_tests::world::{API, INFRA, PLATFORM, WEB};
use narrowgate_tests::{Bearer, Reply, Stock, TestGate, stock};
use serde_json::json;

const LFS: &str = "application/vnd.git-lfs+json";
const OID: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// One operation, and a token for each thing to try.
struct Row {
    operation: RepositoryOperation,
    exact: String,
    /// Everything but one permission, and how refusals show that one.
    lacking: Vec<(String, String)>,
    elsewhere: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_repository_operation_needs_exactly_its_permissions() {
    let catalog = Catalog::embedded();
    let mut rows = Vec::new();
    let gate = TestGate::builder()
        .argument("--foreign-tokens=forward")
        .start_with(async |folder| {
            let mut database = Stock::open(folder).await;
            for (operation, guarded) in operations(catalog) {
                rows.push(row(catalog, operation, guarded, &mut database).await);
            }
        })
        .await;
    let snippets = snippets(&gate).await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in &rows {
        for (method, target, body) in requests(row.operation, snippets) {
            let mut tries = vec![(&row.exact, None), (&row.elsewhere, Some(""))];
            tries.extend(row.lacking.iter().map(|(text, shown)| (text, Some(shown.as_str()))));
            for (text, refusal) in tries {
                count += 1;
                let mark = format!("x-try-{count}");
                let reply = send(&gate.holder_of(text), method, &target, body.as_deref(), &mark).await;
                let arrived = gate.seen_with(&mark).len();
                let as_expected = match refusal {
                    None => arrived == 1,
                    Some(shown) => arrived == 0 && reply.status == 403 && reply.text().contains(shown),
                };
                if !as_expected {
                    wrong.push(format!(
                        "{}: expected {refusal:?}, {arrived} arrived, {}",
                        row.operation,
                        reply.summary()
                    ));
                }
            }
        }
    }
    println!("{} operations, {count} requests", rows.len());
    assert!(rows.len() >= 12, "{} operations", rows.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

fn operations(catalog: &Catalog) -> Vec<(RepositoryOperation, &Operation)> {
    let all = RepositoryKind::ALL.into_iter().flat_map(|repository| {
        RepositoryService::ALL.into_iter().map(move |service| RepositoryOperation { service, repository })
    });
    all.filter_map(|operation| Some((operation, catalog.repository(operation)?))).collect()
}

async fn row(
    catalog: &Catalog,
    operation: RepositoryOperation,
    guarded: &Operation,
    database: &mut Stock,
) -> Row {
    let needed = &guarded.needs()[0].permission_ids;
    let names: Vec<String> = needed.iter().map(|id| catalog.describe(*id).name.clone()).collect();
    let mut lacking = Vec::new();
    for id in needed {
        let others: Vec<String> =
            catalog.permissions().filter(|other| other.id != *id).map(|other| other.name.clone()).collect();
        let token = add(database, vec![here(operation.repository, &others)]).await;
        lacking.push((token, catalog.describe(*id).display().to_string()));
    }
    let exact = add(database, vec![here(operation.repository, &names)]).await;
    Row { operation, exact, lacking, elsewhere: add(database, elsewhere(operation.repository, &names)).await }
}

async fn add(database: &mut Stock, grants: Vec<StoredGrant>) -> String {
    database.add("maria", TokenPrivileges::FineGrained(grants), None).await.1
}

fn here(repository: RepositoryKind, names: &[String]) -> StoredGrant {
    match repository {
        RepositoryKind::Project | RepositoryKind::ProjectWiki | RepositoryKind::ProjectSnippet => {
            stock::on_project(WEB, names)
        }
        RepositoryKind::GroupWiki => stock::on_group(PLATFORM, names),
        RepositoryKind::PersonalSnippet => stock::plain(GrantAccess::User, names),
    }
}

fn elsewhere(repository: RepositoryKind, names: &[String]) -> Vec<StoredGrant> {
    let mut grants = vec![
        stock::on_project(API, names),
        stock::on_project(INFRA, names),
        stock::plain(GrantAccess::PersonalProjects, names),
        stock::plain(GrantAccess::Instance, names),
    ];
    if repository != RepositoryKind::PersonalSnippet {
        grants.push(stock::plain(GrantAccess::User, names));
    }
    grants
}

/// A snippet of acme/web and one of maria's own.
async fn snippets(gate: &TestGate) -> (u64, u64) {
    let body =
        json!({"title": "s", "visibility": "private", "files": [{"file_path": "a.txt", "content": "a"}]});
    let native = gate.maintainer().native();
    let mut ids = Vec::new();
    for path in ["/projects/20/snippets", "/snippets"] {
        let made = native.post(path, &body).await.assert_status(201).json();
        ids.push(made["id"].as_u64().expect("a snippet has an id"));
    }
    (ids[0], ids[1])
}

/// Every way to ask for the operation: method, target and body.
fn requests(
    operation: RepositoryOperation,
    snippets: (u64, u64),
) -> Vec<(&'static str, String, Option<String>)> {
    let base = match operation.repository {
        RepositoryKind::Project => "/acme/web.git".to_owned(),
        RepositoryKind::ProjectWiki => "/acme/web.wiki.git".to_owned(),
        RepositoryKind::GroupWiki => "/acme/platform.wiki.git".to_owned(),
        RepositoryKind::ProjectSnippet => format!("/acme/web/snippets/{}.git", snippets.0),
        RepositoryKind::PersonalSnippet => format!("/snippets/{}.git", snippets.1),
    };
    let batch = |operation: &str| Some(json!({"operation": operation, "objects": []}).to_string());
    let lock = Some(json!({"path": "a.bin"}).to_string());
    let empty = Some("0000".to_owned());
    let requests = match operation.service {
        RepositoryService::Fetch => vec![
            ("GET", "info/refs?service=git-upload-pack".to_owned(), None),
            ("POST", "git-upload-pack".to_owned(), empty),
        ],
        RepositoryService::Push => vec![
            ("GET", "info/refs?service=git-receive-pack".to_owned(), None),
            ("POST", "git-receive-pack".to_owned(), empty),
        ],
        RepositoryService::LfsDownload => vec![
            ("POST", "info/lfs/objects/batch".to_owned(), batch("download")),
            ("GET", format!("gitlab-lfs/objects/{OID}"), None),
        ],
        RepositoryService::LfsUpload => vec![
            ("POST", "info/lfs/objects/batch".to_owned(), batch("upload")),
            ("PUT", format!("gitlab-lfs/objects/{OID}/4"), Some("test".to_owned())),
        ],
        RepositoryService::LfsLocksRead => vec![("GET", "info/lfs/locks".to_owned(), None)],
        RepositoryService::LfsLocksWrite => vec![
            ("POST", "info/lfs/locks".to_owned(), lock),
            ("POST", "info/lfs/locks/verify".to_owned(), Some("{}".to_owned())),
            ("POST", "info/lfs/locks/1/unlock".to_owned(), Some("{}".to_owned())),
        ],
    };
    requests.into_iter().map(|(method, rest, body)| (method, format!("{base}/{rest}"), body)).collect()
}

async fn send(bearer: &Bearer, method: &str, target: &str, body: Option<&str>, mark: &str) -> Reply {
    let kind = match target {
        target if target.contains("/info/lfs/") => LFS,
        target if target.ends_with("/git-upload-pack") => "application/x-git-upload-pack-request",
        target if target.ends_with("/git-receive-pack") => "application/x-git-receive-pack-request",
        _ => "application/octet-stream",
    };
    let call = bearer.call(method, "").at_root(target).header(mark, "1");
    match body {
        Some(body) => call.body(kind, body.to_owned()).send().await,
        None => call.send().await,
    }
}
