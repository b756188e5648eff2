//! What is refused as no answer to the document.

use narrowgate_catalog::BoundaryType;
use narrowgate_graphql::answer::{Answer, Asked, Mismatch, MismatchKind};
use narrowgate_graphql::guard::Class;
use narrowgate_graphql::plan::{Field, Leaf, Plan, Shape, Variables};
use narrowgate_graphql::{Decided, Named, Reference};

use crate::build::{field, leaf, list, located, non_null, object, of, one_of, plan, rules};
use crate::judge::{not_found, undecided};

/// `project { name! tags issues { nodes: [Issue!] } any }`, where each issue is an `Issue` or a `Task`.
fn small() -> Plan {
    let read = rules(1, 1, &[BoundaryType::Project]);
    let issue = one_of(vec![
        located("Issue", &read, vec![field("title", leaf())]),
        object(
            "Task",
            Class::Part,
            vec![Field { name: "__typename".into(), ..field("kind", non_null(leaf())) }],
        ),
    ]);
    let connection =
        object("IssueConnection", Class::Structural, vec![field("nodes", list(non_null(issue)))]);
    let fields = vec![
        field("name", non_null(leaf())),
        field("tags", list(list(leaf()))),
        field("issues", of(connection)),
        field("any", Shape::Leaf(Leaf::Any)),
    ];
    plan(vec![field("project", of(located("Project", &read, fields)))])
}

fn read(body: &[u8]) -> Result<Vec<Named>, Mismatch> {
    let plan = small();
    let (decided, variables) = (undecided(&plan), Variables::default());
    let asked = Asked { plan: &plan, decided: &decided, variables: &variables, relative_root: "" };
    Answer::read(asked, body).map(|answer| answer.places().to_vec())
}

fn project(fields: &str) -> String {
    format!(r#"{{"data":{{"project":{{{fields},"ng1_1":"gid://gitlab/Project/1"}}}}}}"#)
}

#[test]
fn what_was_asked_for_is_read() {
    let body = project(
        r#""name":"a","tags":[["x",null],null,[]],"issues":{"nodes":[{"ng1_0":"Issue","title":"t","ng1_1":"gid://gitlab/Project/2"},{"ng1_0":"Task","kind":"Task"}]},"any":{"a":[1,{}],"a":2}"#,
    );
    let places = [1, 2].map(|id| Named::Project(Reference::Id(id)));
    assert_eq!(read(body.as_bytes()).unwrap().len(), 2);
    for place in places {
        assert!(read(body.as_bytes()).unwrap().contains(&place), "{place:?}");
    }
    assert_eq!(read(br#"{"data":{"project":null},"extensions":{},"correlationId":"01"}"#), Ok(Vec::new()));
    assert_eq!(read(br#"{"errors":[{"message":"no","path":["project",0]}]}"#), Ok(Vec::new()));
    assert_eq!(read(br#"{"data":null,"errors":[{"message":"no"}]}"#), Ok(Vec::new()));
    // Keys in another order, and spelt with an escape.
    let body = r#"{"data":{"project":{"ng1_1":null,"any":1,"issues":null,"t\u0061gs":null,"name":1}}}"#;
    assert_eq!(read(body.as_bytes()), Ok(Vec::new()));
}

#[test]
fn what_was_not_asked_for_is_refused() {
    use MismatchKind::{Missing, NoData, NotJson, Null, Repeated, Unexpected, UnknownType, WrongType};
    let rest = r#""issues":null,"any":null"#;
    for (body, path, kind) in [
        ("".to_owned(), "", NotJson),
        ("{}".to_owned(), "", NoData),
        ("null".to_owned(), "", WrongType),
        (r#"{"data":null}"#.to_owned(), "", NoData),
        (r#"{"data":null,"errors":[]}"#.to_owned(), "", NoData),
        (r#"{"data":[]}"#.to_owned(), "", WrongType),
        (r#"{"data":{}}"#.to_owned(), "project", Missing),
        (r#"{"data":{"project":null}} x"#.to_owned(), "", NotJson),
        (r#"{"data":{"project":null}"#.to_owned(), "", NotJson),
        (r#"{"data":{"project":null},"data":{"project":null}}"#.to_owned(), "", Repeated),
        (r#"{"data":{"project":null},"errors":{}}"#.to_owned(), "", WrongType),
        (r#"{"data":{"project":null},"errors":[{}]}"#.to_owned(), "", WrongType),
        (r#"{"data":{"project":null},"errors":[{"message":{}}]}"#.to_owned(), "", WrongType),
        (r#"{"data":{"project":null},"errors":[{"message":"a","message":"b"}]}"#.to_owned(), "", WrongType),
        (r#"{"data":{"project":null},"errors":[{"message":"a","path":[-1]}]}"#.to_owned(), "", WrongType),
        (r#"{"data":{"project":null,"secret":1}}"#.to_owned(), "", Unexpected),
        (r#"{"data":{"project":null,"project":null}}"#.to_owned(), "project", Repeated),
        (r#"{"data":{"project":[]}}"#.to_owned(), "project", WrongType),
        (r#"{"data":{"project":"secret"}}"#.to_owned(), "project", WrongType),
        (project(&format!(r#""name":null,"tags":null,{rest}"#)), "project.name", Null),
        (project(&format!(r#""name":{{}},"tags":null,{rest}"#)), "project.name", WrongType),
        (project(&format!(r#""name":["secret"],"tags":null,{rest}"#)), "project.name", WrongType),
        (project(&format!(r#""name":1,"tags":{{}},{rest}"#)), "project.tags", WrongType),
        (project(&format!(r#""name":1,"tags":["secret"],{rest}"#)), "project.tags.0", WrongType),
        (project(&format!(r#""name":1,"tags":[null,[1,[]]],{rest}"#)), "project.tags.1.1", WrongType),
        (project(r#""name":1,"tags":null,"any":1"#), "project.issues", Missing),
        (project(r#""name":1,"n\u0061me":1,"tags":null,"any":1"#), "project.name", Repeated),
        (
            project(r#""name":1,"tags":null,"issues":{"nodes":[null]},"any":1"#),
            "project.issues.nodes.0",
            Null,
        ),
        (
            project(r#""name":1,"tags":null,"issues":{"nodes":[{}]},"any":1"#),
            "project.issues.nodes.0",
            Missing,
        ),
        (
            project(
                r#""name":1,"tags":null,"issues":{"nodes":[{"title":1,"ng1_0":"Issue","ng1_1":null}]},"any":1"#,
            ),
            "project.issues.nodes.0",
            Unexpected,
        ),
        (
            project(r#""name":1,"tags":null,"issues":{"nodes":[{"ng1_0":"Epic","title":1}]},"any":1"#),
            "project.issues.nodes.0",
            UnknownType,
        ),
        (
            project(r#""name":1,"tags":null,"issues":{"nodes":[{"ng1_0":"Task","kind":"Issue"}]},"any":1"#),
            "project.issues.nodes.0.kind",
            UnknownType,
        ),
        (
            project(r#""name":1,"tags":null,"issues":{"nodes":[{"ng1_0":"Issue","ng1_0":"Task"}]},"any":1"#),
            "project.issues.nodes.0",
            Unexpected,
        ),
        (project(r#""name":01,"tags":null,"issues":null,"any":1"#), "project.name", NotJson),
    ] {
        let mismatch = read(body.as_bytes()).expect_err(&body);
        assert_eq!((mismatch.path.as_str(), mismatch.kind), (path, kind), "{body}");
        let told = format!("{mismatch} {mismatch:?}");
        assert!(!told.contains("secret"), "{told}");
    }
    assert_eq!(read(b"{\"data\":{\"project\":\"\xff\"}}").unwrap_err().kind, NotJson);
    let deep = format!("{}1", "[".repeat(100_000));
    assert_eq!(read(project(&format!(r#""name":1,"tags":{deep}"#)).as_bytes()).unwrap_err().kind, NotJson);
    assert_eq!(read(project(&format!(r#""any":{deep}"#)).as_bytes()).unwrap_err().kind, NotJson);
}

#[test]
fn what_was_not_forwarded_is_not_expected() {
    let plan = plan(vec![field("a", leaf()), field("b", leaf())]);
    let decided = Decided { refused: vec![Some(not_found()), None], places: vec![None, None] };
    let variables = Variables::default();
    let asked = Asked { plan: &plan, decided: &decided, variables: &variables, relative_root: "" };
    assert!(Answer::read(asked, br#"{"data":{"b":1}}"#).is_ok());
    assert_eq!(Answer::read(asked, br#"{"data":{"a":1,"b":1}}"#).unwrap_err().kind, MismatchKind::Unexpected);
    let of_another = Decided::default();
    let asked = Asked { decided: &of_another, ..asked };
    assert_eq!(Answer::read(asked, br#"{"data":{"a":1,"b":1}}"#).unwrap_err().kind, MismatchKind::OtherPlan);
}
