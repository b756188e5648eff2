use narrowgate_store::tokens::{GrantAccess, NewToken, Reaching, StoredGrant, TokenFilter, TokenPrivileges};
use narrowgate_store::{Page, TenantId};

use crate::fixture::{Fixture, legacy, new_token};

fn fine(access: GrantAccess, project_id: Option<u64>, group_id: Option<u64>, names: &str) -> StoredGrant {
    let permissions = names.split(' ').map(str::to_owned).collect();
    StoredGrant { access, project_id, group_id, permissions }
}

/// Tokens whose names say what they are.
async fn several(fixture: &Fixture) {
    use GrantAccess::{AllMemberships, PersonalProjects, SelectedMemberships, User};
    let connection = fixture.connect(7).await;
    let plan = [
        ("project", vec![fine(SelectedMemberships, Some(20), None, "push_code read_job")]),
        ("reader", vec![fine(SelectedMemberships, Some(20), None, "read_job")]),
        ("group", vec![fine(SelectedMemberships, None, Some(10), "push_code")]),
        // Two grants, of which neither does both.
        (
            "elsewhere",
            vec![
                fine(SelectedMemberships, Some(20), None, "read_job"),
                fine(SelectedMemberships, Some(21), None, "push_code"),
            ],
        ),
        ("all", vec![fine(AllMemberships, None, None, "push_code")]),
        ("own", vec![fine(PersonalProjects, None, None, "push_code")]),
        ("user", vec![fine(User, None, None, "push_code")]),
        ("similar", vec![fine(SelectedMemberships, Some(20), None, "push_codes pushXcode repush_code")]),
        // A group with the project's number.
        ("number", vec![fine(SelectedMemberships, None, Some(20), "push_code")]),
    ];
    for (name, grants) in plan {
        let privileges = TokenPrivileges::FineGrained(grants);
        fixture.add(&NewToken { privileges, ..new_token(&connection, name) }).await;
    }
    for (name, scopes) in [("api", &["read_user", "api"][..]), ("read_api", &["read_api"])] {
        fixture.add(&NewToken { privileges: legacy(scopes), ..new_token(&connection, name) }).await;
    }
}

async fn names(fixture: &Fixture, filter: TokenFilter) -> String {
    let listed = fixture.store.tokens().list(&filter, Page::ALL).await.unwrap();
    assert_eq!(listed.total, Some(listed.items.len() as u64));
    let names: Vec<_> = listed.items.iter().rev().map(|token| token.name.clone()).collect();
    names.join(" ")
}

fn all() -> TokenFilter {
    TokenFilter::all(TenantId::DEFAULT)
}

pub(crate) async fn finds_who_can_push(fixture: &Fixture) {
    several(fixture).await;
    let push = Some("push_code".to_owned());
    let project = Some(Reaching { project: Some(20), groups: vec![11, 10] });
    let group = Some(Reaching { project: None, groups: vec![10] });
    let scopes = vec!["api".to_owned(), "write_repository".to_owned()];
    for (permission, reaching, or_scopes, expected) in [
        (push.clone(), project.clone(), vec![], "project group all own"),
        (push.clone(), project.clone(), scopes.clone(), "project group all own api"),
        (None, project, vec![], "project reader group elsewhere all own similar"),
        (push.clone(), group, vec![], "group all"),
        (None, None, scopes, "api"),
    ] {
        let filter = TokenFilter { permission, reaching, or_scopes, ..all() };
        assert_eq!(names(fixture, filter.clone()).await, expected, "{filter:?}");
    }
}

pub(crate) async fn finds_permissions_anywhere(fixture: &Fixture) {
    several(fixture).await;
    let with = |name: &str| TokenFilter { permission: Some(name.to_owned()), ..all() };
    assert_eq!(names(fixture, with("push_code")).await, "project group elsewhere all own user number");
    assert_eq!(names(fixture, with("read_job")).await, "project reader elsewhere");
    assert_eq!(names(fixture, TokenFilter { user_id: Some(8), ..with("read_job") }).await, "");
}

pub(crate) async fn takes_names_as_text(fixture: &Fixture) {
    several(fixture).await;
    for name in ["%", "push%", "' or '1", "", "push_code read_job\\"] {
        assert_eq!(
            names(fixture, TokenFilter { permission: Some(name.to_owned()), ..all() }).await,
            "",
            "{name}"
        );
    }
}
