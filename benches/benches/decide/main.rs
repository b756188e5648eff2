//! One decision with 1, 10 and 100 grants, beside general policy engines on the same question.
//!
//! The question: may this token, with each grant selecting one group or project, read jobs of a project three groups
//! deep? Allowed: the outermost group is selected. Denied: no grant permits reading jobs there. Every contender has its
//! grants and its request prepared outside the measured part.

mod casbin_peer;
mod cedar_peer;
mod ours;
mod regorus_peer;
mod scenario;

use std::hint::black_box;

use anyhow::{Result, ensure};
use narrowgate_benches::Figures;
use scenario::Scenario;

/// One engine with one token and one request.
trait Contender {
    fn allows(&mut self) -> bool;
}

fn main() -> Result<()> {
    let mut figures = Figures::new("decide", env!("CARGO_TARGET_TMPDIR"));
    for grants in [1, 10, 100] {
        for allowed in [true, false] {
            let scenario = Scenario { grants, allowed };
            run(&mut figures, &scenario, Figures::OURS, &mut ours::Ours::new(&scenario)?)?;
            run(&mut figures, &scenario, "cedar, tags", &mut cedar_peer::Cedar::with_tags(&scenario)?)?;
            run(
                &mut figures,
                &scenario,
                "cedar, policies",
                &mut cedar_peer::Cedar::with_policies(&scenario)?,
            )?;
            run(&mut figures, &scenario, "regorus, compiled", &mut regorus_peer::Compiled::new(&scenario)?)?;
            run(&mut figures, &scenario, "casbin", &mut casbin_peer::Casbin::new(&scenario)?)?;
        }
    }
    println!("\n{}", figures.table());
    Ok(())
}

fn run(figures: &mut Figures, scenario: &Scenario, name: &str, contender: &mut dyn Contender) -> Result<()> {
    ensure!(contender.allows() == scenario.allowed, "{name} decides {scenario} wrongly");
    figures.measure(&scenario.to_string(), name, 1, |bencher| bencher.iter(|| black_box(contender.allows())))
}
