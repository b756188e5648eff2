//! Planning documents of 60 fields against GitLab's own schema, new and known; beside it what apollo-compiler takes to
//! parse and validate the same, which is part of planning a new one.

use std::hint::black_box;

use anyhow::{Result, anyhow, ensure};
use apollo_compiler::ExecutableDocument;
use narrowgate_benches::Figures;
use narrowgate_graphql::plan::{Field, Guarded, Limits, PlanCache, Shape, Variables, plan};
use narrowgate_graphql_tests::schema::{gitlab, guards};

const NESTED: &str = include_str!("nested.graphql");
const VARIABLES: &str = r#"{"fullPath":"acme/web"}"#;
/// apollo-compiler compares what stands below one another anew on each level: a deep document takes it longer than a flat
/// one with as many fields.
const DOCUMENTS: [(&str, &str); 2] =
    [("new, 60 fields, nested", NESTED), ("new, 60 fields, flat", include_str!("flat.graphql"))];

fn main() -> Result<()> {
    let mut figures = Figures::new("graphql", env!("CARGO_TARGET_TMPDIR"));
    let (guarded, limits) = (Guarded { schema: gitlab(), guards: guards() }, Limits::default());
    let refused = |error| anyhow!("{error:?}");
    let variables = Variables::parse(Some(VARIABLES)).map_err(refused)?;

    for (question, document) in DOCUMENTS {
        let planned = plan(&guarded, document, None, &variables, &limits).map_err(refused)?;
        let fields: usize = planned.root.fields.iter().map(shown).sum();
        ensure!(fields == 60, "the document has {fields} fields");
        figures.measure(question, Figures::OURS, 1, |bencher| {
            bencher.iter(|| plan(&guarded, black_box(document), None, &variables, &limits).is_ok());
        })?;
        figures.measure(question, "apollo-compiler, parse and validate", 1, |bencher| {
            let schema = gitlab().as_apollo();
            bencher.iter(|| {
                ExecutableDocument::parse_and_validate(schema, black_box(document), "bench").is_ok()
            });
        })?;
    }
    let cache = PlanCache::new(16 * 1024 * 1024);
    figures.measure("known, 60 fields, nested", Figures::OURS, 1, |bencher| {
        bencher.iter(|| cache.plan(&guarded, black_box(NESTED), None, &variables, &limits).is_ok());
    })?;
    figures.measure("known, with its variables read", Figures::OURS, 1, |bencher| {
        bencher.iter(|| {
            let variables = Variables::parse(Some(black_box(VARIABLES)))?;
            cache.plan(&guarded, black_box(NESTED), None, &variables, &limits)?.root_checks(&variables)
        });
    })?;
    println!("\n{}", figures.table());
    Ok(())
}

/// The fields that the client asked for, this one included.
fn shown(field: &Field) -> usize {
    usize::from(field.is_shown) + below(&field.shape)
}

fn below(shape: &Shape) -> usize {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => below(inner),
        Shape::Leaf(_) => 0,
        Shape::Object(object) => object.fields.iter().map(shown).sum(),
        Shape::Abstract(several) => several.objects.iter().flat_map(|object| &object.fields).map(shown).sum(),
    }
}
