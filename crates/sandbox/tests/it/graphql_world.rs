//! GraphQL over the world: who sees what, pages, and what mutations change.

use narrowgate_sandbox::{GraphqlPlace, SandboxConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Forge, introspected, read};

const REFUSED: &str = "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

async fn start() -> Forge {
    Forge::start_with(SandboxConfig { furnished: true, ..SandboxConfig::default() }).await
}

async fn ask(forge: &Forge, user: &str, document: &str) -> Value {
    let answer = forge.graphql(user, json!({ "query": document })).await.expect(200);
    assert_eq!(answer.body.get("errors"), None, "{}", answer.text);
    answer.body["data"].clone()
}

#[tokio::test]
async fn projects_and_groups_are_for_those_who_see_them() {
    let forge = start().await;
    let document = r#"{ currentUser { id username } infra: project(fullPath: "acme/platform/infra") { id name webUrl group { fullPath parent { fullPath } } }
        vault: project(fullPath: "root/vault") { id } projects { nodes { fullPath } } }"#;
    let maria = ask(&forge, "maria", document).await;
    assert_eq!(maria["currentUser"], json!({ "id": "gid://gitlab/User/2", "username": "maria" }));
    assert_eq!(maria["infra"]["id"], "gid://gitlab/Project/22");
    assert_eq!(
        maria["infra"]["group"],
        json!({ "fullPath": "acme/platform", "parent": { "fullPath": "acme" } })
    );
    assert_eq!(maria["vault"], Value::Null);
    let gus = ask(&forge, "gus", document).await;
    assert_eq!(gus["infra"], Value::Null);
    let nobody =
        ask(&forge, "", "{ currentUser { id } users { nodes { id } } projects { nodes { fullPath } } }")
            .await;
    assert_eq!(
        nobody,
        json!({ "currentUser": null, "users": { "nodes": [] }, "projects": { "nodes": [{ "fullPath": "acme/site" }] } })
    );
}

#[tokio::test]
async fn confidential_issues_and_records_above_the_role_are_absent() {
    let forge = start().await;
    let document = r#"{ project(fullPath: "acme/web") { issues { count nodes { iid labels { nodes { id title } } author { username }
        epic { title group { fullPath } } notes { nodes { body } } } } vulnerabilities { nodes { id } } runners { nodes { id } }
        terraformStates { nodes { id name } } ciVariables { nodes { key } } } }"#;
    let dev = ask(&forge, "dev", document).await["project"].clone();
    assert_eq!(dev["issues"]["count"], 2);
    let issue = &dev["issues"]["nodes"][1];
    assert_eq!((&issue["iid"], &issue["author"]["username"]), (&json!("1"), &json!("maria")));
    assert_eq!(issue["labels"]["nodes"][0]["title"], "bug");
    assert!(issue["labels"]["nodes"][0]["id"].as_str().unwrap().starts_with("gid://gitlab/ProjectLabel/"));
    assert_eq!(issue["epic"], json!({ "title": "Grow", "group": { "fullPath": "acme" } }));
    assert_eq!(issue["notes"]["nodes"], json!([{ "body": "Noted" }]));
    assert_eq!(dev["vulnerabilities"]["nodes"], json!([{ "id": "gid://gitlab/Vulnerability/1" }]));
    assert_eq!(dev["runners"]["nodes"], json!([]));
    assert_eq!(
        dev["terraformStates"]["nodes"],
        json!([{ "id": "gid://gitlab/Terraform::State/1", "name": "production" }])
    );
    let gus = ask(&forge, "gus", document).await["project"].clone();
    assert_eq!(gus["issues"]["count"], 1);
    assert_eq!(gus["vulnerabilities"]["nodes"], json!([]));
    let maria = ask(&forge, "maria", document).await["project"].clone();
    assert_eq!(maria["runners"]["nodes"], json!([{ "id": "gid://gitlab/Ci::Runner/1" }]));
}

#[tokio::test]
async fn links_lead_to_other_projects_as_far_as_they_may_be_seen() {
    let forge = start().await;
    let document = r#"{ project(fullPath: "acme/platform/infra") { issues { nodes { iid relatedMergeRequests { nodes { project { fullPath } } } } }
        pipelines { nodes { id upstream { project { fullPath } } downstream { nodes { project { fullPath } } } stages { nodes { name jobs { nodes { name status } } } } } } } }"#;
    let root = ask(&forge, "root", document).await["project"].clone();
    let vault = json!([{ "project": { "fullPath": "root/vault" } }]);
    assert_eq!(root["issues"]["nodes"][1]["relatedMergeRequests"]["nodes"], vault);
    assert_eq!(root["pipelines"]["nodes"][0]["downstream"]["nodes"], vault);
    assert_eq!(root["pipelines"]["nodes"][0]["upstream"]["project"]["fullPath"], "acme/api");
    let stages = &root["pipelines"]["nodes"][0]["stages"]["nodes"];
    assert_eq!(
        stages[1],
        json!({ "name": "test", "jobs": { "nodes": [{ "name": "test", "status": "FAILED" }] } })
    );
    let maria = ask(&forge, "maria", document).await["project"].clone();
    assert_eq!(maria["issues"]["nodes"][1]["relatedMergeRequests"]["nodes"], json!([]));
    assert_eq!(maria["pipelines"]["nodes"][0]["downstream"]["nodes"], json!([]));
}

#[tokio::test]
async fn interfaces_and_unions_show_their_types() {
    let forge = start().await;
    let document = r#"{ currentUser { todos { nodes { state project { fullPath } target { __typename } targetEntity { __typename webUrl ... on MergeRequest { iid author { __typename username } } } } } }
        project(fullPath: "acme/web") { projectMembers { nodes { __typename user { username } accessLevel { stringValue } } }
            workItems(iid: "1") { nodes { id namespace { fullPath } widgets { type ... on WorkItemWidgetLabels { labels { nodes { title } } } } } }
            repository { rootRef branchNames(limit: 9, offset: 0, searchPattern: "*") tree { lastCommit { title } blobs { nodes { __typename name ... on Entry { type } } } }
                blobs(paths: ["README.md"]) { nodes { path rawBlob } } } } }"#;
    let dev = ask(&forge, "dev", document).await;
    let target = &dev["currentUser"]["todos"]["nodes"][0]["targetEntity"];
    assert_eq!((&target["__typename"], &target["iid"]), (&json!("MergeRequest"), &json!("1")));
    assert_eq!(target["author"], json!({ "__typename": "MergeRequestAuthor", "username": "dev" }));
    let project = &dev["project"];
    assert_eq!(project["projectMembers"]["nodes"][0]["__typename"], "ProjectMember");
    let work_item = &project["workItems"]["nodes"][0];
    assert!(work_item["id"].as_str().unwrap().starts_with("gid://gitlab/WorkItem/"));
    assert_eq!(work_item["namespace"]["fullPath"], "acme/web");
    assert_eq!(
        work_item["widgets"][2],
        json!({ "type": "LABELS", "labels": { "nodes": [{ "title": "bug" }] } })
    );
    let repository = &project["repository"];
    assert_eq!((&repository["rootRef"], &repository["branchNames"]), (&json!("main"), &json!(["main"])));
    assert_eq!(repository["tree"]["lastCommit"]["title"], "Initial commit");
    assert_eq!(
        repository["tree"]["blobs"]["nodes"][0],
        json!({ "__typename": "Blob", "name": ".gitlab-ci.yml", "type": "blob" })
    );
    assert!(repository["blobs"]["nodes"][0]["rawBlob"].as_str().unwrap().starts_with("# web"));
    assert_eq!(
        ask(&forge, "gus", r#"{ project(fullPath: "acme/web") { repository { rootRef } } }"#).await["project"]
            ["repository"],
        Value::Null
    );
}

#[tokio::test]
async fn pages_go_forward_and_back() {
    let forge = start().await;
    let page = |arguments: &str| {
        format!(
            "{{ projects({arguments}) {{ nodes {{ id }} edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        )
    };
    let all = ask(&forge, "root", &page("first: 100")).await["projects"].clone();
    let total = all["nodes"].as_array().unwrap().len();
    let first = ask(&forge, "root", &page("first: 2")).await["projects"].clone();
    assert_eq!(first["nodes"].as_array().unwrap()[..], all["nodes"].as_array().unwrap()[..2]);
    assert_eq!(
        (&first["pageInfo"]["hasNextPage"], &first["pageInfo"]["hasPreviousPage"]),
        (&json!(true), &json!(false))
    );
    let cursor = first["pageInfo"]["endCursor"].as_str().unwrap();
    assert_eq!(first["edges"][1]["cursor"], cursor);
    let rest = ask(&forge, "root", &page(&format!(r#"after: "{cursor}""#))).await["projects"].clone();
    assert_eq!(rest["nodes"].as_array().unwrap().len(), total - 2);
    let back =
        ask(&forge, "root", &page(&format!(r#"last: 1, before: "{cursor}""#))).await["projects"].clone();
    assert_eq!(back["nodes"], json!([all["nodes"][0]]));
}

#[tokio::test]
async fn mutations_change_the_world_that_rest_shows() {
    let forge = start().await;
    let document = r#"mutation($path: ID!) {
        made: createIssue(input: { projectPath: $path, title: "New", labels: ["bug"], clientMutationId: "c" }) { clientMutationId errors issue { iid title } }
        updateIssue(input: { projectPath: $path, iid: "3", title: "Newer", stateEvent: CLOSE }) { errors issue { title state } }
        jobPlay(input: { id: "gid://gitlab/Ci::Build/3" }) { errors job { id status } }
        createBranch(input: { projectPath: $path, name: "topic", ref: "main" }) { errors branch { name commit { title } } }
        labelCreate(input: { projectPath: $path, title: "ui", color: "crimson" }) { label { id title color } } }"#;
    let answer = forge
        .graphql("maria", json!({ "query": document, "variables": { "path": "acme/web" } }))
        .await
        .expect(200);
    assert_eq!(answer.body.get("errors"), None, "{}", answer.text);
    let data = &answer.body["data"];
    assert_eq!(
        data["made"],
        json!({ "clientMutationId": "c", "errors": [], "issue": { "iid": "3", "title": "New" } })
    );
    assert_eq!(data["updateIssue"]["issue"], json!({ "title": "Newer", "state": "closed" }));
    assert_eq!(data["jobPlay"]["job"], json!({ "id": "gid://gitlab/Ci::Build/3", "status": "PENDING" }));
    assert_eq!(
        data["createBranch"]["branch"],
        json!({ "name": "topic", "commit": { "title": "Initial commit" } })
    );
    assert_eq!(data["labelCreate"]["label"]["color"], "crimson");
    let issue = forge.get("maria", "/projects/20/issues/3").await.expect(200);
    assert_eq!((&issue.body["title"], &issue.body["state"]), (&json!("Newer"), &json!("closed")));
    forge.get("maria", "/projects/20/repository/branches/topic").await.expect(200);
    assert!(forge.get("maria", "/projects/20/labels").await.expect(200).all("name").contains(&json!("ui")));
}

#[tokio::test]
async fn issues_move_notes_are_theirs_and_todos_are_done() {
    let forge = start().await;
    let moved = ask(&forge, "maria", r#"mutation { issueMove(input: { projectPath: "acme/web", iid: "1", targetProjectPath: "acme/api" }) { issue { id iid projectId webUrl } } }"#).await;
    assert_eq!(moved["issueMove"]["issue"]["projectId"], 21);
    let old = ask(
        &forge,
        "maria",
        r#"{ project(fullPath: "acme/web") { issue(iid: "1") { state movedTo { id } } } }"#,
    )
    .await;
    assert_eq!(
        old["project"]["issue"],
        json!({ "state": "closed", "movedTo": { "id": moved["issueMove"]["issue"]["id"] } })
    );
    let id = moved["issueMove"]["issue"]["id"].as_str().unwrap();
    let note = ask(&forge, "dev", &format!(r#"mutation {{ createNote(input: {{ noteableId: "{id}", body: "Hi" }}) {{ note {{ id author {{ username }} project {{ fullPath }} discussion {{ noteable {{ __typename }} }} }} }} }}"#)).await;
    let note = &note["createNote"]["note"];
    assert_eq!(note["project"]["fullPath"], "acme/api");
    assert_eq!(note["discussion"]["noteable"]["__typename"], "Issue");
    let change = format!(
        r#"mutation {{ updateNote(input: {{ id: {}, body: "Bye" }}) {{ note {{ body }} }} }}"#,
        note["id"]
    );
    assert_eq!(ask(&forge, "dev", &change).await["updateNote"]["note"]["body"], "Bye");
    let refused = forge.graphql("maria", json!({ "query": change })).await.expect(200).body;
    assert_eq!(
        (&refused["data"]["updateNote"], &refused["errors"][0]["message"]),
        (&Value::Null, &json!(REFUSED))
    );
    assert_eq!(refused["errors"][0]["path"], json!(["updateNote"]));
    let todo = ask(&forge, "dev", "{ currentUser { todos { nodes { id } } } }").await["currentUser"]["todos"]
        ["nodes"][0]["id"]
        .clone();
    let done = ask(
        &forge,
        "dev",
        &format!("mutation {{ todoMarkDone(input: {{ id: {todo} }}) {{ todo {{ state }} }} }}"),
    )
    .await;
    assert_eq!(done["todoMarkDone"]["todo"]["state"], "done");
}

#[tokio::test]
async fn roles_hold_for_mutations_and_what_was_asked_for_is_remembered() {
    let forge = start().await;
    for document in [
        r#"mutation { jobPlay(input: { id: "gid://gitlab/Ci::Build/3" }) { job { id } } }"#,
        r#"mutation { runnerDelete(input: { id: "gid://gitlab/Ci::Runner/4" }) { errors } }"#,
        r#"mutation { environmentCreate(input: { projectPath: "root/vault", name: "x" }) { environment { id } } }"#,
        r#"mutation { createIssue(input: { projectPath: "root/vault", title: "x" }) { issue { id } } }"#,
    ] {
        let answer = forge.graphql("gus", json!({ "query": document })).await.expect(200).body;
        assert_eq!(answer["errors"][0]["message"], REFUSED, "{document}");
    }
    let seen = forge.sandbox.requests().pop().unwrap();
    assert_eq!(
        (seen.user.as_deref(), seen.graphql[0].fields.as_slice()),
        (Some("gus"), ["createIssue".to_owned()].as_slice())
    );
    let reader = forge.sandbox.mint_native("maria", &["read_api"]).unwrap();
    let send = |document: &str| {
        use secrecy::ExposeSecret as _;
        let request = forge.request(Method::POST, "", "/api/graphql").bearer_auth(reader.expose_secret());
        request.json(&json!({ "query": document })).send()
    };
    let answer = read(send("{ currentUser { username } }").await.unwrap()).await.expect(200).body;
    assert_eq!(answer["data"]["currentUser"]["username"], "maria");
    let answer = read(
        send(r#"mutation { runnerDelete(input: { id: "gid://gitlab/Ci::Runner/1" }) { errors } }"#)
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(answer.body["errors"][0]["message"], REFUSED);
}

#[tokio::test]
async fn requests_come_in_every_form_that_gitlab_takes() {
    let forge = start().await;
    let batch = json!([{ "query": "{ currentUser { username } }" }, { "query": "query A { echo(text: \"a\") } query B { currentUser { id } }", "operationName": "B" }]);
    let answer = forge.graphql("dev", batch).await.expect(200).body;
    assert_eq!(answer[0]["data"]["currentUser"]["username"], "dev");
    assert_eq!(answer[1]["data"]["currentUser"]["id"], "gid://gitlab/User/3");
    let query = "/api/graphql?query=query(%24p:ID!)%7Bproject(fullPath:%24p)%7Bname%7D%7D&variables=%7B%22p%22:%22acme/web%22%7D";
    let answer = read(forge.request(Method::GET, "dev", query).send().await.unwrap()).await.expect(200).body;
    assert_eq!(answer["data"]["project"]["name"], "web");
    let query = "/api/graphql?query=mutation%7BrunnerDelete(input:%7Bid:%22gid://gitlab/Ci::Runner/1%22%7D)%7Berrors%7D%7D";
    let answer =
        read(forge.request(Method::GET, "maria", query).send().await.unwrap()).await.expect(422).body;
    assert_eq!(answer["errors"][0]["message"], "Mutations are forbidden in GET requests");
    let answer = read(
        forge
            .request(Method::POST, "", "/api/graphql")
            .bearer_auth("glpat-wrong")
            .json(&json!({ "query": "{ currentUser { id } }" }))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(answer.expect(401).body["errors"][0]["message"], "Invalid token");
    let deep = "{ group(fullPath: \"acme\") ".to_owned()
        + &"{ parent ".repeat(25)
        + "{ id }"
        + &" }".repeat(25)
        + " }";
    let answer = forge.graphql("dev", json!({ "query": deep })).await.expect(200).body;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("exceeds max depth of 20"), "{answer}");
    let answer = forge.graphql("dev", json!({ "query": "{ nothing }" })).await.expect(200).body;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("nothing"), "{answer}");
}

#[tokio::test]
async fn the_schema_introspects_without_the_words_it_was_declared_in() {
    let forge = start().await;
    let schema = introspected(&forge, "").await;
    let directives = schema["directives"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap());
    assert!(
        directives.clone().all(|name| ["deprecated", "include", "skip", "specifiedBy"].contains(&name)),
        "{:?}",
        directives.collect::<Vec<_>>()
    );
    let types = schema["types"].as_array().unwrap();
    let find = |name: &str| types.iter().find(|it| it["name"] == name).unwrap();
    let fields: Vec<_> = find("JobPlayPayload")["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["job", "errors", "clientMutationId"]);
    let arguments = find("Project")["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "releases")
        .unwrap()["args"]
        .clone();
    let names: Vec<_> = arguments.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["after", "before", "first", "last"]);
}

#[tokio::test]
async fn the_place_of_each_object_can_be_learned() {
    let forge = start().await;
    let request = json!({ "query": r#"{ project(fullPath: "acme/platform/infra") { issues(iid: "1") { nodes { relatedMergeRequests { nodes { id } } } } } }"# });
    let (_, objects) = forge.sandbox.graphql_objects("root", &request).await;
    let place = |path: &str| objects.iter().find(|object| object.path == path).map(|object| object.place);
    assert_eq!(place("/project/issues/nodes/0"), Some(GraphqlPlace::Project(22)));
    assert_eq!(
        place("/project/issues/nodes/0/relatedMergeRequests/nodes/0"),
        Some(GraphqlPlace::Project(34))
    );
}
