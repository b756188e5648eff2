//! The run: every candidate in turn, several rounds, and the table of ratios.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::nginx::{self, Setup};
use crate::server::Server;
use crate::wrk::{self, Load};
use crate::{cpu::CpuTime, narrowgate};

const PATH: &str = "/api/v4/projects/20/issues";
const ROUNDS: usize = 5;
const SECONDS: u32 = 5;

struct Candidate {
    name: &'static str,
    server: Server,
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
    let candidate = |name, server, headers, expects_errors| Candidate {
        name,
        server,
        headers,
        expects_errors,
        runs: Vec::new(),
    };
    let bare = Server::announcing(Command::new(std::env::current_exe()?).args(["bare", upstream]))?;
    let token = |token: String| vec![("PRIVATE-TOKEN", token)];
    let (permitted, refusing) = (folder.join("permitted"), folder.join("refusing"));
    std::fs::create_dir_all(&permitted)?;
    std::fs::create_dir_all(&refusing)?;
    let gate = narrowgate::start(&permitted, upstream)?;
    let refusing_gate = narrowgate::start(&refusing, upstream)?;
    let unknown = "ngpat-unknown".to_owned();
    Ok(vec![
        candidate("narrowgate", gate.server, token(gate.token), false),
        candidate("bare hyper proxy", bare, token(unknown.clone()), false),
        candidate(
            "nginx proxy_pass",
            nginx::start(folder, Setup::Plain, upstream, decider)?,
            token(unknown.clone()),
            false,
        ),
        candidate(
            "nginx auth_request, kept alive",
            nginx::start(folder, Setup::AuthKeptAlive, upstream, decider)?,
            token(unknown.clone()),
            false,
        ),
        candidate(
            "nginx auth_request, reconnecting",
            nginx::start(folder, Setup::AuthReconnecting, upstream, decider)?,
            token(unknown.clone()),
            false,
        ),
        candidate("narrowgate, refusing", refusing_gate.server, token(unknown), true),
    ])
}

fn measure(folder: &Path, candidate: &Candidate, seconds: u32) -> Result<(Load, CpuTime)> {
    let headers: Vec<(&str, &str)> =
        candidate.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let before = candidate.server.cpu()?;
    let load = wrk::run(folder, &candidate.server.address, PATH, &headers, seconds)?;
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
