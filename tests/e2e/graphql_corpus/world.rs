//! The documents over the sandbox's world, as `corpus/world.toml` says: with what is needed where it is needed, the
//! answer is the instance's own, and shows what is known to be there; mutations have their effect. With each permission
//! taken away in turn, the answer is another, and names it; with all of them on another project and another group, the
//! answer is another, and nothing changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use narrowgate_graphql_tests::corpus::{Effect, Example, Pointers, Worldly, of_world, read};
use narrowgate_sandbox::{Sandbox, SandboxConfig};
use narrowgate_store::tokens::TokenPrivileges;
use narrowgate_tests::{Stock, TestGate};
use serde_json::{Map, Value, json};

use super::grants::{Held, each, grants, tries};
use super::named;

/// The number before that of the first attempt: all of them have as many digits, and sort as they are counted.
const FIRST: usize = 1_000;

/// A document with the tokens that ask it.
struct Asked {
    example: Example,
    world: Worldly,
    tokens: Vec<(Held, String)>,
}

fn asked() -> Vec<Asked> {
    let mut known = of_world();
    let examples = read().into_iter();
    let asked = examples.filter_map(|example| {
        let world =
            known.remove(&example.name).unwrap_or_else(|| panic!("{}: not in world.toml", example.name));
        world.absent.is_none().then(|| Asked { example, world, tokens: Vec::new() })
    });
    let asked: Vec<Asked> = asked.collect();
    assert!(known.is_empty(), "no such documents: {:?}", known.keys());
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_get_all_of_the_world_with_what_they_need() {
    let mut all = asked();
    let stock = async |folder: &Path| {
        let mut database = Stock::open(folder).await;
        for Asked { world, tokens, .. } in &mut all {
            for held in tries(world) {
                let privileges = TokenPrivileges::FineGrained(grants(world, &held));
                tokens.push((held, database.add(&world.user, privileges, None).await.1));
            }
        }
    };
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    let gate = TestGate::builder().sandbox(sandbox).start_with(stock).await;
    let (mut wrong, mut count) = (Vec::new(), FIRST);
    for asked in &all {
        wrong.extend(needs_that_differ(asked).map(|needs| format!("{} needs {needs:?}", asked.example.name)));
        for (held, token) in &asked.tokens {
            count += 1;
            let faults = Try::prepared(&gate, asked, count).await.run(held, token).await;
            wrong.extend(faults.into_iter().map(|fault| format!("{} {held}: {fault}", asked.example.name)));
        }
    }
    println!("{} documents, {} requests", all.len(), count - FIRST);
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// What a document needs by `needs.toml`, where the permissions of `world.toml` are others.
fn needs_that_differ(Asked { example, world, .. }: &Asked) -> Option<&BTreeSet<String>> {
    let held: BTreeSet<String> = each(world).map(|(_, name)| name.clone()).collect();
    (held != example.expected.needs).then_some(&example.expected.needs)
}

/// One question.
struct Try<'a> {
    gate: &'a TestGate,
    asked: &'a Asked,
    variables: Map<String, Value>,
}

impl<'a> Try<'a> {
    async fn prepared(gate: &'a TestGate, asked: &'a Asked, attempt: usize) -> Self {
        let variables = [("attempt".to_owned(), json!(attempt.to_string()))].into_iter().collect();
        let mut attempted = Self { gate, asked, variables };
        attempted.variables.extend(attempted.filled(&asked.world.variables));
        for document in &asked.world.prepare {
            let answer = attempted.of_instance(document).await;
            assert!(answer.get("errors").is_none(), "{}: {document}: {answer}", asked.example.name);
            let found = found(&asked.world.found, &answer["data"]);
            attempted.variables.extend(found);
        }
        attempted
    }

    /// The same with the values of variables for `{name}`.
    fn filled(&self, values: &Map<String, Value>) -> Map<String, Value> {
        let mut text = Value::Object(values.clone()).to_string();
        for (name, value) in self.variables.iter().filter_map(|(name, value)| Some((name, value.as_str()?))) {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        serde_json::from_str(&text).expect("values of variables are plain texts")
    }

    /// What the instance itself answers to whoever asks.
    async fn of_instance(&self, document: &str) -> Value {
        let request = json!({ "query": document, "variables": self.variables });
        self.gate.sandbox().graphql_objects(&self.asked.world.user, &request).await.0
    }

    /// What is wrong.
    async fn run(self, held: &Held, token: &str) -> Vec<String> {
        let document = &self.asked.example.document;
        let is_mutation = document.starts_with("mutation");
        assert_eq!(is_mutation, self.asked.world.effect.is_some(), "mutations have an effect: {document}");
        let mut wrong = Vec::new();
        if self.has_effect().await == Some(true) {
            wrong.push("the effect is there before".to_owned());
        }
        let whole = if is_mutation { None } else { Some(self.of_instance(document).await) };
        self.gate.sandbox().clear_requests();
        let variables = Value::Object(self.variables.clone());
        let reply = self.gate.holder_of(token).graphql(document, variables).await.assert_status(200);
        let answer = reply.json();
        let is_forwarded = self.has_changed_something();
        if self.has_effect().await.is_some_and(|has_effect| has_effect != is_forwarded) {
            wrong.push(format!("forwarded: {is_forwarded}, and the effect says otherwise: {answer}"));
        }
        let is_whole = whole.as_ref().is_some_and(|whole| whole["data"] == answer["data"]);
        match held {
            Held::All => wrong.extend(self.faults_of_whole(&answer, whole.as_ref(), is_forwarded)),
            _ if is_whole => wrong.push(format!("nothing is withheld: {answer}")),
            Held::Without(_, name) if !named(&answer).contains(name.as_str()) => {
                wrong.push(format!("it is not named: {answer}"));
            }
            Held::Elsewhere if is_forwarded => wrong.push("it was forwarded".to_owned()),
            Held::Without(..) | Held::Elsewhere => {}
        }
        wrong
    }

    /// What is wrong with an answer that should be complete.
    fn faults_of_whole(&self, answer: &Value, whole: Option<&Value>, is_forwarded: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        if answer.get("errors").is_some() || answer.get("extensions").is_some() {
            wrong.push(format!("it is not complete: {answer}"));
        } else if whole.is_some_and(|whole| whole != answer) {
            wrong.push(format!("it is not the instance's answer: {answer}"));
        }
        if self.asked.world.effect.is_some() && !is_forwarded {
            wrong.push("it was not forwarded".to_owned());
        }
        let shows = self.filled(&self.asked.world.shows);
        assert!(!shows.is_empty(), "{}: nothing is known of its answer", self.asked.example.name);
        let lacking = shows.iter().filter(|(pointer, value)| answer["data"].pointer(pointer) != Some(*value));
        wrong.extend(lacking.map(|(pointer, value)| format!("{pointer} isn't {value}: {answer}")));
        wrong
    }

    fn has_changed_something(&self) -> bool {
        self.gate
            .sandbox()
            .requests()
            .iter()
            .flat_map(|seen| &seen.graphql)
            .any(|operation| operation.mutation)
    }

    /// Whether the effect of a mutation is there.
    async fn has_effect(&self) -> Option<bool> {
        let Effect { query, shows, gone } = self.asked.world.effect.as_ref()?;
        let answer = self.of_instance(query).await;
        let data = &answer["data"];
        assert!(data.is_object(), "{}: {query}: {answer}", self.asked.example.name);
        let shows = self.filled(shows);
        let shows = shows.iter().all(|(pointer, value)| data.pointer(pointer) == Some(value));
        Some(shows && gone.iter().all(|pointer| data.pointer(pointer) == Some(&Value::Null)))
    }
}

/// The variables that an answer has.
fn found(wanted: &BTreeMap<String, Pointers>, data: &Value) -> Map<String, Value> {
    let at = |pointer: &String| data.pointer(pointer).cloned();
    let found = wanted.iter().filter_map(|(name, pointers)| {
        let value = match pointers {
            Pointers::One(pointer) => at(pointer)?,
            Pointers::List(pointers) => pointers.iter().map(at).collect::<Option<Value>>()?,
        };
        Some((name.clone(), value))
    });
    found.collect()
}
