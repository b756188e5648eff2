//! The library against a naive authoriser: random documents, worlds and tokens, compared object by object.
//!
//! The oracle executes the client's own document and asks of each object, whose place it knows, whether the token may see it.
//! The library plans the document, forwards what it wrote anew to the same data without an authoriser, and filters what
//! comes back. Both must show the same bytes, and tell of the same refusals.
//!
//! 2,000 cases that are always the same; with `PROPTEST_CASES` so many others.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::ExecutableDocument;
use narrowgate_graphql_tests::authorise::Authoriser;
use narrowgate_graphql_tests::document::Writer;
use narrowgate_graphql_tests::execute::{Execution, Outcome, Step};
use narrowgate_graphql_tests::gate::{Gate, GateError, Passage};
use narrowgate_graphql_tests::json::Json;
use narrowgate_graphql_tests::schema::{gitlab, guards, passages};
use narrowgate_graphql_tests::tape::Tape;
use narrowgate_graphql_tests::things::Maker;
use narrowgate_graphql_tests::world::{Holder, World};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;

const CASES: u32 = 2_000;
const SEED: u64 = 20_261_121;

/// What the cases amounted to.
#[derive(Debug, Default)]
struct Tally {
    invalid: usize,
    refused_whole: usize,
    compared: usize,
    narrowed: usize,
    nulled: usize,
    dropped: usize,
}

#[test]
fn gate_and_oracle_agree_on_every_object() {
    let mut config = Config { failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        (config.cases, config.rng_seed) = (CASES, RngSeed::Fixed(SEED));
    }
    let cases = config.cases as usize;
    let tapes = (vec(any::<u32>(), 40..120), vec(any::<u32>(), 20..500), any::<u16>());
    let tally = RefCell::new(Tally::default());
    let outcome = TestRunner::new(config).run(&tapes, |(places, choices, seed)| {
        check(&places, &choices, seed.into(), &mut tally.borrow_mut()).map_err(TestCaseError::fail)
    });
    let tally = tally.into_inner();
    println!("{tally:?}");
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, tapes)) => panic!("{reason}\ntapes     {tapes:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    assert!(tally.compared > cases / 2, "{tally:?}");
    assert!(tally.narrowed > cases / 10, "{tally:?}");
    assert!(tally.dropped > cases / 20, "{tally:?}");
}

/// One case: choices for the world and the token, choices for the document, and what the data is made from.
fn check(places: &[u32], choices: &[u32], seed: u64, tally: &mut Tally) -> Result<(), String> {
    let schema = gitlab().as_apollo();
    let mut tape = Tape::new(places);
    let fails = tape.one_in(3);
    let world = World::make(&mut tape);
    let holder = Holder::make(&world, &mut tape);
    let maker = Maker { world: &world, schema, guards: guards(), passages: passages(), seed, fails };
    let request = Writer::new(schema, &world, Tape::new(choices)).write();
    let Ok(document) = ExecutableDocument::parse_and_validate(schema, &request.document, "random.graphql")
    else {
        tally.invalid += 1;
        return Ok(());
    };
    let passage = match (Gate { schema: gitlab(), maker, holder: &holder }).pass(&request) {
        Ok(passage) => passage,
        Err(GateError::Refused(_)) => {
            tally.refused_whole += 1;
            return Ok(());
        }
        Err(GateError::Confused(why)) => return Err(format!("{why}\nasked     {}", request.document)),
    };
    let authoriser = Authoriser { maker, holder: &holder };
    let execute = |authoriser| {
        let name = request.operation_name.as_deref();
        let execution = Execution::new(maker, &document, name, &request.variables, authoriser);
        execution.map(Execution::run).ok_or("there is no such operation")
    };
    let expected = execute(Some(&authoriser))?;
    tally.compared += 1;
    tally.narrowed += usize::from(expected.data != execute(None)?.data);
    tally.nulled += expected.refused.len();
    tally.dropped += expected.dropped.len();
    compare(&expected, &passage, fails).map_err(|difference| {
        let Passage { answer, forwarded, answered } = &passage;
        format!(
            "{difference}\nasked     {}\nvariables {}\nexpected  {}\nanswer    {answer}\nforwarded {}\nanswered  {answered}\nrefused   {:?}\n{:#?}",
            request.document,
            Value::from(request.variables.clone()),
            expected.data,
            forwarded.as_deref().unwrap_or("nothing"),
            expected.refused,
            world.containers,
        )
    })
}

fn compare(expected: &Outcome, passage: &Passage, fails: bool) -> Result<(), String> {
    let shown = passage.answer.get("data").ok_or("the answer has no data")?;
    if *shown != expected.data {
        return Err(format!("the data differs: {}", first_difference(&expected.data, shown)));
    }
    // What the instance failed to answer hides what would have been refused.
    if fails {
        return Ok(());
    }
    let told = told(&passage.answer)?;
    let refused: BTreeSet<_> = expected.refused.iter().cloned().collect();
    for path in &told {
        // A root field whose place isn't there is refused before, and null without that.
        if !refused.contains(path) && path.len() > 1 {
            return Err(format!("an error tells of {path:?}, which isn't refused"));
        }
    }
    for path in &refused {
        let null = null_above(&expected.data, path);
        if !told.iter().any(|told| told.starts_with(null)) {
            return Err(format!("no error tells why {null:?} is null: {path:?} is refused"));
        }
    }
    let losses: BTreeMap<_, _> =
        expected.losses().into_iter().filter(|(path, _)| is_list(&expected.data, path)).collect();
    let counted = counted(&passage.answer)?;
    if losses.len() != counted.len() || losses.iter().any(|(path, count)| counted.get(*path) != Some(count)) {
        return Err(format!("lists lack {losses:?}, and the answer tells of {counted:?}"));
    }
    Ok(())
}

/// The paths of the gate's own errors.
fn told(answer: &Json) -> Result<BTreeSet<Vec<Step>>, String> {
    let Some(Json::List(errors)) = answer.get("errors") else { return Ok(BTreeSet::new()) };
    let own = errors.iter().filter(|error| error.get("extensions").is_some());
    own.map(|error| error.get("path").map(steps).ok_or_else(|| format!("{error} has no path"))).collect()
}

/// How many items each list lacks, as the answer tells it.
fn counted(answer: &Json) -> Result<BTreeMap<Vec<Step>, usize>, String> {
    let own = answer.get("extensions").and_then(|extensions| extensions.get("narrowgate"));
    let Some(Json::List(entries)) = own.and_then(|own| own.get("withheld")) else {
        return Ok(BTreeMap::new());
    };
    let mut counted = BTreeMap::new();
    for entry in entries {
        let (Some(path), Some(Json::Scalar(count))) = (entry.get("path"), entry.get("count")) else {
            return Err(format!("{entry} lacks its path or count"));
        };
        *counted.entry(steps(path)).or_default() +=
            count.parse::<usize>().map_err(|error| error.to_string())?;
    }
    Ok(counted)
}

fn steps(path: &Json) -> Vec<Step> {
    let Json::List(steps) = path else { return Vec::new() };
    let step = |step: &Json| match serde_json::from_str(&step.to_string()) {
        Ok(Value::String(key)) => Step::Key(key),
        Ok(index) => Step::Index(index.as_u64().map_or(usize::MAX, |index| index as usize)),
        Err(_) => Step::Index(usize::MAX),
    };
    steps.iter().map(step).collect()
}

fn at<'j>(data: &'j Json, step: &Step) -> Option<&'j Json> {
    match (data, step) {
        (Json::Object(_), Step::Key(key)) => data.get(key),
        (Json::List(items), Step::Index(index)) => items.get(*index),
        _ => None,
    }
}

/// The part of a path that leads to the null that covers it.
fn null_above<'p>(data: &Json, path: &'p [Step]) -> &'p [Step] {
    let mut value = data;
    for (depth, step) in path.iter().enumerate() {
        match at(value, step) {
            Some(below) if !value.is_null() => value = below,
            _ => return path.get(..depth).unwrap_or(path),
        }
    }
    path
}

fn is_list(data: &Json, path: &[Step]) -> bool {
    let found = path.iter().try_fold(data, at);
    matches!(found, Some(Json::List(_)))
}

fn first_difference(expected: &Json, shown: &Json) -> String {
    match (expected, shown) {
        (Json::Object(left), Json::Object(right)) if left.len() == right.len() => {
            let differing = left.iter().zip(right).find(|(left, right)| left != right);
            differing.map_or_else(String::new, |(left, right)| {
                format!(
                    ".{}{}",
                    left.0,
                    if left.0 == right.0 {
                        first_difference(&left.1, &right.1)
                    } else {
                        format!(" is .{}", right.0)
                    }
                )
            })
        }
        (Json::List(left), Json::List(right)) if left.len() == right.len() => {
            let differing = left.iter().zip(right).enumerate().find(|(_, (left, right))| left != right);
            differing.map_or_else(String::new, |(index, (left, right))| {
                format!("[{index}]{}", first_difference(left, right))
            })
        }
        _ => format!(": expected {expected}, got {shown}"),
    }
}
