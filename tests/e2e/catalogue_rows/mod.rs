//! Every operation of the catalogue, at every boundary: allowed with exactly the permissions that it names, refused
//! without each single one of them, refused elsewhere.

pub(crate) mod answers;
mod check;
mod request;
pub(crate) mod row;
mod wallet;

use std::collections::BTreeMap;
use std::sync::Arc;

use narrowgate_catalog::{Catalog, OperationAccess, Surface};
use narrowgate_tests::{FaultyInstance, TestGate, start_sandbox};
use tokio::task::JoinSet;

use check::{Check, Expected};
use row::Row;
use wallet::Wallet;

/// How many requests are under way at once.
const WORKERS: usize = 8;

/// What came of all checks.
#[derive(Default)]
struct Results {
    counts: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

#[test]
fn every_row_is_a_request_for_its_operation() {
    let catalog = Catalog::embedded();
    let rows = row::all(catalog);
    let wrong: Vec<_> = rows.iter().filter(|row| !row.is_classified(catalog)).map(Row::name).collect();
    println!("{} rows", rows.len());
    assert!(
        wrong.is_empty(),
        "{} rows are classified as other operations\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_needs_exactly_its_permissions() {
    let catalog = Catalog::embedded();
    let rows = row::all(catalog);
    let sandbox = start_sandbox().await;
    let instance = FaultyInstance::before(sandbox.base_url()).await;
    for row in &rows {
        answers::plant(&instance, row);
    }
    let mut wallet = Wallet::default();
    let mut checks: Vec<Check> =
        rows.iter().flat_map(|row| check::of_row(catalog, row, &mut wallet)).collect();
    let firsts =
        rows.iter().enumerate().filter(|(at, row)| *at == 0 || rows[at - 1].operation.id != row.operation.id);
    checks.extend(firsts.flat_map(|(_, row)| check::legacy(row, &mut wallet)));
    let http =
        catalog.operations().filter(|operation| matches!(operation.surface, Surface::Rest | Surface::Scim));
    checks.extend(http.flat_map(|operation| check::without_grants(operation, &mut wallet)));
    let mut texts = Vec::new();
    let gate = TestGate::builder()
        .sandbox(sandbox)
        .instance(&instance.url())
        .start_with(async |folder| texts = wallet.stock(folder).await)
        .await;

    println!(
        "{} operations, {} rows, {} tokens, {} requests",
        catalog.operations().len(),
        rows.len(),
        texts.len(),
        checks.len()
    );
    let mut results = play(&gate, &instance, checks, texts).await;
    for (what, count) in &results.counts {
        println!("{count:6} {what}");
    }
    assert_covered(catalog, &rows, &mut results);
    results.wrong.sort();
    assert!(results.wrong.is_empty(), "{} faults\n{}", results.wrong.len(), results.wrong.join("\n"));
}

/// Sends every request; then compares what was answered, and what arrived at the instance, with what was expected.
async fn play(gate: &TestGate, instance: &FaultyInstance, checks: Vec<Check>, texts: Vec<String>) -> Results {
    let bearers: Arc<Vec<_>> =
        Arc::new(texts.iter().map(|text| gate.holder_of(text)).chain([gate.nobody()]).collect());
    let checks = Arc::new(checks);
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let (checks, bearers) = (Arc::clone(&checks), Arc::clone(&bearers));
        workers.spawn(async move {
            let mut replies = Vec::new();
            for (index, check) in checks.iter().enumerate().skip(worker).step_by(WORKERS) {
                let bearer = &bearers[check.token.unwrap_or(bearers.len() - 1)];
                replies.push((index, check.request.send(bearer, &check.credential, index).await));
            }
            replies
        });
    }
    let replies: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    let arrived = arrivals(instance);
    let mut results = Results::default();
    for (index, reply) in replies {
        let check = &checks[index];
        *results.counts.entry(check.expected.name()).or_default() += 1;
        results.wrong.extend(check.judge(&reply, arrived.get(&index).map(Vec::as_slice).unwrap_or_default()));
    }
    results
}

/// The request lines that arrived at the instance, by the number of their check.
fn arrivals(instance: &FaultyInstance) -> BTreeMap<usize, Vec<String>> {
    let mut arrived: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for head in instance.heads() {
        let mark = head.headers.iter().find_map(|(name, _)| name.strip_prefix(request::MARK)?.parse().ok());
        if let Some(index) = mark {
            arrived.entry(index).or_default().push(head.line);
        }
    }
    arrived
}

/// No guarded operation may have escaped for want of a row.
fn assert_covered(catalog: &Catalog, rows: &[Row<'_>], results: &mut Results) {
    let rest = catalog.operations().filter(|operation| operation.surface == Surface::Rest);
    for operation in rest.filter(|operation| matches!(operation.access, OperationAccess::Guarded { .. })) {
        if !rows.iter().any(|row| row.operation.id == operation.id) {
            results.wrong.push(format!("{:?} {}: no row", operation.method, operation.template));
        }
    }
    let allowed = results.counts.get(Expected::Allowed.name()).copied().unwrap_or_default();
    assert!(allowed > 1500, "{allowed} allowed requests: the catalogue has more rows than that");
}
