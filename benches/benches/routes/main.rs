//! Matching a path against every route of the catalogue, beside general routers.
//!
//! The paths are made from the catalogue's own templates, in an order without a pattern. A router that can't take a
//! template is asked only about those it takes; `narrowgate` then stands beside it on the same ones.

mod paths;

use std::hint::black_box;

use anyhow::{Result, ensure};
use narrowgate_benches::Figures;
use narrowgate_catalog::{Catalog, Match, Method, Params};
use paths::Sample;

fn main() -> Result<()> {
    let mut figures = Figures::new("routes", env!("CARGO_TARGET_TMPDIR"));
    let samples = paths::samples(Catalog::embedded());
    let all: Vec<&Sample> = samples.iter().collect();
    measure_ours(&mut figures, &format!("{} routes", all.len()), &all)?;
    measure_wayfind(&mut figures, &samples)?;
    measure_matchit(&mut figures, &samples)?;
    println!("\n{}", figures.table());
    Ok(())
}

fn measure_ours(figures: &mut Figures, question: &str, samples: &[&Sample]) -> Result<()> {
    let catalog = Catalog::embedded();
    let found = |sample: &&&Sample| {
        let found = catalog.classify(sample.method, &sample.path, &mut Params::new());
        matches!(found, Match::Operation(_))
    };
    ensure!(samples.iter().filter(found).count() == samples.len(), "the catalogue misses its own templates");
    figures.measure(question, Figures::OURS, samples.len(), |bencher| {
        bencher.iter(|| {
            for sample in samples {
                let mut params = Params::new();
                black_box(catalog.classify(sample.method, black_box(&sample.path), &mut params));
            }
        });
    })
}

/// Wayfind has no methods: one router for each, as one would use it.
fn measure_wayfind(figures: &mut Figures, samples: &[Sample]) -> Result<()> {
    let mut builders = Method::ALL.map(|_| wayfind::RouterBuilder::new());
    let mut taken = Vec::new();
    for sample in samples {
        let Some(builder) = builders.get_mut(sample.method as usize) else { continue };
        if builder.insert(&sample.template('<', '>'), sample.operation).is_ok() {
            taken.push(sample);
        }
    }
    let routers = builders.map(wayfind::RouterBuilder::build);
    taken.retain(|sample| {
        routers.get(sample.method as usize).is_some_and(|r| r.search(&sample.path).is_some())
    });
    let question = format!("the {} wayfind takes", taken.len());
    measure_ours(figures, &question, &taken)?;
    figures.measure(&question, "wayfind", taken.len(), |bencher| {
        bencher.iter(|| {
            for sample in &taken {
                let router = routers.get(sample.method as usize);
                black_box(router.and_then(|router| router.search(black_box(&sample.path))));
            }
        });
    })
}

fn measure_matchit(figures: &mut Figures, samples: &[Sample]) -> Result<()> {
    let mut routers = Method::ALL.map(|_| matchit::Router::new());
    let mut taken = Vec::new();
    for sample in samples {
        let Some(router) = routers.get_mut(sample.method as usize) else { continue };
        if router.insert(sample.template('{', '}'), sample.operation).is_ok() {
            taken.push(sample);
        }
    }
    taken.retain(|sample| routers.get(sample.method as usize).is_some_and(|r| r.at(&sample.path).is_ok()));
    let question = format!("the {} matchit takes", taken.len());
    measure_ours(figures, &question, &taken)?;
    figures.measure(&question, "matchit", taken.len(), |bencher| {
        bencher.iter(|| {
            for sample in &taken {
                let router = routers.get(sample.method as usize);
                black_box(router.and_then(|router| router.at(black_box(&sample.path)).ok()));
            }
        });
    })
}
