//! What documents take, part by part, and the least that a token needs for them.

use narrowgate_catalog::{BoundaryType, Catalog, PermissionId};
use narrowgate_graphql::needs::{self, Needed, Part, Reach, Way, least};
use narrowgate_graphql::plan::Position;

use crate::small::{Small, given};

/// `2:3 type Issue at project.issues.nodes: read_issue on project or instance`, a line for each part.
fn told(small: &Small, document: &str) -> String {
    told_with(small, document, "{}")
}

fn told_with(small: &Small, document: &str, variables: &str) -> String {
    let plan = small.plan_with(document, None, variables).unwrap();
    let name = |id: &PermissionId| small.catalog.describe(*id).name.to_string();
    let way = |way: &Way| {
        let names: Vec<String> = way.permissions.iter().map(name).collect();
        let kinds: Vec<&str> = way.boundaries.iter().map(|boundary| boundary.as_str()).collect();
        format!("{} on {}", names.join("+"), kinds.join(" or "))
    };
    let lines = needs::of(&plan, &given(variables)).into_iter().map(|needed| {
        let Needed { part, path, position: Position { line, column }, any } = needed;
        let ways: Vec<String> = any.iter().map(way).collect();
        let ways = if ways.is_empty() { "nothing admits it".to_owned() } else { ways.join(", or ") };
        format!("{line}:{column} {} {} at {path}: {ways}", part.kind(), part.name())
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_part_is_named_once_where_it_first_stands() {
    let document = "{\n  a: project(fullPath: \"a/b\") { issues { nodes { author { id } } } issue { id } }\n  \
                    project(fullPath: \"c/d\") { name }\n}";
    insta::assert_snapshot!(told(&Small::new(), document), @"
    2:3 field Query.project at a: read_project on project
    2:3 type Project at a: read_project on project
    2:42 type Issue at a.issues.nodes: read_issue on project
    2:50 type User at a.issues.nodes.author: read_user_project on user
    ");
}

#[test]
fn numbers_about_lists_take_what_the_list_holds() {
    let small = Small::new();
    insta::assert_snapshot!(told(&small, "{ project(fullPath: \"a/b\") { issues { count } } }"), @"
    1:3 field Query.project at project: read_project on project
    1:3 type Project at project: read_project on project
    1:39 field IssueConnection.count at project.issues.count: read_issue on project
    ");
    insta::assert_snapshot!(told(&small, "{ project(fullPath: \"a/b\") { issues { count nodes { id } } } }"), @"
    1:3 field Query.project at project: read_project on project
    1:3 type Project at project: read_project on project
    1:45 type Issue at project.issues.nodes: read_issue on project
    ");
}

#[test]
fn every_type_that_a_value_may_be_of_is_named() {
    insta::assert_snapshot!(told(&Small::new(), "{ related { __typename } orphan { id } }"), @"
    1:3 field Query.related at related: nothing admits it
    1:3 type Issue at related: read_issue on project
    1:3 type Group at related: read_group_project on group
    1:3 type Orphan at related: nothing admits it
    1:26 field Query.orphan at orphan: nothing admits it
    ");
}

#[test]
fn fields_and_mutations_take_their_own() {
    let document = "mutation {\n  createIssue(input: {projectPath: \"a/b\", title: \"t\"}) { issue { secret } }\n  \
                    unknownThing(input: {projectPath: \"a/b\", title: \"t\"}) { errors }\n}";
    insta::assert_snapshot!(told(&Small::new(), document), @"
    2:3 mutation createIssue at createIssue: create_issue on project
    2:58 type Issue at createIssue.issue: read_issue on project
    2:66 field Issue.secret at createIssue.issue.secret: audit_issue on project
    3:3 mutation unknownThing at unknownThing: nothing admits it
    ");
}

#[test]
fn places_of_one_kind_count_once() {
    let small = Small::new();
    let moved = |input: &str| {
        told(&small, &format!("mutation {{ moveIssue(input: {{id: \"x\"{input}}}) {{ errors }} }}"))
    };
    let once = "1:12 mutation moveIssue at moveIssue: update_issue on project";
    assert_eq!(moved(""), once);
    assert_eq!(moved(", targetProjectPath: null"), once);
    assert_eq!(moved(", targetProjectPath: \"a/b\""), once);
}

#[test]
fn what_needs_nothing_is_left_out() {
    assert_eq!(
        told(&Small::new(), "{ __schema { queryType { name } } metadata { version } echo(text: \"x\") }"),
        ""
    );
}

fn needed(ways: &[(&[usize], &[BoundaryType])]) -> Needed {
    let way = |(permissions, boundaries): &(&[usize], &[BoundaryType])| Way {
        permissions: permissions.iter().map(|index| id(*index)).collect(),
        boundaries: (*boundaries).into(),
    };
    Needed {
        part: Part::Type("Thing".into()),
        path: "thing".into(),
        position: Position::default(),
        any: ways.iter().map(way).collect(),
    }
}

fn id(index: usize) -> PermissionId {
    Catalog::embedded().permissions().nth(index).unwrap().id
}

fn chosen(needed: &[Needed]) -> Vec<(Reach, Vec<usize>)> {
    let all = || Catalog::embedded().permissions();
    let index = |wanted: &PermissionId| all().position(|permission| permission.id == *wanted).unwrap();
    let grants = least(needed).into_iter();
    grants.map(|grant| (grant.reach, grant.permissions.iter().map(index).collect())).collect()
}

#[test]
fn the_fewest_permissions_are_chosen() {
    use BoundaryType::{Group, Instance, Project, User};
    let either = |left: usize, right: usize| needed(&[(&[left], &[Project]), (&[right], &[Project])]);
    type Granted = (Reach, &'static [usize]);
    let cases: [(&[Needed], &[Granted]); 7] = [
        (&[], &[]),
        (&[needed(&[])], &[]),
        // What one part has to have anyway serves another.
        (&[either(0, 1), needed(&[(&[1], &[Group])])], &[(Reach::Memberships, &[1])]),
        // One for three rather than one each, though the first of each would do.
        (&[either(0, 3), either(1, 3), either(2, 3)], &[(Reach::Memberships, &[3])]),
        // Two of one way are more than one of another.
        (&[needed(&[(&[0, 1], &[Project]), (&[2], &[Project])])], &[(Reach::Memberships, &[2])]),
        // Of two places the narrower one.
        (&[needed(&[(&[0], &[User, Instance])])], &[(Reach::User, &[0])]),
        (&[needed(&[(&[0], &[Project, Group, User, Instance])])], &[(Reach::Memberships, &[0])]),
    ];
    for (needed, expected) in cases {
        let expected: Vec<(Reach, Vec<usize>)> =
            expected.iter().map(|(reach, permissions)| (*reach, permissions.to_vec())).collect();
        assert_eq!(chosen(needed), expected, "{needed:?}");
    }
}
