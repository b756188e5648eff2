//! One case of the oracle: the library against the naive authoriser over the same data.
//!
//! The oracle executes the client's own document and asks of each object, whose place it knows, whether the token may see it.
//! The library plans the document, forwards what it wrote anew to the same data without an authoriser, and filters what
//! comes back. Both must show the same bytes, and tell of the same refusals.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::ExecutableDocument;
use serde_json::Value;

use crate::authorise::Authoriser;
use crate::document::Writer;
use crate::execute::{Execution, Outcome, Step};
use crate::gate::{Gate, GateError, Passage};
use crate::json::Json;
use crate::schema::{gitlab, guards, passages};
use crate::tape::Tape;
use crate::things::Maker;
use crate::world::{Holder, World};

/// What cases amounted to.
#[derive(Debug, Default)]
pub struct Tally {
    /// Documents that are none.
    pub invalid: usize,
    /// Documents that the library refuses as a whole.
    pub refused_whole: usize,
    /// Answers that were compared.
    pub compared: usize,
    /// Answers that show less than the instance's.
    pub narrowed: usize,
    /// Values that are null since they were refused.
    pub nulled: usize,
    /// Items that lists lack.
    pub dropped: usize,
}

/// One case: choices for the world and the token, choices for the document, and what the data is made from.
///
/// # Errors
///
/// How the two differ.
pub fn check(places: &[u32], choices: &[u32], seed: u64, tally: &mut Tally) -> Result<(), String> {
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
