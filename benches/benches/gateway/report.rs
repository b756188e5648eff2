//! The run: every candidate in turn, several rounds, and the table of ratios.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::nginx::{self, Setup};
use crate::server::Server;
use crate::wrk::{self, Load, Question};
use crate::{cpu::CpuTime, graphql, narrowgate};

const REST: Question = Question { path: "/api/v4/projects/20/issues", body: None };
const GRAPHQL: Question = Question { path: "/api/graphql", body: Some(graphql::BODY) };
const ROUNDS: usize = 5;
const SECONDS: u32 = 5;

struct Candidate {
    name: &'static str,
    server: Server,
    question: Question,
    headers: Vec<(&'static str, String)>,
    expects_errors: bool,
    runs: Vec<(Load, CpuTime)>,
}

/// Runs everything and prints the table.
pub(crate) fn run() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let upstream = Server::announcing(Command::new(std::env::current_exe()?).arg("upstream"))?;
    let decider = Server::announcing(Command::new(std::env::current_exe()?).arg("upstream"))?;
    let mut candidates = candidates(folder.path(), &upstream.address, &decider.address)?;
    for candidate in &candidates {
        measure(folder.path(), candidate, 1)?;
    }
    for _ in 0..ROUNDS {
        for candidate in &mut candidates {
            let run = measure(folder.path(), candidate, SECONDS)?;
            candidate.runs.push(run);
        }
    }
    print(&candidates);
    Ok(())
}

fn candidates(folder: &Path, upstream: &str, decider: &str) -> Result<Vec<Candidate>> {
    let candidate = |name, server, question, headers, expects_errors| Candidate {
        name,
        server,
        question,
        headers,
        expects_errors,
        runs: Vec::new(),
    };
    let bare = Server::announcing(Command::new(std::env::current_exe()?).args(["bare", upstream]))?;
    let token = |token: String| vec![("PRIVATE-TOKEN", token)];
    let bare_too = Server::announcing(Command::new(std::env::current_exe()?).args(["bare", upstream]))?;
    let [permitted, refusing, objects] = ["permitted", "refusing", "objects"].map(|name| folder.join(name));
    for folder in [&permitted, &refusing, &objects] {
        std::fs::create_dir_all(folder)?;
    }
    let gate = narrowgate::start(&permitted, upstream, &["read_work_item"])?;
    let refusing_gate = narrowgate::start(&refusing, upstream, &["read_work_item"])?;
    let graphql_gate = narrowgate::start(&objects, upstream, &["read_project", "read_work_item"])?;
    graphql::check(&graphql_gate.server.address, &graphql_gate.token)?;
    let unknown = "ngpat-unknown".to_owned();
    Ok(vec![
        candidate("narrowgate", gate.server, REST, token(gate.token), false),
        candidate("bare hyper proxy", bare, REST, token(unknown.clone()), false),
        candidate(
            "nginx proxy_pass",
            nginx::start(folder, Setup::Plain, upstream, decider)?,
            REST,
            token(unknown.clone()),
            false,
        ),
        candidate(
            "nginx auth_request, kept alive",
            nginx::start(folder, Setup::AuthKeptAlive, upstream, decider)?,
            REST,
            token(unknown.clone()),
            false,
        ),
        candidate(
            "nginx auth_request, reconnecting",
            nginx::start(folder, Setup::AuthReconnecting, upstream, decider)?,
            REST,
            token(unknown.clone()),
            false,
        ),
        candidate("narrowgate, refusing", refusing_gate.server, REST, token(unknown.clone()), true),
        candidate("narrowgate, GraphQL", graphql_gate.server, GRAPHQL, token(graphql_gate.token), false),
        candidate("bare hyper proxy, GraphQL", bare_too, GRAPHQL, token(unknown), false),
    ])
}

fn measure(folder: &Path, candidate: &Candidate, seconds: u32) -> Result<(Load, CpuTime)> {
    let headers: Vec<(&str, &str)> =
        candidate.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let before = candidate.server.cpu()?;
    let load = wrk::run(folder, &candidate.server.address, candidate.question, &headers, seconds)?;
    let spent = candidate.server.cpu()?.saturating_sub(before);
    anyhow::ensure!(
        candidate.expects_errors || load.errors == 0.0,
        "{}: {} of {} requests failed",
        candidate.name,
        load.errors,
        load.requests
    );
    Ok((load, spent))
}

/// The round with the median rate.
fn median(candidate: &Candidate) -> Option<&(Load, CpuTime)> {
    let mut runs: Vec<_> = candidate.runs.iter().collect();
    runs.sort_by(|a, b| a.0.rate.total_cmp(&b.0.rate));
    runs.get(runs.len() / 2).copied()
}

fn print(candidates: &[Candidate]) {
    let own = candidates.first().and_then(median).map_or(f64::NAN, |(load, _)| load.rate);
    println!("| candidate | requests/s | p50 µs | p99 µs | CPU µs a request | narrowgate's rate to it |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for (candidate, (load, spent)) in candidates.iter().filter_map(|c| median(c).map(|m| (c, m))) {
        println!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.1} | {:.2} |",
            candidate.name,
            load.rate,
            load.p50,
            load.p99,
            spent.as_secs_f64() * 1e6 / load.requests,
            own / load.rate
        );
    }
}
