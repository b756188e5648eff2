//! What a warm request costs before anything is sent: digest, look-up, route, ancestors, decision; no I/O.
//!
//! Put together from the parts that the gate is made of, without HTTP. The token is either always the same one, or another
//! of a million each time, so that its entry has to come from memory.

mod tokens;

use std::collections::HashMap;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context as _, Result, ensure};
use criterion::Bencher;
use narrowgate_benches::Figures;
use narrowgate_catalog::{Catalog, Match, Method, Params, Role};
use narrowgate_policy::{Bearer, Located, LocatedNeed, Micros, Place, Question, decide};
use narrowgate_secret::{Prefixes, TokenDigest};
use tokens::{COUNT, Tokens};

const PATH: &str = "/projects/5000/issues";

/// Projects by id, with the groups above them.
type Ancestors = HashMap<u64, [u64; 3], foldhash::fast::RandomState>;

fn main() -> Result<()> {
    let mut figures = Figures::new("path", env!("CARGO_TARGET_TMPDIR"));
    let tokens = Tokens::mint()?;
    let gate = Gate::new(&tokens);
    let (hot, first) = (tokens.texts.iter().take(1), tokens.texts.first().context("no token")?);
    ensure!(gate.allows(first), "the first token may not read issues");
    let hot: Vec<&String> = hot.cycle().take(1000).collect();
    let random: Vec<&String> = tokens.texts.iter().step_by(COUNT / 100_000).collect();
    for (question, asked) in [("the same token", &hot), ("any of a million", &random)] {
        figures.measure(
            &format!("digest and look up, {question}"),
            Figures::OURS,
            asked.len(),
            |bencher| {
                each(bencher, asked, |text| gate.bearer(text).is_some());
            },
        )?;
        figures.measure(&format!("whole path, {question}"), Figures::OURS, asked.len(), |bencher| {
            each(bencher, asked, |text| gate.allows(text));
        })?;
    }
    println!("\n{}\n{} bytes of memory a token with ten grants", figures.table(), tokens.bytes);
    Ok(())
}

fn each(bencher: &mut Bencher<'_>, texts: &[&String], ask: impl Fn(&str) -> bool) {
    bencher.iter(|| {
        for text in texts {
            black_box(ask(black_box(text)));
        }
    });
}

struct Gate<'t> {
    tokens: &'t Tokens,
    catalog: &'static Catalog,
    prefixes: Prefixes,
    ancestors: Ancestors,
}

impl<'t> Gate<'t> {
    fn new(tokens: &'t Tokens) -> Self {
        let ancestors = (0..10_000).map(|id| (id, [303, 202, 101])).collect();
        Self { tokens, catalog: Catalog::embedded(), prefixes: Prefixes::default(), ancestors }
    }

    fn bearer(&self, text: &str) -> Option<std::sync::Arc<Bearer>> {
        let digest = TokenDigest::parse(text, &self.prefixes).ok()?;
        self.tokens.table.pin().get(&digest).cloned()
    }

    fn allows(&self, text: &str) -> bool {
        let Some(bearer) = self.bearer(text) else { return false };
        let mut params = Params::new();
        let Match::Operation(operation) = self.catalog.classify(Method::Get, black_box(PATH), &mut params)
        else {
            return false;
        };
        let id = params.get(0).and_then(|id| id.parse().ok()).unwrap_or_default();
        let (Some(ancestors), Some(need)) = (self.ancestors.get(&id), operation.needs().first()) else {
            return false;
        };
        let located = Located { id, ancestors, role: Some(Role::Developer), ..Located::default() };
        let places = [Place::Project(located)];
        let permissions = &need.permission_ids;
        let role = Role::Reporter;
        let needs = [LocatedNeed { permissions, places: &places, public_read: operation.public_read, role }];
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let question = Question::new(&needs, operation.scopes, Micros(1), address);
        decide(&bearer, &question).is_allow()
    }
}
