//! GraphQL on tokens.

use insta::assert_snapshot;
use narrowgate_api::Caller;
use narrowgate_store::tokens::GrantAccess;
use serde_json::{Value, json};

use crate::world::{Reply, Script, World, fine, grant, legacy, on};

const CREATE: &str = "mutation($input: PersonalAccessTokenCreateInput!) { personalAccessTokenCreate(input: $input) { token errors clientMutationId } }";
const INVENTORY: &str = "{ currentUser { id username personalAccessTokens(first: 2) { nodes { id name description granular revoked active lastUsedAt createdAt expiresAt lastUsedIps scopes { __typename ... on AccessTokenLegacyScope { value } ... on AccessTokenGranularScope { access namespace { id fullName fullPath webUrl avatarUrl } permissions { action resource } } } } pageInfo { hasNextPage endCursor } } } }";

async fn ask(world: &World, caller: &Caller, document: &str, variables: Value) -> Reply {
    world.graphql(caller, &json!({"query": document, "variables": variables})).await
}

fn redacted(mut reply: Reply) -> Reply {
    while let Some(at) = reply.text.find("ngpat-") {
        reply.text.replace_range(at..at + 39, "[token]");
    }
    reply
}

#[tokio::test]
async fn creates_rotates_and_revokes() {
    let world = World::new().await;
    let maria = world.user("maria");
    let mut script = Script::default();
    let input = json!({"input": {"name": "x", "expiresAt": "2027-01-31", "clientMutationId": "7", "granularScopes": [
        {"access": "SELECTED_MEMBERSHIPS", "permissions": ["read_job"], "resourceIds": ["gid://gitlab/Project/20", "gid://gitlab/Group/11"]},
        {"access": "USER", "permissions": ["read_user"]},
    ]}});
    script.note("create", &redacted(ask(&world, &maria, CREATE, input).await));
    assert_eq!(
        world.get(&maria, "/personal_access_tokens/1").await.json()["granular_scopes"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let rotate = "mutation($id: PersonalAccessTokenID!) { personalAccessTokenRotate(input: {id: $id}) { token errors } }";
    let id = |id: u64| json!({"id": format!("gid://gitlab/PersonalAccessToken/{id}")});
    script.note("rotate", &redacted(ask(&world, &maria, rotate, id(1)).await));
    assert_eq!(world.stored(2).await.expires_at.unwrap().to_string(), "2027-01-31", "unlike over REST");
    script.note("rotate again", &ask(&world, &maria, rotate, id(1)).await);
    let revoke =
        "mutation($id: PersonalAccessTokenID!) { personalAccessTokenRevoke(input: {id: $id}) { errors } }";
    world.token("maria", legacy(&["api"])).await;
    script.note("revoke", &ask(&world, &maria, revoke, id(3)).await);
    script.note("somebody else's", &ask(&world, &world.user("dev"), revoke, id(3)).await);
    script.note("no id of a token", &ask(&world, &maria, revoke, json!({"id": "gid://gitlab/User/2"})).await);
    assert_snapshot!(script);
    assert!(world.stored(3).await.revocation.is_some());
}

#[tokio::test]
async fn says_what_is_wrong_with_a_wish() {
    let world = World::new().await;
    let input = |extra: Value| {
        let mut input = json!({"name": "x", "granularScopes": [{"access": "SELECTED_MEMBERSHIPS", "permissions": ["read_job"], "resourceIds": ["gid://gitlab/Project/20"]}]});
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "input": input })
    };
    let maria = world.user("maria");
    let narrow =
        fine(&[grant(GrantAccess::User, &["create_personal_access_token"]), on(&[21], &[], &["read_job"])]);
    let narrow = world.bearer(&world.token("maria", narrow).await);
    let other =
        world.bearer(&world.token("maria", fine(&[on(&[20], &[], &["create_personal_access_token"])])).await);
    let reading = world.bearer(&world.token("maria", legacy(&["read_api"])).await);
    let mut script = Script::default();
    for (title, caller, extra) in [
        ("no grants", &maria, json!({"granularScopes": []})),
        ("no name", &maria, json!({"name": " "})),
        ("too late", &maria, json!({"expiresAt": "2030-01-01"})),
        (
            "no permission of that name",
            &maria,
            json!({"granularScopes": [{"access": "USER", "permissions": ["read_usr"]}]}),
        ),
        (
            "no project",
            &maria,
            json!({"granularScopes": [{"access": "SELECTED_MEMBERSHIPS", "permissions": [], "resourceIds": ["gid://gitlab/Issue/1"]}]}),
        ),
        ("sudo is for administrators", &maria, json!({"sudo": true})),
        (
            "sudo from what has none",
            &world.user("root"),
            json!({"sudo": true, "granularScopes": [{"access": "USER", "permissions": []}]}),
        ),
        ("more than the maker has", &narrow, json!({})),
        ("without the permission", &other, json!({})),
        ("without the scope", &reading, json!({})),
    ] {
        script.note(title, &ask(&world, caller, CREATE, input(extra)).await);
    }
    assert_snapshot!(script);
}

#[tokio::test]
async fn lists_tokens() {
    let world = World::new().await;
    for (path, body) in [
        (
            "/projects/20",
            json!({"name_with_namespace": "Acme / Web", "path_with_namespace": "acme/web", "web_url": "https://gitlab.example.com/acme/web"}),
        ),
        (
            "/groups/11",
            json!({"full_name": "Acme / Platform", "full_path": "acme/platform", "avatar_url": null}),
        ),
    ] {
        world.containers.answers.lock().unwrap().insert(path.to_owned(), body);
    }
    world.token("maria", legacy(&["api"])).await;
    world.token("maria", legacy(&["read_api", "read_user"])).await;
    world
        .token(
            "maria",
            fine(&[on(&[20, 22], &[11], &["read_job"]), grant(GrantAccess::User, &["read_user"])]),
        )
        .await;
    let maria = world.user("maria");
    let reply = ask(&world, &maria, INVENTORY, Value::Null).await;
    assert_snapshot!(reply);
    let ids = async |caller: &Caller, arguments: &str| {
        let document = format!(
            "{{ user(id: \"gid://gitlab/User/2\") {{ personalAccessTokens({arguments}) {{ nodes {{ id }} edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage }} }} }} }}"
        );
        ask(&world, caller, &document, Value::Null).await.json()
    };
    let numbers = |reply: &Value| -> Vec<String> {
        let nodes = reply["data"]["user"]["personalAccessTokens"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["id"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers(&ids(&maria, "sort: CREATED_ASC").await), ["1", "2", "3"]);
    assert_eq!(numbers(&ids(&maria, "state: INACTIVE").await), [""; 0]);
    assert_eq!(numbers(&ids(&maria, "createdAfter: \"2026-01-01T00:00:00Z\", expiresBefore: \"2028-01-01\", revoked: false, search: \"TES\"").await), ["3", "2", "1"]);
    let first = ids(&maria, "first: 1, sort: ID_ASC").await;
    let cursor =
        first["data"]["user"]["personalAccessTokens"]["edges"][0]["cursor"].as_str().unwrap().to_owned();
    assert_eq!(numbers(&ids(&maria, &format!("first: 1, sort: ID_ASC, after: \"{cursor}\"")).await), ["2"]);
    let last = ids(&maria, "last: 2, sort: ID_ASC").await;
    assert_eq!(numbers(&last), ["2", "3"]);
    assert_eq!(
        last["data"]["user"]["personalAccessTokens"]["pageInfo"],
        json!({"hasNextPage": false, "hasPreviousPage": true})
    );
    let cursor =
        last["data"]["user"]["personalAccessTokens"]["edges"][1]["cursor"].as_str().unwrap().to_owned();
    assert_eq!(numbers(&ids(&maria, &format!("last: 1, sort: ID_ASC, before: \"{cursor}\"")).await), ["2"]);
    assert_eq!(numbers(&ids(&world.user("root"), "first: 9").await), ["3", "2", "1"]);
    assert_eq!(ids(&world.user("dev"), "first: 9").await["data"], json!({"user": null}));
    assert_eq!(ids(&maria, "first: -1").await["data"], json!({"user": {"personalAccessTokens": null}}));
}

#[tokio::test]
async fn lists_permissions() {
    let world = World::new().await;
    let document = "query { accessTokenPermissions { name action description category categoryName resource resourceName resourceDescription boundaries } }";
    let token = world.bearer(&world.token("gus", fine(&[on(&[20], &[], &["read_job"])])).await);
    let reply = ask(&world, &token, document, Value::Null).await.json();
    let all = reply["data"]["accessTokenPermissions"].as_array().unwrap();
    let job = all.iter().find(|permission| permission["name"] == "read_job").unwrap();
    assert_snapshot!(job, @r#"{"name":"read_job","action":"read","description":"Job: Read","category":"ci_cd","categoryName":"CI/CD","resource":"job","resourceName":"Job","resourceDescription":"CI/CD jobs: their list, logs and state","boundaries":["PROJECT"]}"#);
    assert!(all.len() > 700);
}

#[tokio::test]
async fn answers_nothing_but_its_own() {
    let world = World::new().await;
    let maria = world.user("maria");
    let mut script = Script::default();
    for (title, document) in [
        ("another's", "{ metadata { version } }"),
        ("a mixture", "{ accessTokenPermissions { name } metadata { version } }"),
        ("unreadable", "{ accessTokenPermissions"),
        ("no such field", "{ accessTokenPermissions { color } }"),
    ] {
        script.note(title, &ask(&world, &maria, document, Value::Null).await);
    }
    let batch = json!([{"query": "{ currentUser { id personalAccessTokens { nodes { id } } } }"}, {"query": "{ metadata { version } }"}]);
    script.note("a batch", &world.graphql(&maria, &batch).await);
    assert_snapshot!(script);
}
