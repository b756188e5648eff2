//! Filtering an answer in GraphQL, beside parsing the same bytes as plain JSON.

mod answer;

use std::hint::black_box;

use anyhow::{Result, ensure};
use narrowgate_benches::Figures;
use narrowgate_catalog::Catalog;
use narrowgate_graphql::answer::{Answer, Asked, FilterOptions, Judge, Standing, Way};
use narrowgate_graphql::guard::Guards;
use narrowgate_graphql::plan::{Guarded, Limits, Variables, plan};
use narrowgate_graphql::{Decided, Refusal, Schema};

const SCHEMA: &str = include_str!("schema.graphql");
const DOCUMENT: &str = include_str!("document.graphql");
const ISSUES: usize = 200;

/// What the filter stands beside.
const PLAIN: &str = "serde_json::Value";

fn main() -> Result<()> {
    let mut figures = Figures::new("filter", env!("CARGO_TARGET_TMPDIR"));
    let schema = Schema::from_sdl(SCHEMA)?;
    let guards = Guards::compile(&schema, Catalog::embedded());
    let variables = Variables::default();
    let guarded = Guarded { schema: &schema, guards: &guards };
    let plan = plan(&guarded, DOCUMENT, None, &variables, &Limits::default())?;
    let body = answer::to(&plan, ISSUES);
    for (question, foreign_projects) in [("all shown", false), ("half withheld", true)] {
        let question = format!("{} kB, {question}", body.len() / 1000);
        let filter = |judge: &mut Places| -> Result<usize> {
            let fields = plan.root.fields.len();
            let decided = Decided { refused: vec![None; fields], places: vec![None; fields] };
            let asked = Asked { plan: &plan, decided: &decided, variables: &variables, relative_root: "" };
            let answer = Answer::read(asked, &body)?;
            Ok(answer.filter(judge, FilterOptions::default()).body.len())
        };
        let shown = filter(&mut Places { odd_refused: foreign_projects })?;
        ensure!(
            if foreign_projects { shown < body.len() * 2 / 3 } else { shown > body.len() / 2 },
            "{shown} bytes"
        );
        figures.measure(&question, Figures::OURS, 1, |bencher| {
            bencher.iter(|| black_box(filter(&mut Places { odd_refused: foreign_projects })));
        })?;
        figures.measure(&question, PLAIN, 1, |bencher| {
            bencher.iter(|| black_box(serde_json::from_slice::<serde_json::Value>(black_box(&body))));
        })?;
    }
    println!("\n{}", figures.table());
    Ok(())
}

/// Admits on all places, or on every other one.
struct Places {
    odd_refused: bool,
}

impl Judge for Places {
    fn judge(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        let is_refused = |standing: &Standing| match standing {
            Standing::Place { index, .. } => self.odd_refused && index % 2 == 1,
            Standing::User | Standing::Instance => false,
        };
        let mut standings = ways.iter().flat_map(|way| &way.standings);
        if standings.any(|standing| !is_refused(standing)) { Ok(()) } else { Err(Refusal::not_covered()) }
    }
}
