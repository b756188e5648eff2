//! Documents, planned and answered.

use narrowgate_graphql::answer::{Answer, Asked, FilterOptions};
use narrowgate_graphql::plan::{Object, Plan, Shape};
use narrowgate_graphql::{Decided, Named, Reference};
use serde_json::{Map, Value, json};

use crate::judge::{Grants, Ground, ListJudge};
use crate::small::{Small, given};

/// What an instance answers whose objects have these values, by the names of fields.
fn answered(object: &Object, values: &Value) -> Value {
    let field = |field: &narrowgate_graphql::plan::Field| {
        let value = match &*field.name {
            "__typename" => json!(object.type_name),
            name => shaped(&field.shape, &values[name]),
        };
        (field.wire_key().to_owned(), value)
    };
    object.fields.iter().map(field).collect::<Map<_, _>>().into()
}

fn shaped(shape: &Shape, value: &Value) -> Value {
    match shape {
        Shape::NonNull(inner) => shaped(inner, value),
        _ if value.is_null() => Value::Null,
        Shape::List(item) => value.as_array().unwrap().iter().map(|value| shaped(item, value)).collect(),
        Shape::Leaf(_) => value.clone(),
        Shape::Object(object) => answered(object, value),
        Shape::Abstract(several) => {
            let is_type = |object: &&Object| value["__typename"] == *object.type_name;
            let object = several.objects.iter().find(is_type).unwrap();
            let mut fields = Map::from_iter([(several.typename_key.to_string(), json!(object.type_name))]);
            fields.extend(answered(object, value).as_object().unwrap().clone());
            fields.into()
        }
    }
}

/// What a client sees of a world who has these permissions. Nothing is asked of the judge twice.
fn see(document: &str, world: &Value, grants: &[(&str, Ground)], place: Option<Named>) -> Value {
    let small = Small::new();
    let plan: Plan = small.plan(document).unwrap();
    let permission = |name: &str| small.catalog.permission(name).unwrap().id.index();
    let grants: Grants = grants.iter().map(|(name, ground)| (permission(name), *ground)).collect();
    let fields = plan.root.fields.len();
    let decided = Decided { refused: vec![None; fields], places: vec![place; fields] };
    let variables = given("{}");
    let asked = Asked { plan: &plan, decided: &decided, variables: &variables, relative_root: "" };
    let body = json!({ "data": answered(&plan.root, world) }).to_string();
    let answer = Answer::read(asked, body.as_bytes()).unwrap();
    let mut judge = ListJudge { grants: &grants, places: answer.places().to_vec(), questions: Vec::new() };
    let filtered = answer.filter(&mut judge, FilterOptions::default());
    let mut questions = judge.questions.clone();
    questions.sort();
    questions.dedup();
    assert_eq!(questions.len(), judge.questions.len(), "{:?}", judge.questions);
    assert!(!String::from_utf8_lossy(&filtered.body).contains("\"ng"), "a probe is shown");
    serde_json::from_slice(&filtered.body).unwrap()
}

fn issue(project: u64, title: &str) -> Value {
    json!({
        "__typename": "Issue",
        "id": format!("gid://gitlab/Issue/{project}1"),
        "projectId": project,
        "title": title,
        "secret": format!("secret of {title}"),
        "url": "u",
        "notes": { "count": 1, "nodes": [{ "id": "gid://gitlab/Note/1", "body": format!("note on {title}") }] },
        "related": [],
    })
}

fn connection(nodes: &[Value]) -> Value {
    let edges: Vec<Value> =
        nodes.iter().map(|node| json!({ "cursor": node["title"], "node": node })).collect();
    json!({ "count": nodes.len(), "nodes": nodes, "edges": edges, "pageInfo": { "hasNextPage": false, "endCursor": "of theirs" } })
}

fn world() -> Value {
    let issues = [issue(2, "theirs"), issue(1, "ours")];
    let ours = json!({
        "__typename": "Project",
        "id": "gid://gitlab/Project/1",
        "fullPath": "acme/web",
        "name": "web",
        "issues": connection(&issues),
    });
    let mut linked = issue(1, "linked");
    linked["related"] =
        json!([issue(2, "theirs"), { "__typename": "Badge", "name": "badge" }, issue(1, "ours")]);
    json!({ "project": ours, "issue": linked, "noteable": issue(2, "theirs") })
}

const ON_ONE: &[(&str, Ground)] = &[("read_project", Ground::Project(1)), ("read_issue", Ground::Project(1))];

#[test]
fn nodes_and_edges_of_another_project_are_withheld() {
    let document = r#"{ project(fullPath: "acme/web") { issues { nodes { title } edges { cursor } } } }"#;
    let shown = see(document, &world(), ON_ONE, None);
    assert_eq!(
        shown["data"],
        json!({ "project": { "issues": { "nodes": [{ "title": "ours" }], "edges": [{ "cursor": "ours" }] } } })
    );
    let withheld = shown["extensions"]["narrowgate"]["withheld"].as_array().unwrap();
    let told: Vec<_> =
        withheld.iter().map(|entry| (entry["path"][2].clone(), entry["count"].clone())).collect();
    assert_eq!(told, [(json!("nodes"), json!(1)), (json!("edges"), json!(1))]);
    assert!(!shown.to_string().contains("theirs"), "{shown}");
}

#[test]
fn counts_need_what_their_nodes_need() {
    let document = r#"{ project(fullPath: "acme/web") { name issues { count } } }"#;
    assert_eq!(see(document, &world(), ON_ONE, None)["data"]["project"]["issues"]["count"], 2);
    let only_project = [("read_project", Ground::Project(1))];
    let shown = see(document, &world(), &only_project, None);
    assert_eq!(shown["data"], json!({ "project": { "name": "web", "issues": null } }));
    assert_eq!(shown["errors"][0]["path"], json!(["project", "issues", "count"]));
}

#[test]
fn cursors_need_what_their_nodes_need_where_the_place_decides_these() {
    // A list that is sorted by title has titles in its cursors.
    let document = r#"{ project(fullPath: "acme/web") { name issues { pageInfo { endCursor } } } }"#;
    let shown = see(document, &world(), ON_ONE, None);
    assert_eq!(shown["data"]["project"]["issues"]["pageInfo"], json!({ "endCursor": "of theirs" }));
    let shown = see(document, &world(), &[("read_project", Ground::Project(1))], None);
    assert_eq!(shown["data"], json!({ "project": { "name": "web", "issues": null } }));
    assert!(!shown.to_string().contains("theirs"), "{shown}");
}

#[test]
fn what_filters_find_is_not_told_of_what_is_withheld() {
    let only_project = [("read_project", Ground::Project(1))];
    let find = |arguments: &str, grants: &[(&str, Ground)]| {
        see(
            &format!(
                r#"{{ project(fullPath: "acme/web") {{ name issues{arguments} {{ nodes {{ title }} }} }} }}"#
            ),
            &world(),
            grants,
            None,
        )
    };
    let unfiltered = find("", &only_project);
    assert_eq!(unfiltered["data"]["project"]["issues"], json!({ "nodes": [] }));
    assert_eq!(unfiltered["extensions"]["narrowgate"]["withheld"].as_array().unwrap().len(), 1);
    // Whether an issue has the label is nothing that the number of withheld issues may tell.
    let filtered = find(r#"(labels: ["secret"])"#, &only_project);
    assert_eq!(filtered["data"], json!({ "project": { "name": "web", "issues": null } }));
    assert_eq!(filtered["errors"][0]["path"], json!(["project", "issues"]));
    assert_eq!(filtered["extensions"], Value::Null);
    let own = find(r#"(labels: ["secret"])"#, ON_ONE);
    assert_eq!(own["data"]["project"]["issues"], json!({ "nodes": [{ "title": "ours" }] }));
}

#[test]
fn guarded_fields_are_decided_where_their_object_is() {
    let document = r#"{ issue(id: "gid://gitlab/Issue/11") { title secret } }"#;
    let mut grants = ON_ONE.to_vec();
    assert_eq!(
        see(document, &world(), &grants, None)["data"],
        json!({ "issue": { "title": "linked", "secret": null } })
    );
    grants.push(("audit_issue", Ground::Project(2)));
    assert_eq!(see(document, &world(), &grants, None)["data"]["issue"]["secret"], Value::Null);
    grants.push(("audit_issue", Ground::Project(1)));
    assert_eq!(see(document, &world(), &grants, None)["data"]["issue"]["secret"], "secret of linked");
}

#[test]
fn unions_and_interfaces_are_decided_object_by_object() {
    let document = r#"{
        issue(id: "gid://gitlab/Issue/11") { related { __typename ... on Issue { title } ... on Badge { name } } }
        noteable(id: "gid://gitlab/Issue/21") { notes { nodes { body } } }
    }"#;
    let shown = see(document, &world(), ON_ONE, None);
    let related =
        json!([{ "__typename": "Badge", "name": "badge" }, { "__typename": "Issue", "title": "ours" }]);
    assert_eq!(shown["data"], json!({ "issue": { "related": related }, "noteable": null }));
    assert!(!shown.to_string().contains("theirs"), "{shown}");
}

#[test]
fn what_inherits_a_place_is_where_its_container_is() {
    let document = r#"{ issue(id: "gid://gitlab/Issue/11") { notes { count nodes { body } } } }"#;
    let shown = see(document, &world(), ON_ONE, None);
    assert_eq!(
        shown["data"]["issue"]["notes"],
        json!({ "count": 1, "nodes": [{ "body": "note on linked" }] })
    );
    let elsewhere = [("read_issue", Ground::Project(1)), ("read_project", Ground::Project(2))];
    let shown = see(document, &world(), &elsewhere, Some(Named::Project(Reference::Id(2))));
    assert_eq!(shown["data"]["issue"]["notes"], Value::Null);
}
