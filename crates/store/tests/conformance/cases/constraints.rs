//! The rules that the tables enforce by themselves, each with a statement that breaks it.

use std::collections::BTreeSet;

use sqlx::error::ErrorKind;

use crate::fixture::{Fixture, new_token};

const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/20261120000000_create_tables.sql")];

const CONNECTIONS: &str =
    "insert into connections (id, tenant_id, instance_url, user_id, username, administrator,
    credential_scopes, created_at, updated_at, health, credential_key_id, credential, removed_at)";
const TOKENS: &str =
    "insert into tokens (id, tenant_id, connection_id, name_folded, created_at, family_id, kind, digest,
    name, user_id, scopes, expires_at, previous_id)";
const GRANTS: &str = "insert into grants (token_id, ordinal, permissions, access, project_id, group_id)";
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
    format!("{GRANTS} values (1, 9, '', {values})")
}

fn cases() -> Vec<(&'static str, ErrorKind, String)> {
    use ErrorKind::{CheckViolation as Check, ForeignKeyViolation as Foreign, UniqueViolation as Unique};
    let audit = "insert into audit_events (id, at, details, tenant_id, action) values";
    let change = "insert into changes (sequence, entity_id, at, entity, operation) values";
    vec![
        (
            "tenants_name",
            Unique,
            "insert into tenants (id, name, created_at) values (2, 'default', 0)".to_owned(),
        ),
        ("heads_one_row", Check, "insert into heads values (2, 0, 0, 0, 0)".to_owned()),
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

pub(crate) async fn every_constraint_holds(fixture: &Fixture) {
    let connected = fixture.connect(7).await;
    fixture.add(&new_token(&connected, "first")).await;
    fixture.add(&new_token(&connected, "second")).await;
    for (name, kind, statement) in cases() {
        let error = fixture.raw.execute(format!("begin; {statement}; rollback")).await.unwrap_err();
        let error = error.into_database_error().unwrap();
        assert_eq!(format!("{:?}", error.kind()), format!("{kind:?}"), "{name}: {error}");
        if matches!(kind, ErrorKind::CheckViolation) {
            assert!(error.message().contains(name), "{name}: {error}");
        }
    }
    // Unchanged, the rows are fine: what failed was the one value.
    let fine = format!(
        "begin; {}; {}; {}; rollback",
        connection(0, "9"),
        token(0, "9"),
        grant("'user', null, null")
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
    let covered: BTreeSet<_> = cases().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(constraints, covered);
}
