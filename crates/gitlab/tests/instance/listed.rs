//! Look-ups of what is only listed, in the projects and groups that a token selects.

use narrowgate_catalog::{BoundaryType, Catalog, ListPath, Listed, Lookup, LookupAnswer, Then};
use narrowgate_gitlab::{Candidate, Container, Questions};
use serde_json::{Value, json};

use crate::fake::{Fake, Reply, maria};
use crate::lookup::{in_projects, lookup, plenty};

const ACME: &str = r#"group(fullPath: "acme")"#;
const PLATFORM: &str = r#"group(fullPath: "acme/platform")"#;
const WEB: &str = r#"projects(ids: ["gid://gitlab/Project/22"])"#;

fn way(within: BoundaryType, list: &str) -> Listed {
    Listed { within, top_level: false, lists: vec![ListPath::parse(list).unwrap()], then: None }
}

fn in_groups() -> Lookup {
    lookup(LookupAnswer::Listed(way(BoundaryType::Group, "things[]")))
}

fn in_lists_of_projects() -> Lookup {
    lookup(LookupAnswer::Listed(way(BoundaryType::Project, "things[]")))
}

/// The page of a list.
fn page(ids: &[&str], next: Option<&str>) -> Value {
    let nodes: Vec<_> = ids.iter().map(|id| json!({"id": format!("gid://gitlab/{id}")})).collect();
    json!({"nodes": nodes, "pageInfo": {"hasNextPage": next.is_some(), "endCursor": next}})
}

fn of_group(id: u64, things: &Value) -> Value {
    json!({"group": {"id": format!("gid://gitlab/Group/{id}"), "things": things}})
}

fn of_project(id: u64, list: &str, things: &Value) -> Value {
    json!({"projects": {"nodes": [{"id": format!("gid://gitlab/Project/{id}"), list: things}]}})
}

async fn find(fake: &Fake, lookup: &Lookup, id: &str, candidates: &[Candidate]) -> Option<Container> {
    let (model, id) = id.rsplit_once('/').unwrap();
    fake.directory().record(&maria(), lookup, (model, id), candidates, &plenty()).await.unwrap()
}

#[tokio::test]
async fn a_group_that_the_token_covers_has_it_in_its_list() {
    let fake = Fake::with_world().await;
    let below = Reply::json(&json!([{"id": 11, "full_path": "acme/platform"}]));
    fake.reply("/groups/10/descendant_groups?per_page=100", below.clone());
    fake.reply("/groups?min_access_level=10&per_page=100", below);
    fake.graphql([ACME], of_group(10, &page(&["Thing/6"], None)));
    fake.graphql([PLATFORM], of_group(11, &page(&["Thing/7"], None)));
    for (candidate, id, expected) in [
        (Candidate::Group(10), "Thing/6", Some(Container::Group(10))),
        (Candidate::Group(10), "Thing/7", Some(Container::Group(11))),
        (Candidate::Group(10), "Thing/8", None),
        (Candidate::Group(11), "Thing/6", None),
        (Candidate::Group(12), "Thing/6", None),
        (Candidate::Memberships, "Thing/7", Some(Container::Group(11))),
        (Candidate::Memberships, "Thing/6", None),
        (Candidate::Personal, "Thing/7", None),
        (Candidate::Project(22), "Thing/7", None),
    ] {
        assert_eq!(find(&fake, &in_groups(), id, &[candidate]).await, expected, "{candidate:?} {id}");
    }
}

#[tokio::test]
async fn what_a_subgroup_shows_of_the_top_is_asked_of_the_top_alone() {
    let fake = Fake::with_world().await;
    fake.graphql([ACME], of_group(10, &page(&["Thing/6"], None)));
    fake.graphql([PLATFORM], of_group(11, &page(&["Thing/6"], None)));
    let way = Listed { top_level: true, ..way(BoundaryType::Group, "things[]") };
    let lookup = lookup(LookupAnswer::Listed(way));
    assert_eq!(find(&fake, &lookup, "Thing/6", &[Candidate::Group(11)]).await, None);
    let both = [Candidate::Group(11), Candidate::Group(10)];
    assert_eq!(find(&fake, &lookup, "Thing/6", &both).await, Some(Container::Group(10)));
}

#[tokio::test]
async fn an_answer_about_something_else_places_nothing() {
    let has = || page(&["Thing/7"], None);
    for data in [
        of_group(12, &has()),
        json!({"group": {"things": has()}}),
        json!({"group": {"id": null, "things": has()}}),
        json!({"group": {"id": 10, "things": has()}}),
        json!({"group": {"id": "gid://gitlab/Project/10", "things": has()}}),
        json!({"group": null}),
        json!({"other": {"id": "gid://gitlab/Group/10", "things": has()}}),
        json!(null),
        of_group(10, &json!({"nodes": [{"name": "gid://gitlab/Thing/7"}]})),
        of_group(
            10,
            &json!({"nodes": [{"id": "gid://gitlab/Other/8", "thing": {"id": "gid://gitlab/Thing/7"}}]}),
        ),
        of_group(10, &json!({"edges": [{"node": {"id": "gid://gitlab/Thing/7"}}]})),
        of_group(10, &json!(["gid://gitlab/Thing/7"])),
    ] {
        let fake = Fake::with_world().await;
        fake.graphql([ACME], data.clone());
        assert_eq!(find(&fake, &in_groups(), "Thing/7", &[Candidate::Group(10)]).await, None, "{data}");
    }
    for data in [
        of_project(23, "things", &has()),
        json!({"projects": {"nodes": [{"things": has()}]}}),
        json!({"projects": {"nodes": [
            {"id": "gid://gitlab/Project/22", "things": page(&[], None)},
            {"id": "gid://gitlab/Project/23", "things": has()},
        ]}}),
    ] {
        let fake = Fake::start().await;
        fake.graphql([WEB], data.clone());
        let found = find(&fake, &in_lists_of_projects(), "Thing/7", &[Candidate::Project(22)]).await;
        assert_eq!(found, None, "{data}");
    }
}

#[tokio::test]
async fn the_list_names_the_record_or_its_kind() {
    let fake = Fake::start().await;
    fake.graphql([WEB], of_project(22, "things", &page(&["Big::GroupThing/7", "Thing/8"], None)));
    for (id, is_there) in [
        ("Big::GroupThing/7", true),
        ("GroupThing/7", true),
        ("Thing/7", true),
        ("Thing/8", true),
        ("GroupThing/8", false),
        ("Group/7", false),
        ("Thing/78", false),
        ("Other/7", false),
    ] {
        let found = find(&fake, &in_lists_of_projects(), id, &[Candidate::Project(22)]).await;
        assert_eq!(found.is_some(), is_there, "{id}");
    }
}

#[tokio::test]
async fn what_could_end_the_string_is_not_asked() {
    let fake = Fake::start().await;
    fake.graphql([], of_project(22, "things", &page(&["Thing/7"], None)));
    for id in ["7\") {", "7\\", "7\n", "7 }", "7$each", "", ".."] {
        let asked =
            fake.directory().record(&maria(), &in_lists_of_projects(), ("Thing", id), &[], &plenty()).await;
        assert_eq!((asked, fake.asked().len()), (Ok(None), 0), "{id:?}");
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let fake = Fake::start().await;
    fake.graphql([WEB], of_project(22, "things", &page(&["Thing/1"], Some("c1"))));
    fake.graphql([WEB, r#"after: "c1""#], of_project(22, "things", &page(&["Thing/2"], Some("c\"2"))));
    fake.graphql([WEB, r#"after: "c\"2""#], of_project(22, "things", &page(&["Thing/3"], None)));
    for (id, expected, asked) in
        [("Thing/1", true, 1), ("Thing/2", true, 2), ("Thing/3", true, 3), ("Thing/4", false, 3)]
    {
        fake.asked();
        let found = find(&fake, &in_lists_of_projects(), id, &[Candidate::Project(22)]).await;
        assert_eq!((found.is_some(), fake.asked().len()), (expected, asked), "{id}");
    }
}

/// A list of more pages than anybody asks for.
fn endless(fake: &Fake, list: &str) {
    fake.graphql([list], of_project(22, list, &page(&["Thing/1"], Some("c0"))));
    for index in 0..200 {
        let (after, next) = (format!("after: \"c{index}\""), format!("c{}", index + 1));
        fake.graphql([list, &after], of_project(22, list, &page(&["Thing/1"], Some(&next))));
    }
}

#[tokio::test]
async fn a_list_without_end_is_left_after_a_hundred_questions() {
    let fake = Fake::start().await;
    endless(&fake, "things");
    endless(&fake, "others");
    let candidates = [Candidate::Project(22)];
    assert_eq!(find(&fake, &in_lists_of_projects(), "Thing/7", &candidates).await, None);
    assert_eq!(fake.asked().len(), 100);
    // Both ways together.
    let two = Lookup { otherwise: vec![in_lists_of_projects().answer], ..in_projects() };
    assert_eq!(find(&fake, &two, "Thing/7", &candidates).await, None);
    assert_eq!(fake.asked().len(), 100);
    // And the request as a whole, without what is known.
    let (directory, questions) = (fake.directory(), Questions::at_most(130));
    let others = lookup(LookupAnswer::Listed(way(BoundaryType::Project, "others[]")));
    for (lookup, id, asked) in [
        (&in_lists_of_projects(), "8", 100),
        (&in_lists_of_projects(), "9", 0),
        (&others, "8", 30),
        (&others, "9", 0),
    ] {
        let found = directory.record(&maria(), lookup, ("Thing", id), &candidates, &questions).await;
        assert_eq!((found, fake.asked().len()), (Ok(None), asked), "{id}");
    }
}

#[tokio::test]
async fn a_circle_of_cursors_ends() {
    let fake = Fake::start().await;
    fake.graphql([], of_project(22, "things", &page(&["Thing/1"], Some("c1"))));
    fake.graphql([r#"after: "c1""#], of_project(22, "things", &page(&["Thing/1"], Some("c2"))));
    assert_eq!(find(&fake, &in_lists_of_projects(), "Thing/7", &[Candidate::Project(22)]).await, None);
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn what_is_looked_for_together_is_asked_for_once() {
    let fake = Fake::start().await;
    fake.graphql([WEB], of_project(22, "things", &page(&["Thing/7", "Thing/8"], None)));
    let (directory, questions, lookup) = (fake.directory(), plenty(), in_lists_of_projects());
    let (identity, candidates) = (maria(), [Candidate::Project(22)]);
    let find = |id| directory.record(&identity, &lookup, ("Thing", id), &candidates, &questions);
    let found = tokio::join!(find("7"), find("8"), find("9"));
    let web = Ok(Some(Container::Project(22)));
    assert_eq!(found, (web.clone(), web, Ok(None)));
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn a_list_that_the_instance_does_not_have_is_not_asked_for_again() {
    let fake = Fake::start().await;
    fake.graphql(["things"], json!(null));
    for project in 1..=20 {
        let id = format!("\"gid://gitlab/Project/{project}\"");
        fake.graphql([&id, "others"], of_project(project, "others", &page(&[], None)));
    }
    fake.graphql(["Project/20\"", "others"], of_project(20, "others", &page(&["Thing/7"], None)));
    let lists = ["things[]", "others[]"].map(|list| ListPath::parse(list).unwrap()).to_vec();
    let way = Listed { lists, ..way(BoundaryType::Project, "things[]") };
    let lookup = lookup(LookupAnswer::Listed(way));
    let candidates: Vec<_> = (1..=20).map(Candidate::Project).collect();
    assert_eq!(find(&fake, &lookup, "Thing/7", &candidates).await, Some(Container::Project(20)));
    let asked = fake.asked().len();
    assert!(asked <= 28, "{asked}: eight at a time");
}

#[tokio::test]
async fn the_first_way_leaves_something_for_the_second() {
    let fake = Fake::with_world().await;
    fake.graphql([], of_project(22, "things", &page(&[], Some("c1"))));
    fake.graphql([r#"after: "c1""#], of_project(22, "things", &page(&[], Some("c2"))));
    fake.graphql([ACME], of_group(10, &page(&["Thing/7"], None)));
    let two = Lookup { otherwise: vec![in_groups().answer], ..in_lists_of_projects() };
    let candidates = [Candidate::Project(22), Candidate::Group(10)];
    assert_eq!(find(&fake, &two, "Thing/7", &candidates).await, Some(Container::Group(10)));
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_is_followed_once() {
    let fake = Fake::start().await;
    fake.graphql([], of_project(22, "things", &page(&[], Some("c1"))));
    assert_eq!(find(&fake, &in_lists_of_projects(), "Thing/7", &[Candidate::Project(22)]).await, None);
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn a_token_that_names_too_many_groups_is_not_served() {
    let fake = Fake::start().await;
    let groups: Vec<_> = (1..=101).map(Candidate::Group).collect();
    assert_eq!(find(&fake, &in_groups(), "Thing/7", &groups).await, None);
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_list_beside_the_group_counts_with_the_group_alone() {
    let way = way(BoundaryType::Group, "enabled(shownBy: $owner)[]");
    let lookup = lookup(LookupAnswer::Listed(way));
    let fake = Fake::with_world().await;
    let query = "enabled(shownBy: \"gid://gitlab/Group/10\", first: 100)";
    for (group, expected) in [(10, Some(Container::Group(10))), (12, None)] {
        let id = format!("gid://gitlab/Group/{group}");
        fake.graphql([ACME, query], json!({"group": {"id": id}, "enabled": page(&["Thing/7"], None)}));
        assert_eq!(find(&fake, &lookup, "Thing/7", &[Candidate::Group(10)]).await, expected, "{group}");
    }
}

#[tokio::test]
async fn lists_below_lists_are_read_in_one_question() {
    let fake = Fake::start().await;
    let below = json!({"nodes": [{"designs": {"all": page(&["Thing/7"], None)}}, {"designs": null}, {}]});
    fake.graphql([WEB], of_project(22, "issues", &below));
    let lookup = lookup(LookupAnswer::Listed(way(BoundaryType::Project, "issues[].designs.all(x: [$id])[]")));
    let found = find(&fake, &lookup, "Thing/7", &[Candidate::Project(22)]).await;
    assert_eq!((found, fake.asked().len()), (Some(Container::Project(22)), 1));
}

#[tokio::test]
async fn a_global_id_may_stand_in_another_field() {
    let lookup = Catalog::embedded().global_id("EpicIssue").unwrap();
    let fake = Fake::with_world().await;
    let issue = json!({"id": "gid://gitlab/Issue/7", "epicIssueId": "gid://gitlab/EpicIssue/8"});
    let epics = json!({"nodes": [{"issues": {"nodes": [issue]}}]});
    fake.graphql(
        [ACME, "nodes { epicIssueId }"],
        json!({"group": {"id": "gid://gitlab/Group/10", "epics": epics}}),
    );
    for (id, expected) in [("EpicIssue/8", Some(Container::Group(10))), ("EpicIssue/7", None)] {
        assert_eq!(find(&fake, lookup, id, &[Candidate::Group(10)]).await, expected, "{id}");
    }
}

#[tokio::test]
async fn a_list_of_each_record_of_a_list_is_asked_for() {
    let files = Listed {
        then: Some(Then { of: Some("package".into()), list: ListPath::parse("files[]").unwrap() }),
        ..way(BoundaryType::Project, "packages[]")
    };
    let files = lookup(LookupAnswer::Listed(files));
    let fake = Fake::start().await;
    fake.graphql([WEB], of_project(22, "packages", &page(&["Package/1"], Some("c1"))));
    fake.graphql([WEB, "c1"], of_project(22, "packages", &page(&["Package/2", "Package/3"], None)));
    let of_package =
        |id: &str, files| json!({"package": {"id": format!("gid://gitlab/{id}"), "files": files}});
    let package = |id: &str| format!("package(id: \"gid://gitlab/{id}\")");
    fake.graphql([&package("Package/1")], of_package("Package/1", page(&["File/5"], None)));
    fake.graphql([&package("Package/2")], of_package("Package/2", page(&["File/6"], Some("c2"))));
    fake.graphql([&package("Package/2"), "c2"], of_package("Package/2", page(&["File/7"], None)));
    // It answers with another package, which may be another project's.
    fake.graphql([&package("Package/3")], of_package("Package/4", page(&["File/8"], None)));
    for (id, expected) in
        [("File/5", true), ("File/7", true), ("File/8", false), ("File/9", false), ("Package/1", false)]
    {
        let found = find(&fake, &files, id, &[Candidate::Project(22)]).await;
        assert_eq!(found, expected.then_some(Container::Project(22)), "{id}");
    }
}

#[tokio::test]
async fn a_list_of_each_may_be_the_projects_own() {
    let events = Then { of: None, list: ListPath::parse("events(incidentId: $each)[]").unwrap() };
    let events = Listed { then: Some(events), ..way(BoundaryType::Project, "issues(types: [INCIDENT])[]") };
    let events = lookup(LookupAnswer::Listed(events));
    let fake = Fake::start().await;
    fake.graphql(
        [WEB, "issues(types: [INCIDENT], first: 100)"],
        of_project(22, "issues", &page(&["Issue/1"], None)),
    );
    let each = "events(incidentId: \"gid://gitlab/Issue/1\", first: 100)";
    fake.graphql([WEB, each], of_project(22, "events", &page(&["Event/7"], None)));
    assert_eq!(
        find(&fake, &events, "Event/7", &[Candidate::Project(22)]).await,
        Some(Container::Project(22))
    );
    fake.graphql([WEB, each], of_project(23, "events", &page(&["Event/7"], None)));
    assert_eq!(find(&fake, &events, "Event/7", &[Candidate::Project(22)]).await, None);
}

#[tokio::test]
async fn a_discussion_is_found_by_its_digest() {
    let digest = "5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf2";
    let lookup = Catalog::embedded().global_id("Discussion").unwrap();
    let discussions = page(&[&format!("DiffDiscussion/{digest}")], None);
    let fake = Fake::start().await;
    fake.graphql(
        [WEB, "mergeRequests"],
        of_project(22, "mergeRequests", &json!({"nodes": [{"discussions": discussions}]})),
    );
    for (id, is_there) in [(digest, true), ("5001952eb46aeb8fc40c4d8bcb8b2d3c1f9b7bf3", false)] {
        let found = find(&fake, lookup, &format!("Discussion/{id}"), &[Candidate::Project(22)]).await;
        assert_eq!(found.is_some(), is_there, "{id}");
    }
}

#[tokio::test]
async fn the_own_namespace_is_that_of_who_asks() {
    let lookup = Catalog::embedded().global_id("Namespaces::UserNamespace").unwrap();
    let user = |id: u64, namespace: &Value| {
        let id = format!("gid://gitlab/User/{id}");
        json!({"currentUser": {"id": id, "namespace": namespace}})
    };
    let own = json!({"id": "gid://gitlab/Namespaces::UserNamespace/102", "fullPath": "maria"});
    for (data, by_id, by_path) in [
        (user(2, &own), Some(Container::User), Some("maria".to_owned())),
        (user(3, &own), None, None),
        (user(2, &json!(null)), None, None),
        (user(2, &json!({"id": "gid://gitlab/Namespaces::UserNamespace/103"})), None, None),
        (json!({"currentUser": null}), None, None),
        (json!(null), None, None),
    ] {
        let fake = Fake::start().await;
        fake.graphql(["currentUser"], data.clone());
        assert_eq!(find(&fake, lookup, "Namespaces::UserNamespace/102", &[]).await, by_id, "{data}");
        assert_eq!(fake.directory().own_namespace(&maria()).await, Ok(by_path), "{data}");
    }
}
