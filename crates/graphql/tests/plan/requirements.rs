//! What root fields need before they are forwarded.

use narrowgate_catalog::BoundaryType;
use narrowgate_graphql::plan::{At, Fault, Plan, PlanError, RootCheck, Shape, requirements};
use narrowgate_graphql::{Named, Reference};

use crate::small::{Small, given};

fn checks(small: &Small, document: &str, variables: &str) -> Result<Vec<RootCheck>, PlanError> {
    let plan: Plan = small.plan_with(document, None, variables)?;
    plan.root_checks(&given(variables))
}

fn name(place: &Named) -> String {
    match place {
        Named::Project(Reference::Path(path)) => format!("project {path:?}"),
        Named::Project(Reference::Id(id)) => format!("project {id}"),
        Named::Group(Reference::Path(path)) => format!("group {path:?}"),
        Named::Group(Reference::Id(id)) => format!("group {id}"),
        Named::Container(path) => format!("container {path:?}"),
        Named::OwnNamespace(path) => format!("own {path:?}"),
        Named::Record(id) => id.to_string(),
        Named::User => "user".to_owned(),
        Named::Instance => "instance".to_owned(),
    }
}

/// `read_project at project "a"; …`: requirements with `; `, candidates with ` or `. A field that isn't covered is `?`.
fn told(small: &Small, check: &RootCheck) -> String {
    let candidate = |candidate: &narrowgate_graphql::plan::Candidate| {
        let permissions = candidate.permissions.iter().map(|id| small.catalog.describe(*id).name.to_string());
        let permissions = permissions.collect::<Vec<_>>().join("+");
        let at = match &candidate.at {
            At::Place { boundary, named } => {
                let kind = (!matches!(
                    (boundary, named),
                    (BoundaryType::Project, Named::Project(_)) | (BoundaryType::Group, Named::Group(_))
                ))
                .then(|| format!(" as {}", boundary.as_str()));
                format!("{}{}", name(named), kind.unwrap_or_default())
            }
            At::Parent(boundary) => format!("its {}", boundary.as_str()),
            At::User => "user".to_owned(),
            At::Instance => "instance".to_owned(),
        };
        format!("{permissions} at {at}")
    };
    let requirements = check.requirements.iter().map(|requirement| {
        let candidates: Vec<String> = requirement.any.iter().map(candidate).collect();
        if candidates.is_empty() { "nowhere".to_owned() } else { candidates.join(" or ") }
    });
    let told = requirements.collect::<Vec<_>>().join("; ");
    if check.is_covered { told } else { format!("? {told}") }
}

#[test]
fn root_fields_need_what_their_arguments_name() {
    let small = Small::new();
    let cases = [
        ("{ project(fullPath: \"a/b\") { name } }", "{}", r#"read_project at project "a/b""#),
        ("{ group(fullPath: \"a\") { name } }", "{}", r#"read_group_project at group "a""#),
        ("{ metadata { version } }", "{}", ""),
        ("{ __typename }", "{}", ""),
        ("{ __schema { queryType { name } } }", "{}", ""),
        ("{ echo(text: \"x\") }", "{}", ""),
        ("{ currentUser { id } }", "{}", ""),
        ("{ related { __typename } }", "{}", "? "),
        ("{ orphan { id } }", "{}", "? "),
        ("{ ref { name } }", "{}", "read_issue at instance"),
        ("{ issue(id: \"gid://gitlab/Issue/1\") { id } }", "{}", ""),
        // Variables, their defaults, the schema's defaults, and null.
        (
            "query($p: ID!) { project(fullPath: $p) { name } }",
            r#"{"p": "a/b"}"#,
            r#"read_project at project "a/b""#,
        ),
        ("query($p: ID! = \"d\") { project(fullPath: $p) { name } }", "{}", r#"read_project at project "d""#),
        (
            "query($p: ID! = \"d\") { project(fullPath: $p) { name } }",
            r#"{"p": "x"}"#,
            r#"read_project at project "x""#,
        ),
        ("{ settings { value } }", "{}", r#"read_project at project "acme/default""#),
        (
            "query($p: ID) { settings(projectPath: $p) { value } }",
            "{}",
            r#"read_project at project "acme/default""#,
        ),
        (
            "query($p: ID = \"d\") { settings(projectPath: $p) { value } }",
            "{}",
            r#"read_project at project "d""#,
        ),
        (
            "query($p: ID) { settings(projectPath: $p) { value } }",
            r#"{"p": "v"}"#,
            r#"read_project at project "v""#,
        ),
        ("query($p: ID) { settings(projectPath: $p) { value } }", r#"{"p": null}"#, "nowhere"),
        ("{ settings(projectPath: null) { value } }", "{}", "nowhere"),
        // An ID is text or a whole number.
        ("{ project(fullPath: 5) { name } }", "{}", r#"read_project at project "5""#),
        (
            "query($p: ID!) { project(fullPath: $p) { name } }",
            r#"{"p": 5}"#,
            r#"read_project at project "5""#,
        ),
        // Odd paths are passed on as they are: the directory refuses what isn't well formed.
        (
            "{ project(fullPath: \"Acme//../we%62.x \") { name } }",
            "{}",
            r#"read_project at project "Acme//../we%62.x ""#,
        ),
        ("{ project(fullPath: \"\") { name } }", "{}", r#"read_project at project """#),
    ];
    for (document, variables, expected) in cases {
        let found = checks(&small, document, variables).unwrap_or_else(|error| panic!("{document}: {error}"));
        assert_eq!(
            found.iter().map(|check| told(&small, check)).collect::<Vec<_>>(),
            [expected],
            "{document} {variables}"
        );
    }
}

#[test]
fn mutations_need_what_their_input_names() {
    let small = Small::new();
    let create = "mutation($in: CreateIssueInput!) { createIssue(input: $in) { errors } }";
    let moved = "mutation($in: MoveIssueInput!) { moveIssue(input: $in) { errors } }";
    let cases = [
        (
            "mutation { createIssue(input: {projectPath: \"a\", title: \"t\"}) { errors } }",
            "{}",
            r#"create_issue at project "a""#,
        ),
        (
            "mutation($p: ID!) { createIssue(input: {title: \"t\", projectPath: $p}) { errors } }",
            r#"{"p": "b"}"#,
            r#"create_issue at project "b""#,
        ),
        (create, r#"{"in": {"projectPath": "c", "title": "t"}}"#, r#"create_issue at project "c""#),
        (create, r#"{"in": {"title": "t"}}"#, "nowhere"),
        (create, r#"{"in": {"projectPath": null, "title": "t"}}"#, "nowhere"),
        (create, r#"{"in": {"title": {"projectPath": "d"}}}"#, "nowhere"),
        (
            moved,
            r#"{"in": {"id": "gid://gitlab/Issue/7"}}"#,
            "update_issue at gid://gitlab/Issue/7 as project",
        ),
        ("mutation { unknownThing(input: {projectPath: \"a\", title: \"t\"}) { errors } }", "{}", "? "),
    ];
    for (document, variables, expected) in cases {
        let found = checks(&small, document, variables).unwrap_or_else(|error| panic!("{document}: {error}"));
        assert_eq!(
            found.iter().map(|check| told(&small, check)).collect::<Vec<_>>(),
            [expected],
            "{document} {variables}"
        );
    }
}

#[test]
fn every_place_that_is_named_must_hold() {
    let small = Small::new();
    let document = "mutation { moveIssue(input: {id: \"gid://gitlab/Issue/3\", projectPath: \"a\", targetProjectPath: \"c\"}) { errors } }";
    let found = checks(&small, document, "{}").unwrap();
    let told = told(&small, &found[0]);
    for place in ["gid://gitlab/Issue/3 as project", r#"project "a""#, r#"project "c""#] {
        assert!(told.contains(&format!("update_issue at {place}")), "{told}");
    }
}

#[test]
fn variables_of_wrong_types_are_refused() {
    let small = Small::new();
    let project = "query($p: ID!) { project(fullPath: $p) { name } }";
    let create = "mutation($in: CreateIssueInput!) { createIssue(input: $in) { errors } }";
    let moved = "mutation($id: IssueID!) { moveIssue(input: {id: $id}) { errors } }";
    let cases = [
        (project, "{}"),
        (project, r#"{"p": null}"#),
        (project, r#"{"p": true}"#),
        (project, r#"{"p": 1.5}"#),
        (project, r#"{"p": 123456789012345678901234567890}"#),
        (project, r#"{"p": {"p": "a"}}"#),
        (project, r#"{"p": [null]}"#),
        (project, r#"{"p": ["a", ["b", 1.5]]}"#),
        (create, "{}"),
        (create, r#"{"in": null}"#),
        (create, r#"{"in": "a"}"#),
        (create, r#"{"in": {"projectPath": {"x": "a"}, "title": "t"}}"#),
        (create, r#"{"in": {"projectPath": false, "title": "t"}}"#),
        (moved, r#"{"id": "7"}"#),
        (moved, r#"{"id": 7}"#),
        (moved, r#"{"id": "gid://gitlab/Issue/07"}"#),
        (moved, r#"{"id": "Z2lkOi8vZ2l0bGFiL0lzc3VlLzc"}"#),
    ];
    for (document, variables) in cases {
        let error = checks(&small, document, variables).expect_err(variables);
        assert_eq!(error.fault, Fault::Variables, "{variables}: {error}");
    }
}

#[test]
fn each_element_of_a_list_is_a_requirement() {
    let small = Small::new();
    let project = "query($p: ID!) { project(fullPath: $p) { name } }";
    let found = checks(&small, project, r#"{"p": ["a", "b", "a"]}"#).unwrap();
    assert_eq!(told(&small, &found[0]), r#"read_project at project "a"; read_project at project "b""#);
    let found = checks(&small, project, r#"{"p": []}"#).unwrap();
    assert_eq!(told(&small, &found[0]), "nowhere");
    let many: Vec<String> = (0..1001).map(|n| format!("p{n}")).collect();
    let error = checks(&small, project, &serde_json::json!({ "p": many }).to_string()).unwrap_err();
    assert_eq!(error.fault, Fault::Limit);
}

#[test]
fn guards_of_inner_fields_ask_for_their_object() {
    let small = Small::new();
    let plan = small.plan("{ issue(id: \"gid://gitlab/Issue/1\") { secret } }").unwrap();
    let Shape::Object(issue) = &plan.root.fields[0].shape else { panic!() };
    let secret = &issue.fields[0];
    let found = requirements(secret.guard.as_ref().unwrap(), secret, &plan, &given("{}")).unwrap();
    let check = RootCheck { is_covered: true, requirements: found };
    assert_eq!(told(&small, &check), "audit_issue at its project");
}
