//! GraphQL with generated data for the schema of an introspection file.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use narrowgate_sandbox::{GraphqlObject, GraphqlPlace, GraphqlSchema, SandboxConfig};
use serde_json::{Value, json};

use crate::support::{Forge, gitlab_schema, introspected};

async fn start() -> Forge {
    Forge::start_with(SandboxConfig {
        graphql_schema: Some(gitlab_schema().clone()),
        ..SandboxConfig::default()
    })
    .await
}

fn place_of(objects: &[GraphqlObject], path: &str) -> GraphqlPlace {
    objects.iter().find(|object| object.path == path).unwrap_or_else(|| panic!("nothing at {path}")).place
}

#[tokio::test]
async fn every_object_answers_with_what_it_belongs_to() {
    let forge = start().await;
    let document = r#"{ project(fullPath: "acme/platform/infra") { id fullPath webUrl group { id fullPath }
        issues { count pageInfo { hasNextPage } nodes { id projectId webPath author { id username } }
                 edges { cursor node { id } } } } }"#;
    let (answer, objects) = forge.sandbox.graphql_objects("maria", &json!({ "query": document })).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let project = &answer["data"]["project"];
    assert_eq!(
        (&project["id"], &project["fullPath"]),
        (&json!("gid://gitlab/Project/22"), &json!("acme/platform/infra"))
    );
    assert_eq!(project["group"], json!({ "id": "gid://gitlab/Group/11", "fullPath": "acme/platform" }));
    let issues = &project["issues"];
    assert_eq!(issues["nodes"].as_array().unwrap().len(), 3);
    for index in 0..3 {
        assert_eq!(issues["nodes"][index]["id"], issues["edges"][index]["node"]["id"]);
        let expected = if index == 1 { 24 } else { 22 };
        assert_eq!(issues["nodes"][index]["projectId"], expected);
        let place = GraphqlPlace::Project(expected);
        assert_eq!(place_of(&objects, &format!("/project/issues/nodes/{index}")), place);
        assert_eq!(place_of(&objects, &format!("/project/issues/edges/{index}/node")), place);
    }
    assert!(issues["nodes"][1]["webPath"].as_str().unwrap().starts_with("/globex/lab/-/issue/"));
    assert!(matches!(place_of(&objects, "/project/issues/nodes/0/author"), GraphqlPlace::User(_)));
    assert_eq!(place_of(&objects, "/project/issues"), GraphqlPlace::Project(22));
}

async fn ask(forge: &Forge, document: &str) -> Value {
    forge.sandbox.graphql_objects("maria", &json!({ "query": document })).await.0["data"].clone()
}

#[tokio::test]
async fn arguments_choose_the_place_and_aliases_change_nothing() {
    let forge = start().await;
    let one = ask(&forge, r#"{ group(fullPath: "acme") { labels { nodes { id } } } }"#).await;
    let other = ask(&forge, r#"{ group(fullPath: "acme") { mine: labels { nodes { id } } } }"#).await;
    assert_eq!(one["group"]["labels"], other["group"]["mine"]);
    let id = ask(&forge, r#"{ project(fullPath: "root/vault") { mergeRequests { nodes { id } } } }"#).await;
    let id = id["project"]["mergeRequests"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("gid://gitlab/MergeRequest/34"), "{id}");
    let found =
        ask(&forge, &format!(r#"{{ mergeRequest(id: "{id}") {{ id project {{ fullPath }} }} }}"#)).await;
    assert_eq!(found["mergeRequest"], json!({ "id": id, "project": { "fullPath": "root/vault" } }));
    assert_eq!(ask(&forge, r#"{ project(fullPath: "no/such") { id } }"#).await, json!({ "project": null }));
    assert_eq!(ask(&forge, r#"{ project(fullPath: "acme") { id } }"#).await, json!({ "project": null }));
    assert_eq!(
        ask(&forge, "{ currentUser { username } }").await,
        json!({ "currentUser": { "username": "maria" } })
    );
    let visitor = forge.sandbox.graphql_objects("", &json!({ "query": "{ currentUser { id } }" })).await.0;
    assert_eq!(visitor, json!({ "data": { "currentUser": null } }));
    assert_eq!(
        ask(&forge, r#"{ user(username: "gus") { id } }"#).await,
        json!({ "user": { "id": "gid://gitlab/User/4" } })
    );
}

#[tokio::test]
async fn global_ids_carry_the_models_of_gitlab() {
    let forge = start().await;
    let listed = [
        ("project", "alertManagementIntegrations", "AlertManagement::HttpIntegration"),
        ("project", "boards { nodes { lists", "List"),
        ("project", "clusterAgents", "Clusters::Agent"),
        ("project", "labels", "ProjectLabel"),
        ("project", "issues { nodes { discussions", "Discussion"),
        ("project", "pipelines { nodes { jobs", "Ci::Build"),
        ("project", "releases { nodes { assets { links", "Releases::Link"),
        ("project", "terraformStates", "Terraform::State"),
        ("project", "timelogs", "Timelog"),
        ("group", "boards", "Board"),
        ("group", "complianceFrameworks", "ComplianceManagement::Framework"),
        ("group", "contacts", "CustomerRelations::Contact"),
        ("group", "epicBoards", "Boards::EpicBoard"),
        ("group", "epics { nodes { notes", "Note"),
        ("group", "iterationCadences", "Iterations::Cadence"),
        ("group", "labels", "GroupLabel"),
    ];
    for (kind, list, model) in listed {
        let (path, number) = if kind == "project" { ("acme/web", "20") } else { ("acme", "10") };
        let ends = " }".repeat(list.matches('{').count() + 3);
        let document = format!("{{ {kind}(fullPath: \"{path}\") {{ {list} {{ nodes {{ id }}{ends}");
        let answer = ask(&forge, &document).await.to_string();
        let ids = answer.split('"').filter_map(|text| text.strip_prefix("gid://gitlab/"));
        let mut of_model = ids.filter_map(|id| id.strip_prefix(model)?.strip_prefix('/'));
        let belongs = |id: &str| match model {
            "Discussion" => id.len() == 40 && id.bytes().all(|digit| digit.is_ascii_hexdigit()),
            _ => id.starts_with(number),
        };
        assert!(of_model.any(belongs), "{model}: {document}\n{answer}");
    }
}

#[tokio::test]
async fn lists_by_ids_have_these_and_containers_have_nothing_of_others() {
    let forge = start().await;
    let document =
        r#"{ projects(ids: ["gid://gitlab/Project/22", "gid://gitlab/Project/20"]) { nodes { id } } }"#;
    let ids = [json!({ "id": "gid://gitlab/Project/22" }), json!({ "id": "gid://gitlab/Project/20" })];
    assert_eq!(ask(&forge, document).await["projects"]["nodes"], json!(ids));
    let board = "gid://gitlab/Board/10000007";
    for (group, expected) in [("acme", json!([{ "id": board }])), ("acme/platform", json!([]))] {
        let document = format!(
            r#"{{ group(fullPath: "{group}") {{ boards(id: "{board}") {{ nodes {{ id }} edges {{ node {{ id }} }} }} }} }}"#
        );
        let boards = &ask(&forge, &document).await["group"]["boards"];
        assert_eq!(boards["nodes"], expected, "{group}");
        assert_eq!(boards["edges"].as_array().unwrap().len(), expected.as_array().unwrap().len());
    }
}

#[tokio::test]
async fn a_subgroup_lists_what_belongs_to_the_groups_above() {
    let forge = start().await;
    let document = r#"{ group(fullPath: "acme/platform") { contacts { nodes { id } } organizations { nodes { id } }
        complianceFrameworks { nodes { id } } all: iterationCadences { nodes { id } }
        own: iterationCadences(includeAncestorGroups: false) { nodes { id } } }
        above: group(fullPath: "acme") { contacts { nodes { id } } iterationCadences { nodes { id } } } }"#;
    let (answer, objects) = forge.sandbox.graphql_objects("maria", &json!({ "query": document })).await;
    let (top, own) = (GraphqlPlace::Group(10), GraphqlPlace::Group(11));
    for (list, places) in [
        ("group/contacts", [top, top, top]),
        ("group/organizations", [top, top, top]),
        ("group/complianceFrameworks", [top, top, top]),
        ("group/all", [own, own, top]),
        ("group/own", [own, own, own]),
    ] {
        for (index, place) in places.into_iter().enumerate() {
            let path = format!("/{list}/nodes/{index}");
            assert_eq!(place_of(&objects, &path), place, "{path}");
            let id = answer["data"].pointer(&path).unwrap()["id"].as_str().unwrap();
            let number = if place == top { "/10" } else { "/11" };
            assert!(id.contains(number), "{path} {id}");
        }
    }
    let data = &answer["data"];
    assert_eq!(data["group"]["contacts"], data["above"]["contacts"]);
    assert_eq!(data["group"]["all"]["nodes"][2], data["above"]["iterationCadences"]["nodes"][2]);
}

#[tokio::test]
async fn what_has_no_project_belongs_to_its_group_or_author() {
    let forge = start().await;
    let document = r#"{ currentUser { namespace { id fullPath } snippets { nodes { id project { id } author { username } } } }
        namespace(fullPath: "maria") { id } group(fullPath: "maria") { id }
        acme: group(fullPath: "acme") { epics { nodes { notes { nodes { id project { id } } } } } }
        project(fullPath: "acme/web") { environments { nodes { path } } releases { nodes { links { selfUrl } } } } }"#;
    let (answer, objects) = forge.sandbox.graphql_objects("maria", &json!({ "query": document })).await;
    let data = &answer["data"];
    let own = "gid://gitlab/Namespaces::UserNamespace/2";
    assert_eq!(data["currentUser"]["namespace"], json!({ "id": own, "fullPath": "maria" }));
    assert_eq!((&data["namespace"]["id"], &data["group"]), (&json!(own), &Value::Null));
    let snippets = &data["currentUser"]["snippets"]["nodes"];
    assert!(snippets[0]["id"].as_str().unwrap().starts_with("gid://gitlab/PersonalSnippet/2"), "{snippets}");
    assert_eq!(
        (&snippets[0]["project"], &snippets[0]["author"]["username"]),
        (&Value::Null, &json!("maria"))
    );
    assert!(snippets[2]["id"].as_str().unwrap().starts_with("gid://gitlab/ProjectSnippet/20"), "{snippets}");
    assert_eq!(place_of(&objects, "/currentUser/snippets/nodes/0"), GraphqlPlace::User(2));
    assert_eq!(data["acme"]["epics"]["nodes"][0]["notes"]["nodes"][0]["project"], Value::Null);
    assert_eq!(place_of(&objects, "/acme/epics/nodes/0/notes/nodes/0"), GraphqlPlace::Group(10));
    let project = &data["project"];
    let path = project["environments"]["nodes"][0]["path"].as_str().unwrap();
    assert!(path.starts_with("/acme/web/-/environment/"), "{path}");
    let url = project["releases"]["nodes"][0]["links"]["selfUrl"].as_str().unwrap();
    assert!(url.contains("/acme/web/-/"), "{url}");
}

#[tokio::test]
async fn mutations_answer_their_payload_and_are_remembered_by_name() {
    let forge = start().await;
    let document = r#"mutation { first: jobPlay(input: { id: "gid://gitlab/Ci::Build/22000007", clientMutationId: "x" })
        { clientMutationId errors job { id } } issueSetLocked(input: { projectPath: "acme/web", iid: "1", locked: true })
        { issue { projectId } } }"#;
    let answer = forge.graphql("maria", json!({ "query": document })).await.expect(200);
    assert_eq!(answer.body["data"]["first"]["clientMutationId"], "x");
    assert_eq!(answer.body["data"]["first"]["errors"], json!([]));
    assert_eq!(answer.body["data"]["issueSetLocked"]["issue"]["projectId"], 20);
    let seen = forge.sandbox.requests().pop().unwrap().graphql;
    assert_eq!(
        (seen[0].mutation, seen[0].fields.clone()),
        (true, vec!["jobPlay".to_owned(), "issueSetLocked".to_owned()])
    );
}

#[tokio::test]
async fn introspection_gives_the_schema_back() {
    let forge = start().await;
    let found = introspected(&forge, "maria").await;
    let names = |schema: &Value| -> BTreeSet<String> {
        let types = schema["types"].as_array().unwrap().iter();
        let names = types.map(|it| it["name"].as_str().unwrap().to_owned());
        names.filter(|name| !name.starts_with("__")).collect()
    };
    let schema = gitlab_schema_json();
    assert_eq!(names(&found), names(&schema));
    let fields = |schema: &Value| -> usize {
        let types = schema["types"].as_array().unwrap().iter();
        let counted = types.filter(|it| !it["name"].as_str().unwrap().starts_with("__"));
        counted.filter_map(|it| it["fields"].as_array()).map(Vec::len).sum()
    };
    assert_eq!(fields(&found), fields(&schema));
}

fn gitlab_schema_json() -> Value {
    let file: Value =
        serde_json::from_slice(&std::fs::read(crate::support::gitlab_schema_file()).unwrap()).unwrap();
    file.get("data").unwrap_or(&file)["__schema"].clone()
}

/// A way from the root to a type: the keyword and the fields, each with the type that it is asked of.
type Way = (&'static str, Vec<(String, String)>);

struct Walk {
    types: BTreeMap<String, Value>,
    /// The number in the global ids that documents ask for.
    number: u64,
}

impl Walk {
    fn named(of: &Value) -> String {
        of["ofType"]
            .as_object()
            .map_or_else(|| of["name"].as_str().unwrap().to_owned(), |_| Self::named(&of["ofType"]))
    }

    fn objects(&self, name: &str) -> Vec<String> {
        match self.types[name]["kind"].as_str().unwrap() {
            "OBJECT" => vec![name.to_owned()],
            "UNION" | "INTERFACE" => {
                let possible = self.types[name]["possibleTypes"].as_array().unwrap().iter();
                possible.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A literal for an argument or input field of a type that must be given.
    fn literal(&self, of: &Value, name: &str) -> String {
        match of["kind"].as_str().unwrap() {
            "NON_NULL" => self.literal(&of["ofType"], name),
            "LIST" => format!("[{}]", self.literal(&of["ofType"], name)),
            "ENUM" => {
                self.types[of["name"].as_str().unwrap()]["enumValues"][0]["name"].as_str().unwrap().to_owned()
            }
            "INPUT_OBJECT" => {
                let fields = self.types[of["name"].as_str().unwrap()]["inputFields"].as_array().unwrap();
                format!("{{ {} }}", self.required(fields))
            }
            _ => match of["name"].as_str().unwrap() {
                "Int" | "Float" => "1".to_owned(),
                "Boolean" => "true".to_owned(),
                "ID" | "String" if name == "groupPath" => r#""acme""#.to_owned(),
                "ID" | "String" if name.to_lowercase().ends_with("path") => r#""acme/web""#.to_owned(),
                kind if kind.ends_with("ID") => format!(r#""gid://gitlab/Thing/{}""#, self.number),
                _ => r#""x""#.to_owned(),
            },
        }
    }

    fn required(&self, inputs: &[Value]) -> String {
        let needed =
            inputs.iter().filter(|it| it["type"]["kind"] == "NON_NULL" && it["defaultValue"].is_null());
        let needed = needed.map(|it| {
            let name = it["name"].as_str().unwrap();
            format!("{name}: {}", self.literal(&it["type"], name))
        });
        needed.collect::<Vec<_>>().join(", ")
    }

    fn document(&self, (keyword, fields): &Way) -> String {
        let mut text = format!("{keyword} {{ ");
        for (on, field) in fields {
            let found =
                self.types[on]["fields"].as_array().unwrap().iter().find(|it| it["name"] == field.as_str());
            let mut arguments = self.required(found.unwrap()["args"].as_array().unwrap());
            let groups = on == "Query" && matches!(field.as_str(), "group" | "namespace");
            arguments = if groups { r#"fullPath: "acme""#.to_owned() } else { arguments };
            let arguments = if arguments.is_empty() { arguments } else { format!("({arguments})") };
            text += &format!("... on {on} {{ {field}{arguments} {{ __typename ");
        }
        text + &"} }".repeat(fields.len()) + " }"
    }

    /// Whether an answer to one of the documents holds an object of a type. What a position of a union holds depends
    /// on the number that is asked for.
    async fn reaches(&mut self, forge: &Forge, name: &str, ways: &[Way]) -> bool {
        for way in ways {
            for number in 20_000_001..20_000_025 {
                self.number = number;
                let document = self.document(way);
                let request = json!({ "query": document });
                let (answer, objects) = forge.sandbox.graphql_objects("maria", &request).await;
                assert_eq!(answer.get("errors"), None, "{name}: {answer}\n{document}");
                if objects.iter().any(|object| object.type_name == *name) {
                    return true;
                }
            }
        }
        false
    }

    /// All ways of least length: the first to each type, in order of their length.
    fn ways(&self) -> BTreeMap<String, Vec<Way>> {
        let mut found: BTreeMap<String, Vec<Way>> = BTreeMap::new();
        let mut queue: VecDeque<(String, Way)> = [("Query", "query"), ("Mutation", "mutation")]
            .map(|(root, word)| (root.to_owned(), (word, vec![])))
            .into();
        while let Some((on, (keyword, way))) = queue.pop_front() {
            for field in self.types[&on]["fields"].as_array().unwrap() {
                for target in self.objects(&Self::named(&field["type"])) {
                    let ways = found.entry(target.clone()).or_default();
                    if ways.len() < 6 {
                        let mut longer = way.clone();
                        longer.push((on.clone(), field["name"].as_str().unwrap().to_owned()));
                        ways.push((keyword, longer.clone()));
                        queue.push_back((target, (keyword, longer)));
                    }
                }
            }
        }
        found
    }
}

#[tokio::test]
async fn every_object_type_of_the_schema_can_be_reached() {
    let forge = start().await;
    let schema = gitlab_schema_json();
    let types = schema["types"].as_array().unwrap().iter();
    let types = types.map(|it| (it["name"].as_str().unwrap().to_owned(), it.clone())).collect();
    let mut walk = Walk { types, number: 0 };
    let ways = walk.ways();
    let mut missing = Vec::new();
    for (name, ways) in &ways {
        if !walk.reaches(&forge, name, ways).await {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "never seen: {missing:?}");
    let objects = walk
        .types
        .values()
        .filter(|it| it["kind"] == "OBJECT" && !it["name"].as_str().unwrap().starts_with("__"));
    let unreachable: Vec<_> =
        objects.map(|it| it["name"].as_str().unwrap()).filter(|name| !ways.contains_key(*name)).collect();
    // The roots themselves, and a type that no field of this schema leads to.
    assert_eq!(unreachable, ["Mutation", "Query", "Subscription"]);
}

#[test]
fn a_file_that_is_no_introspection_is_refused() {
    let error = GraphqlSchema::parse(b"{}").unwrap_err();
    assert!(error.to_string().contains("`__schema` is missing"), "{error}");
}
