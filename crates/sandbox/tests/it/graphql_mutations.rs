//! Every mutation over the world works for those who may, and for nobody else.

use std::collections::BTreeMap;

use narrowgate_sandbox::SandboxConfig;
use serde_json::{Value, json};

use crate::support::{Forge, introspected};

const REFUSED: &str = "The resource that you are attempting to access does not exist";

/// What a guest may do as well: what any guest of GitLab may.
const FOR_GUESTS: [&str; 5] =
    ["createIssue", "createNote", "starProject", "userPreferencesUpdate", "workItemCreate"];

/// The global ids that are known, by the scalar that takes them: `CiTriggerID` takes that of a `Ci::Trigger`.
struct Ids(BTreeMap<String, String>);

impl Ids {
    fn learn(&mut self, answer: &Value) {
        match answer {
            Value::String(text) if text.starts_with("gid://gitlab/") => {
                let model = text["gid://gitlab/".len()..].split('/').next().unwrap();
                let model = match model {
                    "ProjectLabel" => "Label",
                    "ProjectSnippet" => "Snippet",
                    other => other,
                };
                self.0.insert(format!("{}ID", model.replace("::", "")), text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.learn(field)),
            _ => {}
        }
    }
}

fn named(of: &Value) -> String {
    of["ofType"].as_object().map_or_else(|| of["name"].as_str().unwrap().to_owned(), |_| named(&of["ofType"]))
}

/// A value for an argument of a mutation.
fn value(types: &BTreeMap<String, Value>, ids: &Ids, mutation: &str, name: &str, of: &Value) -> Value {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => return value(types, ids, mutation, name, &of["ofType"]),
        // The second of a kind, so that the first is left for the mutation that takes away one.
        "LIST" if name == "ids" => {
            let first = value(types, ids, mutation, name, &of["ofType"]);
            return json!([first.as_str().unwrap().replace("/1", "/2")]);
        }
        "LIST" => return json!([value(types, ids, mutation, name, &of["ofType"])]),
        "ENUM" if named(of) == "CiRunnerType" => return json!("PROJECT_TYPE"),
        "ENUM" => return types[&named(of)]["enumValues"][0]["name"].clone(),
        "INPUT_OBJECT" => return json!({ "action": "CREATE", "filePath": "new.txt", "content": "new" }),
        _ => {}
    }
    let kind = named(of);
    match (name, kind.as_str()) {
        ("groupPath", _) => json!("acme"),
        ("fullPath", _) if mutation.starts_with("group") || mutation.starts_with("safe") => json!("acme"),
        ("targetProjectPath" | "targetPath", _) => json!("acme/api"),
        ("projectPath" | "fullPath", _) => json!("acme/web"),
        // The merge request that was made just before, from a branch that there is.
        ("iid", _) if mutation == "mergeRequestAccept" => json!("2"),
        ("name", _) if mutation == "createBranch" => json!("y"),
        ("tagName", _) if mutation == "releaseCreate" => json!("v2"),
        ("branch", _) => json!("z"),
        ("sha", _) => json!(ids.0["sha"]),
        ("iid", _) => json!("1"),
        ("tagName", _) => json!("v1"),
        ("ref" | "targetBranch", _) => json!("main"),
        ("sourceBranch", _) => json!("x"),
        ("id", "ID") => json!(ids.0["IterationID"]),
        (_, "WorkItemsTypeID") => json!("gid://gitlab/WorkItems::Type/5"),
        (_, "NoteableID") => json!(ids.0["IssueID"]),
        (_, "UserID") => json!("gid://gitlab/User/4"),
        (_, "GroupID") => json!("gid://gitlab/Group/11"),
        (_, "ProjectID") => json!("gid://gitlab/Project/20"),
        (_, kind) if kind.ends_with("ID") && kind != "ID" => {
            ids.0.get(kind).map_or_else(|| json!("gid://gitlab/Unknown/1"), |id| json!(id))
        }
        (_, "Int") => json!(1),
        (_, "Boolean") => json!(true),
        (_, "Time") => json!("2026-01-05T09:00:00Z"),
        (_, "ISO8601Date") => json!("2026-12-05"),
        _ => json!("x"),
    }
}

/// What must be given, and what names a project or group.
fn is_given(mutation: &str, input: &Value) -> bool {
    let name = input["name"].as_str().unwrap();
    let chosen = match mutation {
        "labelCreate" => name == "projectPath",
        "runnerCreate" => name == "projectId",
        "mlModelVersionCreate" => name == "version" || name == "projectPath",
        _ => name.ends_with("Path"),
    };
    chosen || input["type"]["kind"] == "NON_NULL"
}

/// First what makes, then what changes, then what takes away, so that there is something left to act on.
fn order(name: &str) -> u8 {
    let name = name.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["create"]) {
        u8::from(has(&["branchruleapproval", "agenturl", "agenttoken", "ldap"]))
    } else if has(&["issuemove", "artifacts", "tags"]) {
        3
    } else if has(&["delete", "destroy", "revoke"]) {
        4
    } else {
        2
    }
}

async fn perform(forge: &Forge, user: &str, mutation: &Value, input: &Value) -> Value {
    let name = mutation["name"].as_str().unwrap();
    let payload = mutation["type"]["name"].as_str().unwrap();
    let kind = payload.strip_suffix("Payload").unwrap();
    let shown = mutation["shown"].as_str().unwrap_or_default();
    let document = format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ errors {shown} }} }}");
    forge.graphql(user, json!({ "query": document, "variables": { "input": input } })).await.expect(200).body
}

#[tokio::test]
async fn every_mutation_works_for_those_who_may_and_is_refused_to_others() {
    let forge = Forge::start_with(SandboxConfig { furnished: true, ..SandboxConfig::default() }).await;
    forge
        .post("root", "/projects/20/snippets", json!({ "title": "t", "file_name": "f", "content": "c" }))
        .await
        .expect(201);
    forge
        .post("root", "/projects/20/repository/branches", json!({ "branch": "z", "ref": "main" }))
        .await
        .expect(201);
    let branch = forge
        .post("root", "/projects/20/repository/branches", json!({ "branch": "x", "ref": "main" }))
        .await
        .expect(201);
    forge.put("root", "/projects/20/members/4", json!({ "access_level": 10 })).await.expect(200);
    forge.post("root", "/groups/11/members", json!({ "user_id": 4, "access_level": 10 })).await.expect(201);
    let schema = introspected(&forge, "root").await;
    let types = schema["types"].as_array().unwrap().iter();
    let types: BTreeMap<String, Value> =
        types.map(|it| (it["name"].as_str().unwrap().to_owned(), it.clone())).collect();
    let mut ids = Ids(BTreeMap::new());
    ids.0.insert("sha".to_owned(), branch.body["commit"]["id"].as_str().unwrap().to_owned());
    for model in [
        "Ci::Pipeline",
        "Ci::Build",
        "Ci::Runner",
        "Ci::PipelineSchedule",
        "Ci::JobArtifact",
        "Issue",
        "MergeRequest",
        "Note",
        "Milestone",
        "ProjectSnippet",
        "Packages::Package",
        "Packages::PackageFile",
        "ContainerRepository",
        "Vulnerability",
        "Terraform::State",
        "Environment",
        "Clusters::Agent",
        "PagesDeployment",
        "Deployment",
        "Organizations::OrganizationUser",
        "PersonalAccessToken",
        "Epic",
        "Ml::Model",
    ] {
        ids.learn(&json!(format!("gid://gitlab/{model}/1")));
    }
    // Two tokens beside those that the users have from the start.
    for number in [5, 6] {
        forge.sandbox.mint_native("root", &["api"]).unwrap();
        ids.learn(&json!(format!("gid://gitlab/PersonalAccessToken/{}", 11 - number)));
    }
    let own = r#"{ currentUser { todos { nodes { id } } } project(fullPath: "acme/web") { mergeRequest(iid: "1") { discussions { nodes { id } } } } }"#;
    ids.learn(&forge.graphql("root", json!({ "query": own })).await.expect(200).body);
    ids.learn(&json!("gid://gitlab/ProjectLabel/3"));
    let mut mutations = types["Mutation"]["fields"].as_array().unwrap().clone();
    mutations.sort_by_key(|it| order(it["name"].as_str().unwrap()));
    let mut wrong = Vec::new();
    for mutation in &mut mutations {
        let name = mutation["name"].as_str().unwrap().to_owned();
        let fields = types[mutation["type"]["name"].as_str().unwrap()]["fields"].as_array().unwrap();
        let shown = fields.iter().find(|it| types[&named(&it["type"])]["kind"] == "OBJECT");
        if let Some(shown) = shown {
            let identified = types[&named(&shown["type"])]["fields"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["name"] == "id");
            mutation["shown"] = json!(format!(
                "{} {{ {} }}",
                shown["name"].as_str().unwrap(),
                if identified { "id" } else { "__typename" }
            ));
        }
        let kind = named(&mutation["args"][0]["type"]);
        let inputs = types[&kind]["inputFields"].as_array().unwrap();
        let inputs =
            inputs.iter().filter(|it| it["name"] != "clientMutationId" && it["name"] != "blobActions");
        let input: serde_json::Map<String, Value> = inputs
            .filter(|it| is_given(&name, it))
            .map(|it| {
                let argument = it["name"].as_str().unwrap();
                (argument.to_owned(), value(&types, &ids, &name, argument, &it["type"]))
            })
            .collect();
        let input = Value::Object(input);
        let guest = perform(&forge, "gus", mutation, &input).await;
        let refused =
            guest["errors"][0]["message"].as_str().is_some_and(|message| message.starts_with(REFUSED));
        if !refused && !FOR_GUESTS.contains(&name.as_str()) {
            wrong.push(format!("{name} as gus: {guest}"));
        }
        let root = perform(&forge, "root", mutation, &input).await;
        if root.get("errors").is_some() || root["data"][&name]["errors"] != json!([]) {
            wrong.push(format!("{name} as root with {input}: {root}"));
        }
        ids.learn(&root);
        if name == "personalAccessTokenRotate" {
            ids.learn(&json!("gid://gitlab/PersonalAccessToken/6"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(mutations.len() > 140, "{}", mutations.len());
}
