//! What a million tokens cost. Takes a minute and prints a table, so it runs only when it is asked for:
//! `cargo test --release -p narrowgate-store --test million -- --ignored --nocapture`.

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use narrowgate_secret::{Sealed, TokenDigest};
    use narrowgate_store::connections::{Connection, Credential, NewConnection};
    use narrowgate_store::time::{SystemClock, Timestamp};
    use narrowgate_store::tokens::{
        Cursor, NewToken, Reaching, Revocation, Sort, State, Successor, TokenFilter, TokenKind,
        TokenPrivileges,
    };
    use narrowgate_store::{Page, Store, TenantId, TokenId};
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

    const TOKENS: u32 = 1_000_000;
    /// Different lists of permissions.
    const SETS: u32 = 1_000;
    /// What a page of a list may take.
    const PAGE: Duration = Duration::from_millis(50);

    async fn connect(store: &Store) -> Connection {
        let sealed = Sealed { key_id: "66687aad".to_owned(), bytes: vec![0] };
        let new = NewConnection {
            tenant: TenantId::DEFAULT,
            instance_url: "https://gitlab.example.com".to_owned(),
            user_id: 7,
            username: "maintainer".to_owned(),
            administrator: false,
            credential: Credential { sealed, scopes: vec!["api".to_owned()], expires_at: None },
        };
        store.connections().add(&new).await.unwrap()
    }

    /// Tokens of a thousand users: a tenth of them legacy, the others with one grant on one of ten thousand projects, on
    /// one of a thousand groups, or on all memberships (one in fifty). A quarter may push. Half were used, a tenth is
    /// revoked.
    async fn fill(path: &Path) {
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
        let numbers =
            format!("with recursive n(i) as (select 1 union all select i + 1 from n where i < {TOKENS})");
        for statement in [
            format!(
                "{numbers} insert into tokens (id, tenant_id, connection_id, kind, digest, name, name_folded, user_id,
                    scopes, created_at, expires_at, revoked_at, revocation, family_id)
                 select i, 1, 1, 'personal', randomblob(32), 'token ' || (i * 7919 % 1000003),
                    'token ' || (i * 7919 % 1000003), 1 + i % 1000, case when i % 10 = 0 then 'read_api' end,
                    1700000000000000 + i * 1000000, 86400000000 * (19700 + i % 800),
                    case when i % 10 = 5 then 1800000000000000 end, case when i % 10 = 5 then 'revoked' end, i from n"
            ),
            format!(
                "{numbers} insert into permission_sets (id, permissions)
                 select i, case when i % 4 = 0 then 'read_job push_code own_' || i else 'read_job own_' || i end
                 from n where i <= {SETS}"
            ),
            "insert into permission_set_members (permission, set_id)
             select 'read_job', id from permission_sets union all
             select 'push_code', id from permission_sets where id % 4 = 0 union all
             select 'own_' || id, id from permission_sets"
                .to_owned(),
            format!(
                "{numbers} insert into grants (token_id, ordinal, access, project_id, group_id, permission_set)
                 select i, 0,
                    case when i % 50 = 1 then 'all_memberships' else 'selected_memberships' end,
                    case when i % 50 <> 1 and i % 3 > 0 then 1 + i % 10000 end,
                    case when i % 50 <> 1 and i % 3 = 0 then 1 + i % 1000 end,
                    1 + i * 7919 % {SETS}
                 from n where i % 10 > 0"
            ),
            "update token_uses set last_used_at = 1750000000000000 + token_id * 7919 % 1000003 * 1000000,
                addresses = '192.0.2.1'
             where token_id % 2 = 0"
                .to_owned(),
            format!("update heads set token_id = {TOKENS}"),
            format!("update tenants set token_count = {TOKENS}"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        close(connection).await;
    }

    async fn close(mut connection: SqliteConnection) {
        sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// The median of some runs.
    async fn measure<F: Future>(what: &str, runs: usize, mut run: impl FnMut(usize) -> F) -> Duration {
        let mut times = Vec::new();
        for number in 0..runs {
            let start = Instant::now();
            run(number).await;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let median = times[runs / 2];
        println!("{what:58} {median:>12.1?}");
        median
    }

    fn all() -> TokenFilter {
        TokenFilter::all(TenantId::DEFAULT)
    }

    async fn lists(store: &Store) {
        let now = Timestamp(1_760_000_000_000_000);
        let sorted = |sort: &str| TokenFilter { sort: Sort::parse(sort).unwrap(), ..all() };
        let filters = [
            ("everything, newest first", all()),
            ("by creation", sorted("created_asc")),
            ("by expiry", sorted("expires_asc")),
            ("by name", sorted("name_asc")),
            ("by last use", sorted("last_used_desc")),
            ("by last use, the unused last", sorted("last_used_asc")),
            ("active", TokenFilter { state: Some(State::Active(now)), ..all() }),
            ("revoked", TokenFilter { revoked: Some(true), ..all() }),
            ("of one user", TokenFilter { user_id: Some(77), ..all() }),
        ];
        for (what, filter) in &filters {
            let list = |offset| async move {
                store.tokens().list(filter, Page { offset, limit: 20 }).await.unwrap();
            };
            let first = measure(&format!("list {what}: first page"), 9, |_| list(0)).await;
            assert!(first < PAGE, "{what}");
            let Some(total) = store.tokens().list(filter, Page { offset: 0, limit: 1 }).await.unwrap().total
            else {
                continue;
            };
            let last = u32::try_from(total).unwrap().saturating_sub(20);
            let last = measure(&format!("list {what}: last page"), 9, |_| list(last)).await;
            assert!(last < PAGE, "{what}");
        }
        let middle = store.tokens().lookup(TokenId(i64::from(TOKENS / 2))).await.unwrap().unwrap();
        let keyset = TokenFilter { after: Some(Cursor::after(&middle, all().sort)), ..all() };
        let keyset = measure("list everything: by cursor, from the middle", 9, |_| async {
            assert_eq!(store.tokens().list_after(&keyset, 20).await.unwrap().len(), 20);
        });
        assert!(keyset.await < PAGE);
    }

    async fn questions(store: &Store) {
        let page = Page { offset: 0, limit: 20 };
        let reaching = Some(Reaching { project: Some(4321), groups: vec![17, 18, 19] });
        let push = TokenFilter { permission: Some("push_code".to_owned()), reaching, ..all() };
        let both = TokenFilter { or_scopes: vec!["api".to_owned()], ..push.clone() };
        let anywhere = TokenFilter { reaching: None, ..push.clone() };
        let unknown = TokenFilter { permission: Some("fly".to_owned()), ..anywhere.clone() };
        let rare = TokenFilter { permission: Some("own_17".to_owned()), ..anywhere.clone() };
        let of_one = TokenFilter { user_id: Some(77), ..anywhere.clone() };
        let search = |text: &str| TokenFilter { search: Some(text.to_owned()), ..all() };
        let by_name = TokenFilter { sort: Sort::parse("name_asc").unwrap(), ..search("token") };
        for (what, filter) in [
            ("who can push to a project", push),
            ("who can push to a project, legacy tokens too", both),
            ("who can push anywhere", anywhere),
            ("who holds a permission that nobody holds", unknown),
            ("who holds a permission that few hold", rare),
            ("what of a user's may push", of_one),
            ("search in names: few", search("99999")),
            ("search in names: none", search("99999999")),
            ("search in names: all of them", search("token")),
            ("search in names: all of them, by name", by_name),
            ("search in names: two letters", search("to")),
        ] {
            let list = |page| store.tokens().list(&filter, page);
            let first =
                measure(&format!("{what}: first page"), 9, |_| async { list(page).await.unwrap() }).await;
            assert!(first < PAGE, "{what}");
            let Some(total) = store.tokens().list(&filter, page).await.unwrap().total else { continue };
            let last = Page { offset: u32::try_from(total).unwrap().saturating_sub(20), limit: 20 };
            let last =
                measure(&format!("{what}: last page"), 9, |_| async { list(last).await.unwrap() }).await;
            assert!(last < PAGE, "{what}");
        }
    }

    async fn single_tokens(store: &Store, connection: &Connection) {
        let digest =
            |id: u32| async move { store.tokens().lookup(TokenId(id.into())).await.unwrap().unwrap().digest };
        let digests = futures_util::future::join_all((1..200).map(|number| digest(number * 4999))).await;
        measure("look up by digest", digests.len(), |number| {
            let digest = &digests[number];
            async move { store.tokens().find_by_digest(digest).await.unwrap().unwrap() }
        })
        .await;
        measure("create", 200, |number| async move {
            let digest = TokenDigest::of(&format!("new {number}"));
            let privileges = TokenPrivileges::Legacy(vec!["api".to_owned()]);
            let new = NewToken::new(connection, TokenKind::Personal, digest, "new", privileges);
            store.tokens().add(&new).await.unwrap()
        })
        .await;
        measure("rotate", 200, |number| async move {
            let id = TokenId(i64::from(TOKENS) + 1 + number as i64);
            let digest = TokenDigest::of(&format!("next {number}"));
            store.tokens().rotate(id, &Successor { digest, expires_at: None }, store.now()).await.unwrap()
        })
        .await;
        measure("revoke", 200, |number| async move {
            let id = TokenId(i64::from(TOKENS) + 201 + number as i64);
            store.tokens().revoke(id, Revocation::asked(store.now())).await.unwrap()
        })
        .await;
    }

    #[tokio::test]
    #[ignore = "takes a minute"]
    async fn costs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("narrowgate.db");
        let open = || Store::open(path.to_str().unwrap(), Arc::new(SystemClock));
        let connection = connect(&open().await.unwrap()).await;
        fill(&path).await;
        let size = std::fs::metadata(&path).unwrap().len();
        println!("{TOKENS} tokens, {} bytes each on disk", size / u64::from(TOKENS));
        measure("open the database", 3, |_| open()).await;
        let store = open().await.unwrap();
        single_tokens(&store, &connection).await;
        questions(&store).await;
        lists(&store).await;
    }
}
