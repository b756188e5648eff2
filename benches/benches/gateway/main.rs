//! The gate beside its peers: requests a second, latency and CPU per request, one upstream, one run.
//!
//! Peers: nginx `proxy_pass`, nginx with `auth_request` (with and without keep-alive to the decider), a bare hyper
//! reverse proxy. Load comes from `wrk` on loopback, for a bounded time. Every server is a process of its own, so that its
//! CPU time can be read. Run it with `cargo xtask bench gateway`.

mod bare;
mod cpu;
mod graphql;
mod narrowgate;
mod nginx;
mod report;
mod server;
mod upstream;
mod wrk;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["upstream"] => upstream::run(),
        ["bare", upstream] => bare::run(upstream),
        _ => report::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
