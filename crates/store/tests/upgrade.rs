//! A database that an earlier version wrote, opened by this one.

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use narrowgate_store::audit::{ActorKind, AuditEvent, AuditFilter, Verification};
    use narrowgate_store::time::{SystemClock, Timestamp};
    use narrowgate_store::tokens::{GrantAccess, Revocation, StoredGrant, TokenFilter, TokenPrivileges};
    use narrowgate_store::{Page, Sequence, Store, TenantId, TokenId};
    use sqlx::ConnectOptions as _;
    use sqlx::migrate::Migrator;
    use sqlx::sqlite::SqliteConnectOptions;

    const FIRST: &str = "20261120000000_create_tables.sql";

    const ROWS: &str = "
        insert into connections (id, tenant_id, instance_url, user_id, username, administrator, credential_key_id,
            credential, credential_scopes, health, created_at, updated_at)
        values (1, 1, 'https://gitlab.example.com', 7, 'maria', 0, 'k', x'00', 'api', 'healthy', 0, 0);
        insert into tokens (id, tenant_id, connection_id, kind, digest, name, name_folded, user_id, scopes, created_at,
            revoked_at, family_id)
        values (1, 1, 1, 'personal', zeroblob(32), 'dead', 'dead', 7, 'api', 5, 9, 1),
            (2, 1, 1, 'personal', x'0101010101010101010101010101010101010101010101010101010101010101', 'live', 'live', 7,
            'api', 6, null, 2);
        insert into tokens (id, tenant_id, connection_id, kind, digest, name, name_folded, user_id, created_at, family_id)
        values (3, 1, 1, 'personal', x'0202020202020202020202020202020202020202020202020202020202020202', 'Fine', 'fine', 7,
            6, 3);
        insert into grants (token_id, ordinal, access, project_id, group_id, permissions)
        values (3, 0, 'selected_memberships', 20, null, 'read_job push_code'), (3, 1, 'user', null, null, 'read_user');
        insert into changes values (1, 'connection', 1, 'created', 0), (2, 'token', 1, 'created', 5),
            (3, 'token', 2, 'created', 6), (4, 'token', 1, 'revoked', 9);
        insert into audit_events (id, tenant_id, at, action, user_id, token_id, address, details)
        values (1, 1, 5, 'token.created', null, 1, null, 'null'),
            (2, 1, 9, 'token.revoked', 7, 1, '192.0.2.1', '{\"name\":\"dead\"}');
        update heads set change_sequence = 4, connection_id = 1, token_id = 3, audit_event_id = 2;
    ";

    /// A database with the tables and rows of the first version.
    async fn first_version(path: &Path) {
        let folder = tempfile::tempdir().unwrap();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        std::fs::copy(migrations.join(FIRST), folder.path().join(FIRST)).unwrap();
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        Migrator::new(folder.path()).await.unwrap().run(&mut connection).await.unwrap();
        sqlx::raw_sql(ROWS).execute(&mut connection).await.unwrap();
    }

    #[tokio::test]
    async fn keeps_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("narrowgate.db");
        first_version(&path).await;
        let store = Store::open(path.to_str().unwrap(), Arc::new(SystemClock)).await.unwrap();

        let dead = store.tokens().lookup(TokenId(1)).await.unwrap().unwrap();
        assert_eq!(dead.revocation, Some(Revocation::asked(Timestamp(9))));
        let all = TokenFilter::all(TenantId::DEFAULT);
        let listed = store.tokens().list(&all, Page::ALL).await.unwrap();
        assert_eq!((listed.items.len(), listed.total), (3, Some(3)));
        assert_eq!(listed.items[0].conditions, narrowgate_store::tokens::Conditions::default());
        let granted = |access, project_id, names: &str| StoredGrant {
            access,
            project_id,
            group_id: None,
            permissions: names.split(' ').map(str::to_owned).collect(),
        };
        let fine = TokenPrivileges::FineGrained(vec![
            granted(GrantAccess::SelectedMemberships, Some(20), "read_job push_code"),
            granted(GrantAccess::User, None, "read_user"),
        ]);
        assert_eq!(listed.items[0].privileges, fine);
        for found in [
            TokenFilter { permission: Some("push_code".to_owned()), ..all.clone() },
            TokenFilter { search: Some("INE".to_owned()), ..all.clone() },
        ] {
            let found = store.tokens().list(&found, Page::ALL).await.unwrap().items;
            assert_eq!(found.iter().map(|token| token.id).collect::<Vec<_>>(), [TokenId(3)]);
        }
        assert_eq!(store.changes().since(Sequence(0), 9).await.unwrap().len(), 4);
        assert!(store.tokens().revoke(TokenId(2), Revocation::asked(Timestamp(10))).await.unwrap());
    }

    #[tokio::test]
    async fn chains_the_events_that_were_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("narrowgate.db");
        first_version(&path).await;
        let open = || Store::open(path.to_str().unwrap(), Arc::new(SystemClock));
        let store = open().await.unwrap();
        let head = store.audit().head().await.unwrap();
        let verified = store.audit().verify(None).await.unwrap();
        assert_eq!(verified, Verification::Intact { count: 2, head });
        let events = store.audit().list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap().items;
        let actors: Vec<_> = events.iter().map(|recorded| recorded.event.actor).collect();
        assert_eq!(actors, [ActorKind::Token, ActorKind::Operator]);
        store
            .audit()
            .append(&[AuditEvent::new(TenantId::DEFAULT, Timestamp(11), "store.opened")])
            .await
            .unwrap();
        let again = open().await.unwrap();
        let verified = again.audit().verify(Some(head)).await.unwrap();
        assert!(matches!(verified, Verification::Intact { count: 3, .. }), "{verified:?}");
    }
}
