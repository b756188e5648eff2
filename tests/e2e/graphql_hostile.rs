//! The requests of tests/graphql_hostile.toml: their exact answers, and what the instance is asked.

use std::fmt::Write as _;

use narrowgate_sandbox::{Sandbox, SandboxConfig};
use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{Bearer, Reply, TestGate};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    document: Option<String>,
    operation: Option<String>,
    variables: Option<String>,
    body: Option<String>,
    r#type: Option<String>,
    method: Option<String>,
    target: Option<String>,
    unit: Option<String>,
    times: Option<usize>,
    #[serde(default)]
    seen: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
}

impl Case {
    fn expand(&self, text: &str) -> String {
        let (Some(unit), Some(times)) = (&self.unit, self.times) else { return text.to_owned() };
        let unit = |n: usize| unit.replace("{n+1}", &(n + 1).to_string()).replace("{n}", &n.to_string());
        text.replace("{units}", &(0..times).map(unit).collect::<String>())
    }

    fn content(&self) -> Option<String> {
        if let Some(body) = &self.body {
            return Some(self.expand(body));
        }
        let mut body = Map::new();
        body.insert("query".to_owned(), self.expand(self.document.as_ref()?).into());
        if let Some(operation) = &self.operation {
            body.insert("operationName".to_owned(), operation.as_str().into());
        }
        if let Some(variables) = &self.variables {
            let variables: Value = serde_json::from_str(variables).expect("variables are JSON");
            body.insert("variables".to_owned(), variables);
        }
        Some(json!(body).to_string())
    }

    async fn send(&self, token: &Bearer) -> Reply {
        let target = self.target.as_deref().unwrap_or("/api/graphql");
        let call = token.call(self.method.as_deref().unwrap_or("POST"), "").at_root(target);
        let kind = self.r#type.as_deref().unwrap_or("application/json");
        match self.content() {
            Some(content) => call.body(kind, content).send().await,
            None => call.send().await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_documents_get_nothing() {
    let table: Table =
        toml::from_str(include_str!("../graphql_hostile.toml")).expect("the table is well formed");
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    let gate = TestGate::builder().sandbox(sandbox).start().await;
    let held = ["read_project", "read_work_item", "update_work_item"];
    let token = gate.maintainer().token(&[project(WEB, &held)]).await;
    // The gate learns the schema before anything is counted.
    token.call("POST", "").at_root("/api/graphql").json(&json!({"query": "{ __typename }"})).send().await;
    let (mut told, mut wrong) = (String::new(), Vec::new());
    for case in &table.case {
        gate.sandbox().clear_requests();
        let reply = case.send(&token).await;
        let seen: Vec<String> = gate
            .sandbox()
            .requests()
            .into_iter()
            .filter(|seen| seen.user.as_deref() == Some("maria"))
            .flat_map(|seen| seen.graphql.into_iter().flat_map(|operation| operation.fields))
            .collect();
        if seen != case.seen {
            wrong.push(format!("{}: the instance was asked {seen:?}, not {:?}", case.name, case.seen));
        }
        for word in ["acme/api", "Api"].into_iter().chain(case.never.iter().map(String::as_str)) {
            if reply.text().contains(word) {
                wrong.push(format!("{}: `{word}` in {}", case.name, reply.summary()));
            }
        }
        let id = reply.header("x-request-id").to_owned();
        let text = if id.is_empty() { reply.text() } else { reply.text().replace(&id, "[id]") };
        writeln!(
            told,
            "{}\n    {} {}",
            case.name,
            reply.status,
            text.chars().take(1_500).collect::<String>()
        )
        .expect("a string takes text");
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    insta::assert_snapshot!("graphql_hostile", told);
}
