//! The catalogue's look-ups.

use narrowgate_catalog::{
    BoundaryType, Catalog, ContainerAt, Encoding, Lookup, LookupAnswer, LookupId, PointerReads,
};
use narrowgate_gitlab::{Candidate, Container, GitlabError, Questions};
use serde_json::json;

use crate::fake::{Fake, Reply, maria};

/// More than a look-up asks.
pub(crate) fn plenty() -> Questions {
    Questions::at_most(1_000)
}

pub(crate) fn lookup(answer: LookupAnswer) -> Lookup {
    let id = LookupId::new(0).unwrap();
    Lookup {
        id,
        name: "thing".into(),
        about: "A thing".into(),
        arguments: vec!["id".into()],
        answer,
        otherwise: Vec::new(),
    }
}

fn get() -> Lookup {
    let at = ContainerAt {
        boundary: BoundaryType::Project,
        pointer: "/project/id".into(),
        reads: PointerReads::Id,
        when: None,
    };
    lookup(LookupAnswer::Get { path: "/things/{id}".into(), containers: vec![at] })
}

pub(crate) fn in_projects() -> Lookup {
    lookup(LookupAnswer::InProjects { path: "/projects/{project}/things/{id}".into() })
}

#[tokio::test]
async fn asks_the_instance_once() {
    let fake = Fake::start().await;
    fake.reply("/things/7", Reply::json(&json!({"project": {"id": 22}})));
    let directory = fake.directory();
    for _ in 0..3 {
        let found = directory.lookup(&maria(), &get(), &[("id", "7")], &[]).await;
        assert_eq!(found, Ok(Some(Container::Project(22))));
    }
    assert_eq!(fake.asked(), ["/things/7"]);
}

#[tokio::test]
async fn not_found_and_forbidden_things_belong_nowhere() {
    let fake = Fake::start().await;
    fake.reply("/things/8", Reply::new(403, r#"{"message":"403 Forbidden"}"#));
    for id in ["7", "8", "..", ""] {
        assert_eq!(fake.directory().lookup(&maria(), &get(), &[("id", id)], &[]).await, Ok(None), "{id:?}");
    }
    assert_eq!(fake.directory().lookup(&maria(), &get(), &[], &[]).await, Ok(None));
}

#[tokio::test]
async fn answers_of_another_form_are_errors() {
    let fake = Fake::start().await;
    for body in ["", "{", "[{}]", "7", r#"{"project":7}"#, r#"{"project":{"id":"22"}}"#] {
        fake.reply("/things/7", Reply::new(200, body));
        let found = fake.directory().lookup(&maria(), &get(), &[("id", "7")], &[]).await;
        assert!(matches!(found, Err(GitlabError::Malformed { .. })), "{body}: {found:?}");
    }
}

#[tokio::test]
async fn an_argument_stays_in_its_segment() {
    let fake = Fake::start().await;
    let _ = fake.directory().lookup(&maria(), &get(), &[("id", "7/../../user?x=1#y")], &[]).await;
    assert_eq!(fake.asked(), ["/things/7%2F..%2F..%2Fuser%3Fx%3D1%23y"]);
}

#[tokio::test]
async fn tries_each_selected_project() {
    let fake = Fake::start().await;
    fake.reply("/projects/3/things/7", Reply::json(&json!({"id": 7})));
    fake.reply("/projects/4/things/7", Reply::new(500, ""));
    let directory = fake.directory();
    let ask = async |projects: &[u64]| {
        let candidates: Vec<_> = projects.iter().copied().map(Candidate::Project).collect();
        directory.lookup(&maria(), &in_projects(), &[("id", "7")], &candidates).await
    };
    assert_eq!(ask(&[1, 2, 3]).await, Ok(Some(Container::Project(3))));
    assert_eq!(ask(&[1, 2]).await, Ok(None));
    assert_eq!(ask(&[]).await, Ok(None));
    assert_eq!(ask(&[4, 3]).await, Ok(Some(Container::Project(3))));
    assert_eq!(ask(&[1, 4]).await, Err(GitlabError::Unexpected { status: 500 }));
    assert_eq!(ask(&(1..=101).collect::<Vec<_>>()).await, Ok(None));
}

#[tokio::test]
async fn tries_the_projects_of_groups_and_memberships() {
    let fake = Fake::start().await;
    let page = "simple=true&order_by=last_activity_at&per_page=100";
    let list = |path: &str, projects| fake.reply(&format!("{path}{page}"), Reply::json(&projects));
    list("/groups/10/projects?include_subgroups=true&", json!([{"id": 3}, {"id": 4}]));
    list("/projects?membership=true&", json!([{"id": 5}]));
    list("/users/2/projects?", json!([]));
    fake.reply("/projects/4/things/7", Reply::json(&json!({"id": 7})));
    fake.reply("/projects/5/things/8", Reply::json(&json!({"id": 8})));
    let directory = fake.directory();
    let ask = async |candidate: Candidate, id: &str| {
        directory.lookup(&maria(), &in_projects(), &[("id", id)], &[candidate]).await
    };
    assert_eq!(ask(Candidate::Group(10), "7").await, Ok(Some(Container::Project(4))));
    assert_eq!(ask(Candidate::Group(10), "8").await, Ok(None));
    assert_eq!(ask(Candidate::Group(11), "7").await, Ok(None));
    assert_eq!(ask(Candidate::Memberships, "8").await, Ok(Some(Container::Project(5))));
    assert_eq!(ask(Candidate::Personal, "7").await, Ok(None));
}

#[tokio::test]
async fn what_is_called_like_an_id_is_not_what_has_it() {
    let fake = Fake::start().await;
    // A label's title may be a number, and GitLab finds labels by title.
    fake.reply("/projects/3/things/7", Reply::json(&json!({"id": 70, "name": "7"})));
    fake.reply("/projects/4/things/7", Reply::json(&json!({"id": 7})));
    let directory = fake.directory();
    let ask = async |projects: &[u64]| {
        let candidates: Vec<_> = projects.iter().copied().map(Candidate::Project).collect();
        directory.lookup(&maria(), &in_projects(), &[("id", "7")], &candidates).await
    };
    assert_eq!(ask(&[3]).await, Ok(None));
    assert_eq!(ask(&[3, 4]).await, Ok(Some(Container::Project(4))));
}

#[tokio::test]
async fn decodes_what_the_argument_says() {
    let fake = Fake::with_world().await;
    let directory = fake.directory();
    let decode =
        |encoding, boundary| lookup(LookupAnswer::Decode { encoding, boundary, argument: "id".into() });
    let project = decode(Encoding::PlusPath, BoundaryType::Project);
    let group = decode(Encoding::Base64GroupIid, BoundaryType::Group);
    let ask = async |lookup: &Lookup, id: &str| directory.lookup(&maria(), lookup, &[("id", id)], &[]).await;
    assert_eq!(ask(&project, "acme+platform+infra").await, Ok(Some(Container::Project(22))));
    assert_eq!(ask(&project, "acme+other").await, Ok(None));
    assert_eq!(ask(&group, "MTEgNw").await, Ok(Some(Container::Group(11))));
    assert_eq!(ask(&group, "not base64").await, Ok(None));
}

#[tokio::test]
async fn every_declared_look_up_has_a_path_that_arrives_as_written() {
    let fake = Fake::start().await;
    let arguments = [
        ("id", "7"),
        ("export_id", "7"),
        ("ids", "7"),
        ("package_name", "@acme/web"),
        ("package_username", "acme+web"),
    ];
    for lookup in Catalog::embedded().lookups() {
        fake.asked();
        let found = fake.directory().lookup(&maria(), lookup, &arguments, &[Candidate::Project(22)]).await;
        assert_eq!(found, Ok(None), "{}", lookup.name);
        if matches!(lookup.answer, LookupAnswer::Get { .. } | LookupAnswer::InProjects { .. }) {
            assert_eq!(fake.asked().len(), 1, "{}", lookup.name);
        }
    }
}

#[tokio::test]
async fn finds_the_project_of_an_npm_package() {
    let fake = Fake::start().await;
    let path =
        "/groups/acme/packages?package_type=npm&package_name=%40acme%2Fweb&order_by=created_at&sort=desc";
    fake.reply(path, Reply::json(&json!([{"id": 1, "name": "@acme/web", "project_id": 22}])));
    let lookup = Catalog::embedded().lookups().find(|lookup| lookup.name == "npm_package").unwrap();
    let found = fake.directory().lookup(&maria(), lookup, &[("package_name", "@acme/web")], &[]).await;
    assert_eq!(found, Ok(Some(Container::Project(22))));
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_found() {
    let fake = Fake::start().await;
    let unanswerable = lookup(LookupAnswer::Unanswerable { reason: "no endpoint".into() });
    assert_eq!(fake.directory().lookup(&maria(), &unanswerable, &[("id", "7")], &[]).await, Ok(None));
    assert!(fake.asked().is_empty());
}

fn by_graphql() -> Lookup {
    let at =
        |boundary, pointer: &str, reads| ContainerAt { boundary, pointer: pointer.into(), reads, when: None };
    lookup(LookupAnswer::Graphql {
        document: "{ thing(id: $id) { projectId webPath user { id } } }".into(),
        containers: vec![
            at(BoundaryType::Project, "/thing/projectId", PointerReads::Id),
            at(BoundaryType::User, "/thing/user/id", PointerReads::Id),
            at(BoundaryType::Group, "/thing/webPath", PointerReads::Page),
            at(BoundaryType::Project, "/thing/webPath", PointerReads::Page),
        ],
    })
}

#[tokio::test]
async fn asks_in_graphql_what_rest_does_not_tell() {
    for (thing, expected) in [
        (json!({"projectId": 22}), Some(Container::Project(22))),
        (json!({"projectId": "gid://gitlab/Project/22"}), Some(Container::Project(22))),
        (json!({"projectId": null, "user": {"id": "gid://gitlab/User/2"}}), Some(Container::User)),
        (json!({"user": {"id": "gid://gitlab/User/3"}, "webPath": "/acme/x/-/y"}), None),
        (json!({"webPath": "/groups/acme/platform/-/milestones/3"}), Some(Container::Group(11))),
        (json!({"webPath": "/acme/platform/infra/-/milestones/3"}), Some(Container::Project(22))),
        (json!({"webPath": "/acme/unknown/-/milestones/3"}), None),
        (json!({"webPath": "/acme"}), None),
        (json!(null), None),
    ] {
        let fake = Fake::with_world().await;
        fake.reply("/api/graphql", Reply::json(&json!({"data": {"thing": thing}})));
        let found = fake.directory().record(&maria(), &by_graphql(), ("Thing", "7"), &[], &plenty()).await;
        assert_eq!(found, Ok(expected), "{thing}");
    }
}

#[tokio::test]
async fn graphql_without_data_finds_nothing() {
    let fake = Fake::start().await;
    fake.reply("/api/graphql", Reply::json(&json!({"errors": [{"message": "Field 'thing' doesn't exist"}]})));
    assert_eq!(
        fake.directory().record(&maria(), &by_graphql(), ("Thing", "7"), &[], &plenty()).await,
        Ok(None)
    );
    let found = fake
        .directory()
        .lookup(&maria(), &by_graphql(), &[("global_id", "gid://gitlab/T/7\") {")], &[])
        .await;
    assert_eq!((found, fake.asked().len()), (Ok(None), 1), "what could end the string isn't asked");
    for body in
        [json!({"projectId": "22"}), json!({"projectId": "gid://gitlab/Group/22"}), json!({"projectId": 0})]
    {
        let fake = Fake::start().await;
        fake.reply("/api/graphql", Reply::json(&json!({"data": {"thing": body}})));
        let found = fake.directory().record(&maria(), &by_graphql(), ("Thing", "7"), &[], &plenty()).await;
        assert!(matches!(found, Err(GitlabError::Malformed { .. })), "{body}: {found:?}");
    }
}

#[tokio::test]
async fn the_number_of_a_global_id_is_asked_over_rest() {
    let fake = Fake::start().await;
    fake.reply("/things/7", Reply::json(&json!({"project": {"id": 22}})));
    let found = fake.directory().record(&maria(), &get(), ("Thing", "7"), &[], &plenty()).await;
    assert_eq!(found, Ok(Some(Container::Project(22))));
}

#[tokio::test]
async fn what_one_way_does_not_find_the_other_may() {
    let fake = Fake::start().await;
    fake.reply("/things/7", Reply::json(&json!({"project": {"id": 22}})));
    let either = Lookup { otherwise: vec![get().answer], ..in_projects() };
    let found = fake
        .directory()
        .record(&maria(), &either, ("Thing", "7"), &[Candidate::Project(23)], &plenty())
        .await;
    assert_eq!(found, Ok(Some(Container::Project(22))));
}
