//! Any text as an instance's answer: it is a mismatch, or what is shown is JSON without a probe in it; and whoever holds
//! nothing sees nothing.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use narrowgate_graphql::answer::{Answer, Asked, FilterOptions, Judge, Way};
use narrowgate_graphql::plan::{Guarded, Limits, Plan, Variables, plan};
use narrowgate_graphql::{Decided, Refusal};
use narrowgate_graphql_tests::schema::{gitlab, guards};

const DOCUMENT: &str = "{
  project(fullPath: \"a/b\") {
    name
    issues { count nodes { title author { username } } edges { cursor } }
    pipelines { edges { node { id stages { nodes { name } } } } }
  }
  currentUser { todos { nodes { target { __typename ... on Issue { title } } } } }
}";

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let guarded = Guarded { schema: gitlab(), guards: guards() };
    plan(&guarded, DOCUMENT, None, &Variables::default(), &Limits::default()).expect("the document is valid")
});

struct Always(bool);

impl Judge for Always {
    fn judge(&mut self, _ways: &[Way<'_>]) -> Result<(), Refusal> {
        if self.0 { Ok(()) } else { Err(Refusal { message: "no".into(), detail: serde_json::Map::new() }) }
    }
}

fuzz_target!(|body: &[u8]| {
    let fields = PLAN.root.fields.len();
    let decided = Decided { refused: vec![None; fields], places: vec![None; fields] };
    let variables = Variables::default();
    let asked = Asked { plan: &PLAN, decided: &decided, variables: &variables, relative_root: "" };
    for generous in [true, false] {
        let Ok(answer) = Answer::read(asked, body) else { return };
        let shown = answer.filter(&mut Always(generous), FilterOptions::default()).body;
        let shown: serde_json::Value = serde_json::from_slice(&shown).expect("what is shown is JSON");
        let project = &shown["data"]["project"];
        assert!(generous || project.is_null(), "{shown}");
        assert!(!shown["data"].to_string().contains("\"ng0_"), "{shown}");
    }
});
