//! What clients see.

use std::sync::Arc;

use narrowgate_catalog::BoundaryType::{Group, Instance, Project, User};
use narrowgate_graphql::Decided;
use narrowgate_graphql::guard::Class;
use narrowgate_graphql::plan::{Field, Kind, LocatedBy, Object, Plan, Shape};
use narrowgate_graphql::{Named, Reference};

use crate::build::permission_id;
use crate::build::{
    field, guarded, hidden, leaf, list, located, non_null, object, of, of_parent, one_of, plan, rules,
};
use crate::judge::{Grants, Ground, filter, filter_decided, missing};

const PROJECT: usize = 1;
const ISSUE: usize = 2;
const SECRET: usize = 3;

fn see(plan: &Plan, body: &str, grants: &Grants) -> String {
    pretty(&filter(plan, body, grants).unwrap().body)
}

fn pretty(body: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(body).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn project(fields: Vec<Field>) -> Shape {
    of(located("Project", &rules(1, PROJECT, &[Project]), fields))
}

fn issue(fields: Vec<Field>) -> Object {
    located("Issue", &rules(2, ISSUE, &[Project, Group]), fields)
}

/// Permissions on project 1 and group 1.
fn on_one(permissions: &[usize]) -> Grants {
    let grounds =
        |permission: &usize| [Ground::Project(1), Ground::Group(1)].map(|ground| (*permission, ground));
    permissions.iter().flat_map(grounds).collect()
}

#[test]
fn numbers_and_strings_are_the_bytes_they_were() {
    let plan = plan(
        vec![project(vec![field("a", leaf()), field("b", Shape::Leaf(narrowgate_graphql::plan::Leaf::Any))])]
            .into_iter()
            .map(|shape| field("project", shape))
            .collect(),
    );
    let body = |inner: &str| {
        format!(r#"{{ "data" : {{ "project" : {{ {inner} , "ng1_1" : "gid:\/\/gitlab\/Project\/1" }} }} }}"#)
    };
    let body = body(r#""a" : 1.50E+0400 , "b" : {"x" :[ "\u00e9\/\ud800"] }"#);
    let filtered = filter(&plan, &body, &on_one(&[PROJECT])).unwrap();
    assert_eq!(
        String::from_utf8(filtered.body).unwrap(),
        r#"{"data":{"project":{"a":1.50E+0400,"b":{"x" :[ "\u00e9\/\ud800"] }}}}"#
    );
}

#[test]
fn withheld_items_are_removed_and_counted() {
    let nodes = object(
        "IssueConnection",
        Class::Structural,
        vec![field("nodes", list(non_null(of(issue(vec![field("title", leaf())])))))],
    );
    let plan = plan(vec![field("project", project(vec![field("issues", of(nodes)), field("name", leaf())]))]);
    let item = |place: &str, title: &str| format!(r#"{{"title":"{title}","ng1_1":{place}}}"#);
    let body = format!(
        r#"{{"data":{{"project":{{"issues":{{"nodes":[{},{},{},{},{}]}},"name":"web","ng1_1":"gid://gitlab/Project/1"}}}}}}"#,
        item(r#""gid://gitlab/Project/2""#, "of another project"),
        item(r#""gid://gitlab/Project/1""#, "first"),
        item(r#""gid://gitlab/Project/3""#, "of a third"),
        item("null", "of none"),
        item(r#""gid://gitlab/Group/1""#, "second"),
    );
    insta::assert_snapshot!(see(&plan, &body, &on_one(&[PROJECT, ISSUE])));
    let filtered = filter(&plan, &body, &on_one(&[PROJECT, ISSUE])).unwrap();
    assert_eq!((filtered.withheld, filtered.nulled), (3, 0));
    assert_eq!(see(&plan, &body, &Vec::new()).matches("web").count(), 0);
}

#[test]
fn a_withheld_value_is_null_and_bubbles_as_the_schema_demands() {
    let inner = |shape: Shape| {
        of(object(
            "Part",
            Class::Part,
            vec![field("before", leaf()), field("issue", shape), field("after", leaf())],
        ))
    };
    let secret = |shape: fn(Shape) -> Shape| {
        shape(of(located("Secret", &rules(3, SECRET, &[Project]), vec![field("value", leaf())])))
    };
    let plan = plan(vec![field(
        "project",
        project(vec![
            field("name", leaf()),
            field("nullable", inner(secret(|shape| shape))),
            field("bubbles", inner(secret(non_null))),
            field("items", list(inner(secret(non_null)))),
            field("required", list(non_null(inner(secret(non_null))))),
            field("lists", list(list(non_null(inner(secret(non_null)))))),
        ]),
    )]);
    let item = r#"{"before":"b","issue":{"value":"v","ng1_1":"gid://gitlab/Project/1"},"after":"a"}"#;
    let body = format!(
        r#"{{"data":{{"project":{{"name":"web","nullable":{item},"bubbles":{item},"items":[{item},null],"required":[{item},{item}],"lists":[[],[{item}]],"ng1_1":"gid://gitlab/Project/1"}}}}}}"#
    );
    insta::assert_snapshot!(see(&plan, &body, &on_one(&[PROJECT])));
    let all = filter(&plan, &body, &on_one(&[PROJECT, SECRET])).unwrap();
    assert_eq!((all.withheld, all.nulled), (0, 0));
}

#[test]
fn nulls_reach_the_root() {
    let secret = non_null(of(located("Secret", &rules(3, SECRET, &[Project]), vec![field("value", leaf())])));
    let plan = plan(vec![field("first", leaf()), field("secret", secret)]);
    let body = r#"{"data":{"first":1,"secret":{"value":1,"ng1_1":"gid://gitlab/Project/1"}},"errors":[{"message":"of first","path":["first"]}]}"#;
    insta::assert_snapshot!(see(&plan, body, &Vec::new()));
}

#[test]
fn edges_go_with_their_nodes() {
    let edge = |node: Field| {
        let fields = vec![field("cursor", leaf()), Field { takes_parent: true, ..node }];
        object("IssueEdge", Class::Structural, fields)
    };
    let shown = edge(field("node", of(issue(vec![field("title", leaf())]))));
    let only_hidden = edge(hidden("ng1_2", of(issue(vec![]))));
    let plan = plan(vec![field(
        "project",
        project(vec![
            field("shown", list(of(shown.clone()))),
            field("hidden", list(non_null(of(only_hidden)))),
            field("single", of(shown)),
        ]),
    )]);
    let edge = |key: &str, title: &str, project: u8| {
        format!(r#"{{"cursor":"c{project}","{key}":{{{title}"ng1_1":"gid://gitlab/Project/{project}"}}}}"#)
    };
    let shown = |project: u8| edge("node", r#""title":"t","#, project);
    let hidden = |project: u8| edge("ng1_2", "", project);
    let body = format!(
        r#"{{"data":{{"project":{{"shown":[{},{},{{"cursor":"of nothing","node":null}}],"hidden":[{},{}],"single":{},"ng1_1":"gid://gitlab/Project/1"}}}}}}"#,
        shown(2),
        shown(1),
        hidden(1),
        hidden(2),
        shown(2),
    );
    insta::assert_snapshot!(see(&plan, &body, &on_one(&[PROJECT, ISSUE])));
}

#[test]
fn objects_of_several_types_are_each_decided() {
    let things = one_of(vec![
        issue(vec![field("title", leaf())]),
        object("Label", Class::Part, vec![field("name", leaf())]),
        object("Odd", Class::Unclassified, vec![field("name", leaf())]),
        object("Empty", Class::Part, vec![]),
        object("Badge", Class::Public, vec![field("name", leaf())]),
    ]);
    let plan = plan(vec![field(
        "project",
        project(vec![field("things", list(things.clone())), field("one", things)]),
    )]);
    let body = r#"{"data":{"project":{"things":[
        {"ng1_0":"Issue","title":"theirs","ng1_1":"gid://gitlab/Project/2"},
        {"ng1_0":"Label","name":"label"},
        {"ng1_0":"Odd","name":"odd"},
        {"ng1_0":"Empty"},
        {"ng1_0":"Issue","title":"ours","ng1_1":"gid://gitlab/Project/1"},
        {"ng1_0":"Badge","name":"badge"}
    ],"one":{"ng1_0":"Odd","name":"odd"},"ng1_1":"gid://gitlab/Project/1"}}}"#;
    insta::assert_snapshot!(see(&plan, body, &on_one(&[PROJECT, ISSUE])));
}

#[test]
fn guarded_fields_and_counts_are_decided_where_they_are() {
    let counts = [guarded(&rules(2, ISSUE, &[Project, Group]))];
    let connection = object(
        "IssueConnection",
        Class::Structural,
        vec![Field { counts: counts.into(), ..field("count", non_null(leaf())) }, field("pageInfo", leaf())],
    );
    let fields = vec![
        Field { guard: Some(of_parent(SECRET)), ..field("token", leaf()) },
        field("issues", of(connection)),
        field("name", leaf()),
    ];
    let plan = plan(vec![field("projects", list(project(fields)))]);
    let item = |id: u8| {
        format!(
            r#"{{"token":"t{id}","issues":{{"count":{id},"pageInfo":1}},"name":"n{id}","ng1_1":"gid://gitlab/Project/{id}"}}"#
        )
    };
    let body = format!(r#"{{"data":{{"projects":[{},{}]}}}}"#, item(1), item(2));
    let mut grants = on_one(&[PROJECT, SECRET, ISSUE]);
    grants.push((PROJECT, Ground::Project(2)));
    insta::assert_snapshot!(see(&plan, &body, &grants));
}

#[test]
fn refused_root_fields_are_null_at_their_place() {
    let payload =
        |name: &str| of(object(name, Class::Structural, vec![field("errors", list(non_null(leaf())))]));
    let mut plan =
        plan(vec![field("first", payload("A")), field("second", payload("B")), field("third", payload("C"))]);
    plan.kind = Kind::Mutation;
    let place = || Some(Named::Project(Reference::Id(1)));
    let decided = Decided {
        refused: vec![None, Some(missing(&[permission_id(SECRET)])), None],
        places: vec![place(), None, place()],
    };
    let body = r#"{"data":{"first":{"errors":[]},"third":{"errors":["taken"]}}}"#;
    let filtered = filter_decided(&plan, &decided, body, &Vec::new()).unwrap();
    insta::assert_snapshot!(pretty(&filtered.body));
}

#[test]
fn errors_of_the_instance_follow_what_they_are_about() {
    let node = issue(vec![
        field("title", leaf()),
        field("secret", of(located("Secret", &rules(3, SECRET, &[Project]), vec![field("value", leaf())]))),
    ]);
    let plan = plan(vec![field(
        "project",
        project(vec![
            field("issues", list(of(node))),
            field("gone", of(issue(vec![field("title", leaf())]))),
            field("part", of(object("Part", Class::Part, vec![field("name", leaf())]))),
        ]),
    )]);
    let item = |id: u8| {
        format!(
            r#"{{"title":null,"secret":{{"value":null,"ng1_1":null}},"ng1_1":"gid://gitlab/Project/{id}"}}"#
        )
    };
    let paths = [
        ("kept at 0", r#"["project","issues",1,"title"]"#),
        ("kept at 1", r#"["project","issues",3,"title"]"#),
        ("kept at the field", r#"["project","gone"]"#),
        ("kept below a part", r#"["project","part","name"]"#),
        ("dropped: withheld item", r#"["project","issues",0,"title"]"#),
        ("dropped: withheld value", r#"["project","issues",1,"secret","value"]"#),
        ("dropped: withheld value itself", r#"["project","issues",1,"secret"]"#),
        ("dropped: probe", r#"["project","ng1_1"]"#),
        ("dropped: below an object that nobody decided", r#"["project","gone","title"]"#),
        ("dropped: a probe below null", r#"["project","gone","ng1_1"]"#),
        ("dropped: no such item", r#"["project","issues",9]"#),
        ("dropped: no such field", r#"["project","other"]"#),
        ("dropped: below a leaf", r#"["project","issues",1,"title","x"]"#),
    ];
    let errors: Vec<String> = paths
        .iter()
        .map(|(message, path)| format!(r#"{{"message":"{message}","path":{path},"locations":[{{"line":9,"column":9}}],"extensions":{{"code":"x"}}}}"#))
        .collect();
    // The project's probe works, although an error claims that it failed, in another answer below.
    let body = |errors: &str| {
        format!(
            r#"{{"data":{{"project":{{"issues":[{},{},{},{}],"gone":null,"part":null,"ng1_1":"gid://gitlab/Project/1"}}}},"errors":[{errors}]}}"#,
            item(2),
            item(1),
            item(2),
            item(1),
        )
    };
    let without_doubt: Vec<&str> =
        errors.iter().filter(|error| !error.contains(r#""project","ng1_1""#)).map(String::as_str).collect();
    let with_pathless = format!(r#"{},{{"message":"kept: without a path"}}"#, without_doubt.join(","));
    insta::assert_snapshot!(see(&plan, &body(&with_pathless), &on_one(&[PROJECT, ISSUE])));
    insta::assert_snapshot!("failed_probe", see(&plan, &body(&errors.join(",")), &on_one(&[PROJECT, ISSUE])));
}

#[test]
fn a_document_that_the_instance_refused_shows_its_messages_without_probes() {
    let plan = plan(vec![field("a", project(vec![field("name", leaf())]))]);
    let body = r#"{"errors":[{"message":"Field 'name' doesn't exist","path":["query","a","name"],"locations":[{"line":1,"column":9}]},{"message":"Field 'id' (ng1_1) doesn't exist"}]}"#;
    insta::assert_snapshot!(see(&plan, body, &Vec::new()));
    insta::assert_snapshot!(
        "only_of_probes",
        see(&plan, r#"{"errors":[{"message":"about ng1_1"}]}"#, &Vec::new())
    );
}

#[test]
fn what_inherits_is_where_the_nearest_guarded_object_is() {
    let inheriting = |name: &str, boundaries: &[_]| {
        let rules = rules(if boundaries == [Project] { 5 } else { 6 }, SECRET, boundaries);
        let object = object(name, guarded(&rules), vec![field("value", leaf())]);
        of(Object { located_by: [LocatedBy::Inherit].into(), ..object })
    };
    let below =
        |class: Class| of(object("Between", class, vec![field("child", inheriting("Child", &[Project]))]));
    let owner = of(object(
        "CurrentUser",
        guarded(&rules(4, PROJECT, &[User])),
        vec![
            field("child", inheriting("Child", &[Project])),
            field("own", inheriting("Own", &[Project, User, Instance])),
        ],
    ));
    let elsewhere = Arc::new(narrowgate_graphql::guard::FieldGuard { needs: [].into(), elsewhere: true });
    let plan = plan(vec![
        field(
            "project",
            project(vec![
                field("child", inheriting("Child", &[Project])),
                field("part", below(Class::Part)),
                field("structure", below(Class::Structural)),
                field("public", below(Class::Public)),
                Field { guard: Some(elsewhere), ..field("elsewhere", inheriting("Child", &[Project])) },
            ]),
        ),
        field("owner", owner),
        field("root", inheriting("Child", &[Project])),
        field("decided", inheriting("Child", &[Project])),
    ]);
    let between = r#"{"child":{"value":1}}"#;
    let body = format!(
        r#"{{"data":{{"project":{{"child":{{"value":1}},"part":{between},"structure":{between},"public":{between},"elsewhere":{{"value":1}},"ng1_1":"gid://gitlab/Project/1"}},"owner":{{"child":{{"value":1}},"own":{{"value":1}}}},"root":{{"value":1}},"decided":{{"value":1}}}}}}"#
    );
    let mut grants = on_one(&[PROJECT, SECRET]);
    grants.extend([(PROJECT, Ground::User), (SECRET, Ground::User)]);
    let decided = Decided {
        refused: vec![None; 4],
        places: vec![None, None, None, Some(Named::Project(Reference::Id(1)))],
    };
    let filtered = filter_decided(&plan, &decided, &body, &grants).unwrap();
    insta::assert_snapshot!(pretty(&filtered.body));
}

#[test]
fn a_flood_of_refusals_is_cut_and_counted() {
    let fields = vec![Field { guard: Some(of_parent(SECRET)), ..field("token", leaf()) }];
    let part = of(object("Part", Class::Part, fields));
    let plan = plan(vec![field("project", project(vec![field("parts", list(part))]))]);
    let parts = vec![r#"{"token":"t"}"#; 1_234].join(",");
    let body = format!(r#"{{"data":{{"project":{{"parts":[{parts}],"ng1_1":"gid://gitlab/Project/1"}}}}}}"#);
    let filtered = filter(&plan, &body, &on_one(&[PROJECT])).unwrap();
    let shown: serde_json::Value = serde_json::from_slice(&filtered.body).unwrap();
    assert_eq!(filtered.nulled, 1_234);
    assert_eq!(shown["data"]["project"]["parts"].as_array().unwrap().len(), 1_234);
    assert_eq!(shown["errors"].as_array().unwrap().len(), 1_000);
    assert_eq!(shown["extensions"]["narrowgate"], serde_json::json!({ "withheld": [], "omitted": 234 }));
}

#[test]
fn lists_of_lists_lose_items_where_they_are() {
    let matrix = list(list(of(issue(vec![field("title", leaf())]))));
    let plan = plan(vec![field("project", project(vec![field("matrix", matrix)]))]);
    let item = |project: u8| format!(r#"{{"title":"t{project}","ng1_1":"gid://gitlab/Project/{project}"}}"#);
    let body = format!(
        r#"{{"data":{{"project":{{"matrix":[[{},{},null],null,[{}],[]],"ng1_1":"gid://gitlab/Project/1"}}}},"errors":[{{"message":"of the third","path":["project","matrix",0,2]}}]}}"#,
        item(2),
        item(1),
        item(2),
    );
    insta::assert_snapshot!(see(&plan, &body, &on_one(&[PROJECT, ISSUE])));
}
