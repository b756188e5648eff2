//! The documents that the world has nothing for, over data that is generated for GitLab's own schema.

use std::path::Path;

use apollo_compiler::ExecutableDocument;
use narrowgate_graphql_tests::corpus::{Example, of_world, read};
use narrowgate_graphql_tests::path::of_type;
use narrowgate_graphql_tests::schema::gitlab;
use narrowgate_store::tokens::TokenPrivileges;
use narrowgate_tests::stock::on_project;
use narrowgate_tests::world::{ACME, WEB};
use narrowgate_tests::{FaultyInstance, Stock, TestGate};

use super::named;
use crate::catalogue_rows::row::Place;
use crate::graphql_rows::asked::planted;
use crate::graphql_rows::names::names;
use crate::graphql_rows::{everywhere, sandbox, send};

/// An example with values for its variables, as their defaults, and what the instance knows of what it names.
struct Asked {
    example: Example,
    document: String,
    planted: Vec<(String, String)>,
    /// A token with all that is needed, and one without each.
    tokens: Vec<(Option<String>, String)>,
}

fn asked(serial: usize, example: Example) -> Asked {
    let schema = gitlab().as_apollo();
    let parsed = ExecutableDocument::parse_and_validate(schema, &example.document, "corpus.graphql")
        .unwrap_or_else(|error| panic!("{}: {}", example.name, error.errors));
    let is_group = example.document.contains("group(") && !example.document.contains("project(");
    let (boundary, place) =
        if is_group { ("Group", Place::Group(ACME)) } else { ("Project", Place::Project(WEB)) };
    let mut names = names(boundary, serial);
    names.insert("namespaceWithPath".to_owned(), names["fullPath"].clone());
    let mut document = example.document.clone();
    let operation = parsed.operations.iter().next().expect("an operation");
    for variable in operation.variables.iter().filter(|variable| variable.default_value.is_none()) {
        let (name, ty) = (variable.name.as_str(), &*variable.ty);
        if ty.is_non_null() {
            let value = of_type(schema, ty, name, &names).unwrap_or_else(|| panic!("no value for {ty}"));
            document = document.replacen(&format!("${name}: {ty}"), &format!("${name}: {ty} = {value}"), 1);
        }
    }
    let planted = planted(&document, place);
    Asked { example, document, planted, tokens: Vec::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_world_lacks_is_complete_over_generated_data() {
    let world = of_world();
    let absent = read().into_iter().filter(|example| world[&example.name].absent.is_some());
    let mut all: Vec<Asked> = absent.enumerate().map(|(at, example)| asked(at, example)).collect();
    let sandbox = sandbox().await;
    let instance = FaultyInstance::before(sandbox.base_url()).await;
    for (target, answer) in all.iter().flat_map(|asked| &asked.planted) {
        instance.answer(target, answer);
    }
    let stock = async |folder: &Path| {
        let mut database = Stock::open(folder).await;
        for asked in &mut all {
            let needs: Vec<String> = asked.example.expected.needs.iter().cloned().collect();
            let missing = std::iter::once(None).chain(needs.iter().cloned().map(Some));
            for missing in missing {
                let mut held: Vec<String> =
                    needs.iter().filter(|name| Some(*name) != missing.as_ref()).cloned().collect();
                if held.is_empty() {
                    held.push("read_wiki".to_owned());
                }
                let mut grants = everywhere(&held);
                // What is looked up in projects is looked for in those that the token selects.
                grants.push(on_project(WEB, &held));
                let privileges = TokenPrivileges::FineGrained(grants);
                asked.tokens.push((missing, database.add("maria", privileges, None).await.1));
            }
        }
    };
    let gate = TestGate::builder().instance(&instance.url()).sandbox(sandbox).start_with(stock).await;
    let (mut wrong, mut count) = (Vec::new(), 0);
    for asked in &all {
        for (missing, token) in &asked.tokens {
            count += 1;
            let reply = send(&gate, token, &asked.document).await.assert_status(200);
            let answer = reply.json();
            let is_complete = answer.get("errors").is_none() && answer.get("extensions").is_none();
            let as_expected = match missing {
                None => is_complete && answer["data"].is_object(),
                Some(permission) => named(&answer).contains(permission.as_str()),
            };
            if !as_expected {
                wrong.push(format!("{} without {missing:?}: {answer}", asked.example.name));
            }
        }
    }
    println!("{} documents, {count} requests", all.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}
