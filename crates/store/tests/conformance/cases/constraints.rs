//! The rules that the tables enforce by themselves, each with a statement that breaks it.

use std::collections::BTreeSet;

use sqlx::error::ErrorKind;

use crate::fixture::{Fixture, new_token};

const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/20261120000000_create_tables.sql"),
    include_str!("../../../migrations/20261121000000_extend_tokens.sql"),
    include_str!("../../../migrations/20261121000001_chain_audit_events.sql"),
    include_str!("../../../migrations/20261121000003_cache_graphql_schemas.sql"),
    include_str!("../../../migrations/20261121000004_index_lists.sql"),
];

const CONNECTIONS: &str =
    "insert into connections (id, tenant_id, instance_url, user_id, username, administrator,
    credential_scopes, created_at, updated_at, health, credential_key_id, credential, removed_at)";
const TOKENS: &str =
    "insert into tokens (id, tenant_id, connection_id, name_folded, created_at, family_id, kind, digest,
    name, user_id, scopes, expires_at, previous_id)";
const GRANTS: &str = "insert into grants (token_id, ordinal, permission_set, access, project_id, group_id)";
const DIGEST: &str = "x'0101010101010101010101010101010101010101010101010101010101010101'";

/// A row's values with one of them replaced.
fn but(values: &[&str], column: usize, value: &str) -> String {
    let mut values = values.to_vec();
    values[column] = value;
    values.join(", ")
}

fn connection(column: usize, value: &str) -> String {
    let row = ["9", "1", "'https://b'", "9", "'u'", "0", "''", "0", "0", "'healthy'", "'k'", "x'00'", "null"];
    format!("{CONNECTIONS} values ({})", but(&row, column, value))
}

fn token(column: usize, value: &str) -> String {
    let row = ["9", "1", "1", "'n'", "0", "9", "'personal'", DIGEST, "'n'", "9", "'api'", "null", "null"];
    format!("{TOKENS} values ({})", but(&row, column, value))
}

fn grant(values: &str) -> String {
    let set = "insert into permission_sets values (9, 'x') on conflict do nothing";
    format!("{set}; {GRANTS} values (1, 9, 9, {values})")
}

fn cases() -> Vec<(&'static str, ErrorKind, String)> {
    use ErrorKind::{CheckViolation as Check, ForeignKeyViolation as Foreign, UniqueViolation as Unique};
    let audit = "insert into audit_events (id, at, details, tenant_id, action) values";
    let set = "insert into permission_sets values (9, 'x')";
    let change = "insert into changes (sequence, entity_id, at, entity, operation) values";
    vec![
        (
            "tenants_name",
            Unique,
            "insert into tenants (id, name, created_at) values (2, 'default', 0)".to_owned(),
        ),
        ("heads_one_row", Check, "insert into heads (id, change_sequence, connection_id, token_id, audit_event_id) values (2, 0, 0, 0, 0)"
            .to_owned()),
        ("connections_tenant", Foreign, connection(1, "99")),
        ("connections_of_tenant", Unique, connection(0, "1")),
        ("connections_instance_url", Check, connection(2, "''")),
        ("connections_user_id", Check, connection(3, "0")),
        ("connections_administrator", Check, connection(5, "2")),
        ("connections_health", Check, connection(9, "'fine'")),
        ("connections_credential_while_live", Check, connection(12, "5")),
        ("connections_credential_key", Check, connection(10, "null")),
        ("connections_user", Unique, connection(2, "'https://gitlab.example.com'").replace(", 9, ", ", 7, ")),
        ("tokens_connection", Foreign, token(2, "99")),
        ("tokens_previous", Foreign, token(12, "99")),
        ("tokens_kind", Check, token(6, "'feed'")),
        ("tokens_digest_length", Check, token(7, "x'0101'")),
        ("tokens_name", Check, token(8, "''")),
        ("tokens_user_id", Check, token(9, "-1")),
        ("tokens_scopes", Check, token(10, "''")),
        ("tokens_expires_at", Check, token(11, "1")),
        ("tokens_digest", Unique, format!("{}; {}", token(0, "8"), token(0, "9"))),
        (
            "tokens_successor",
            Unique,
            format!("update tokens set previous_id = 1 where id = 2; {}", token(12, "1")),
        ),
        ("permission_sets_text", Unique, format!("{set}; insert into permission_sets values (8, 'x')")),
        ("permission_set_members_once", Unique, format!("{set}; {0}; {0}", "insert into permission_set_members values ('x', 9)")),
        ("permission_set_members_set", Foreign, "insert into permission_set_members values ('x', 99)".to_owned()),
        ("grants_permission_set", Foreign, grant("'user', null, null").replace("(1, 9, 9,", "(1, 9, 99,")),
        ("grants_order", Unique, format!("{0}; {0}", grant("'user', null, null"))),
        ("grants_token", Foreign, grant("'user', null, null").replace("(1, 9", "(99, 9")),
        ("grants_access", Check, grant("'everything', null, null")),
        ("grants_selection", Check, grant("'selected_memberships', null, null")),
        ("grants_selection", Check, grant("'selected_memberships', 1, 1")),
        ("grants_selection", Check, grant("'all_memberships', 1, null")),
        ("grants_ids", Check, grant("'selected_memberships', 0, null")),
        ("grants_ids", Check, grant("'selected_memberships', null, -1")),
        ("token_uses_token", Foreign, "insert into token_uses values (99, 0, '')".to_owned()),
        ("changes_entity", Check, format!("{change} (99, 1, 0, 'tenant', 'created')")),
        ("changes_operation", Check, format!("{change} (99, 1, 0, 'token', 'lost')")),
        ("audit_events_tenant", Foreign, format!("{audit} (1, 0, '', 99, 'a')")),
        ("audit_events_action", Check, format!("{audit} (1, 0, '', 1, '')")),
    ]
}

/// A change of the first token, which is personal and legacy.
fn set(values: &str) -> String {
    format!("update tokens set {values} where id = 1")
}

fn bot(column: usize, value: &str) -> String {
    let row = ["4000000001", "1", "1", "'project'", "20", "'bot'", "'b'", "30", "0"];
    format!("insert into bots values ({})", but(&row, column, value))
}

fn policy(values: &str) -> String {
    format!(
        "insert into policies (document, updated_at, tenant_id, instance_url, root_group) values ('{{}}', 0, {values})"
    )
}

fn allowlist(values: &str) -> String {
    format!(
        "insert into job_token_allowlist
            (instance_url, policies, position, updated_at, tenant_id, project_id, target_type, target_id)
         values ('https://a', null, 1, 0, {values})"
    )
}

fn push(tenant: u8) -> String {
    format!("insert into job_token_pushes values ({tenant}, 'https://a', 20)")
}

fn webhook(column: usize, value: &str) -> String {
    let row = ["9", "1", "'https://a'", "'k'", "x'00'", "'*'", "0"];
    format!("insert into webhooks values ({})", but(&row, column, value))
}

fn delivery(column: usize, value: &str) -> String {
    let row = ["9", "9", "'e'", "'{}'", "0", "'pending'", "0", "null", "0"];
    format!("{}; insert into deliveries values ({})", webhook(0, "9"), but(&row, column, value))
}

fn schema(digest: &str, connection: u8) -> String {
    format!(
        "insert into graphql_schemas values ({digest}, 'schema'); \
         insert into graphql_schema_uses values ({connection}, {digest}, 0)"
    )
}

fn extended_cases() -> Vec<(&'static str, ErrorKind, String)> {
    use ErrorKind::{CheckViolation as Check, ForeignKeyViolation as Foreign, UniqueViolation as Unique};
    let job = "kind = 'job', scopes = null, ends_at = 1, job_project_id = 20, job_id = 1";
    let warning = "insert into expiry_warnings values";
    let audit =
        "insert into audit_events (id, tenant_id, at, action, details, actor, previous_hash, hash) values";
    let hash = format!("x'{}'", "00".repeat(32));
    vec![
        ("tokens_ends_at", Check, set(&format!("{job}, ends_at = null").replace("ends_at = 1, ", ""))),
        ("tokens_resource_id", Check, set("kind = 'project', access_level = 30, resource_id = 0")),
        ("tokens_resource", Check, set("resource_id = 20, access_level = 30")),
        ("tokens_access_level", Check, set("kind = 'group', access_level = 60, resource_id = 10")),
        ("tokens_role", Check, set("kind = 'group', resource_id = 10")),
        ("tokens_job_project", Check, set("job_project_id = 20")),
        ("tokens_job", Check, set("job_id = 1")),
        ("tokens_job_ids", Check, set(&job.replace("job_id = 1", "job_id = 0"))),
        ("tokens_job_scopes", Check, set(&job.replace("scopes = null, ", ""))),
        ("tokens_impersonation", Check, set("impersonation = 2")),
        (
            "tokens_impersonation",
            Check,
            set("impersonation = 1, kind = 'group', access_level = 30, resource_id = 10"),
        ),
        ("tokens_created_by", Check, set("created_by = 0")),
        ("tokens_sudo", Check, set("sudo = 1")),
        (
            "tokens_sudo",
            Check,
            set("sudo = 1, scopes = null, kind = 'group', access_level = 30, resource_id = 10"),
        ),
        ("tokens_revocation", Check, set("revocation = 'lost', revoked_at = 1")),
        ("tokens_revocation_time", Check, set("revocation = 'revoked'")),
        ("bots_id", Check, bot(0, "7")),
        ("bots_connection", Foreign, bot(2, "99")),
        ("bots_resource_type", Check, bot(3, "'user'")),
        ("bots_resource_id", Check, bot(4, "0")),
        ("bots_username", Check, bot(5, "''")),
        ("bots_access_level", Check, bot(7, "60")),
        ("bots_of_tenant", Unique, format!("{}; {}", bot(0, "4000000001"), bot(0, "4000000002"))),
        ("policies_of_scope", Unique, format!("{0}; {0}", policy("1, '', 0"))),
        ("policies_tenant", Foreign, policy("99, '', 0")),
        ("policies_group", Check, policy("1, '', 10")),
        ("job_token_allowlist_target", Unique, format!("{0}; {0}", allowlist("1, 20, 'group', 10"))),
        ("job_token_allowlist_tenant", Foreign, allowlist("99, 20, 'group', 10")),
        ("job_token_allowlist_target_type", Check, allowlist("1, 20, 'user', 10")),
        ("job_token_allowlist_ids", Check, allowlist("1, 20, 'group', 0")),
        ("job_token_allowlist_other", Check, allowlist("1, 20, 'project', 20")),
        ("job_token_pushes_project", Unique, format!("{0}; {0}", push(1))),
        ("job_token_pushes_tenant", Foreign, push(99)),
        ("webhooks_tenant", Foreign, webhook(1, "99")),
        ("webhooks_url", Check, webhook(2, "''")),
        ("webhooks_events", Check, webhook(5, "''")),
        ("deliveries_webhook", Foreign, delivery(1, "99")),
        ("deliveries_state", Check, delivery(5, "'lost'")),
        ("graphql_schemas_digest", Check, schema("x'00'", 1)),
        ("graphql_schema_uses_connection", Foreign, schema(&hash, 99)),
        ("graphql_schema_uses_schema", Foreign, format!("{}; delete from graphql_schemas", schema(&hash, 1))),
        ("expiry_warnings_once", Unique, format!("{warning} (1, 7, 0), (1, 7, 1)")),
        ("expiry_warnings_token", Foreign, format!("{warning} (99, 7, 0)")),
        ("expiry_warnings_days", Check, format!("{warning} (1, -1, 0)")),
        ("audit_events_actor", Check, format!("{audit} (1, 1, 0, 'a', '', 'nobody', {hash}, {hash})")),
        ("audit_events_previous_hash", Check, format!("{audit} (1, 1, 0, 'a', '', 'user', x'00', {hash})")),
        ("audit_events_hash", Check, format!("{audit} (1, 1, 0, 'a', '', 'user', {hash}, x'00')")),
    ]
}

pub(crate) async fn every_constraint_holds(fixture: &Fixture) {
    let connected = fixture.connect(7).await;
    fixture.add(&new_token(&connected, "first")).await;
    fixture.add(&new_token(&connected, "second")).await;
    for (name, kind, statement) in cases().into_iter().chain(extended_cases()) {
        let error = fixture.raw.execute(format!("begin immediate; {statement}; rollback")).await.unwrap_err();
        let error = error.into_database_error().unwrap();
        assert_eq!(format!("{:?}", error.kind()), format!("{kind:?}"), "{name}: {error}");
        if matches!(kind, ErrorKind::CheckViolation) {
            assert!(error.message().contains(name), "{name}: {error}");
        }
    }
    // Unchanged, the rows are fine: what failed was the one value.
    let fine = format!(
        "begin; {}; {}; {}; {}; {}; {}; {}; {}; {}; {}; rollback",
        connection(0, "9"),
        token(0, "9"),
        grant("'user', null, null"),
        bot(0, "4000000001"),
        policy("1, 'https://a', 10"),
        allowlist("1, 20, 'group', 20"),
        push(1),
        delivery(0, "9"),
        schema(&format!("x'{}'", "00".repeat(32)), 1),
        set("kind = 'job', scopes = null, ends_at = 1, job_project_id = 20, job_id = 1"),
    );
    fixture.raw.execute(fine).await.unwrap();
}

pub(crate) async fn no_constraint_lacks_a_case(_: &Fixture) {
    let named = |line: &'static str| {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["constraint", name, ..] | ["create", "unique", "index", name, ..] => Some(*name),
            _ => None,
        }
    };
    let constraints: BTreeSet<_> =
        MIGRATIONS.iter().flat_map(|text| text.lines()).filter_map(named).collect();
    let covered: BTreeSet<_> = cases().into_iter().chain(extended_cases()).map(|(name, ..)| name).collect();
    assert_eq!(constraints, covered);
}
