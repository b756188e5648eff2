//! What the store says when the disk, the file or another process is in the way.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::task::Poll;

    use narrowgate_secret::Sealed;
    use narrowgate_store::audit::{AuditEvent, AuditFilter, Verification};
    use narrowgate_store::connections::{Credential, NewConnection};
    use narrowgate_store::time::{SystemClock, Timestamp};
    use narrowgate_store::{Page, Sequence, Store, StoreError, TenantId};
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use tempfile::TempDir;

    async fn open(location: impl AsRef<Path>) -> Result<Store, StoreError> {
        Store::open(location.as_ref().to_str().unwrap(), Arc::new(SystemClock)).await
    }

    fn folder() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("narrowgate.db");
        (folder, path)
    }

    async fn raw(path: &Path) -> SqliteConnection {
        SqliteConnectOptions::new().filename(path).connect().await.unwrap()
    }

    fn event(details: String) -> AuditEvent {
        AuditEvent {
            details: details.into(),
            ..AuditEvent::new(TenantId::DEFAULT, Timestamp(0), "request.denied")
        }
    }

    #[tokio::test]
    async fn the_file_is_private() {
        let (folder, path) = folder();
        let store = open(&path).await.unwrap();
        store.audit().append(&[event(String::new())]).await.unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(
                file.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{:?}",
                file.file_name()
            );
        }
    }

    #[tokio::test]
    async fn another_file_is_corrupt() {
        let (_folder, path) = folder();
        fs::write(
            &path,
            "not a database, but long enough to have the header of one if it were any ".repeat(9),
        )
        .unwrap();
        let error = open(&path).await.err().unwrap();
        assert!(matches!(error, StoreError::Corrupt(..)), "{error:?}");
        assert_eq!(error.to_string(), "the store is corrupt: the file is not an SQLite database");
    }

    #[tokio::test]
    async fn a_damaged_page_is_corrupt() {
        let (_folder, path) = folder();
        let store = open(&path).await.unwrap();
        store.audit().append(&[event("x".repeat(100_000))]).await.unwrap();
        drop(store);
        let mut bytes = {
            let mut connection = raw(&path).await;
            sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut connection).await.unwrap();
            fs::read(&path).unwrap()
        };
        bytes[4096..].fill(0xff);
        fs::write(&path, bytes).unwrap();
        let error = match open(&path).await {
            Ok(store) => store.audit().list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.err(),
            Err(error) => Some(error),
        };
        assert!(matches!(error, Some(StoreError::Corrupt(..))), "{error:?}");
    }

    #[tokio::test]
    async fn a_value_that_was_never_written_is_corrupt() {
        let (_folder, path) = folder();
        let store = open(&path).await.unwrap();
        store.audit().append(&[event(String::new())]).await.unwrap();
        sqlx::raw_sql("update audit_events set details = '{'").execute(&mut raw(&path).await).await.unwrap();
        let error = store.audit().list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(..)), "{error:?}");
    }

    #[tokio::test]
    async fn a_missing_folder_is_unavailable() {
        let (_folder, path) = folder();
        let error = open(path.join("missing.db")).await.err().unwrap();
        assert!(matches!(error, StoreError::Unavailable(..)), "{error:?}");
        assert!(error.to_string().contains("narrowgate.db/missing.db"), "{error}");
    }

    #[tokio::test]
    async fn other_databases_are_refused_with_their_scheme() {
        let error = open("postgres://user:secret@localhost/narrowgate").await.err().unwrap();
        assert!(
            error.to_string().contains("`postgres://`") && !error.to_string().contains("secret"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_newer_database_is_refused() {
        let (_folder, path) = folder();
        drop(open(&path).await.unwrap());
        let statement = "insert into _sqlx_migrations values (99990101000000, 'later', 0, true, x'00', 0)";
        sqlx::raw_sql(statement).execute(&mut raw(&path).await).await.unwrap();
        let error = open(&path).await.err().unwrap();
        assert!(error.to_string().contains("newer version"), "{error}");
    }

    #[tokio::test]
    async fn a_locked_database_is_unavailable() {
        let (_folder, path) = folder();
        let store = open(&path).await.unwrap();
        let mut other = raw(&path).await;
        sqlx::raw_sql("begin immediate").execute(&mut other).await.unwrap();
        // Reading goes on meanwhile.
        store.changes().head().await.unwrap();
        let error = store.audit().append(&[event(String::new())]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(..)), "{error:?}");
        assert!(error.to_string().contains("another process"), "{error}");
        sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
        store.audit().append(&[event(String::new())]).await.unwrap();
    }

    #[tokio::test]
    async fn a_write_that_is_given_up_is_done_or_undone() {
        let (_folder, path) = folder();
        let store = open(&path).await.unwrap();
        for polls in 0..200 {
            let events = [event("first".to_owned()), event("second".to_owned())];
            give_up_after(polls % 12, store.audit().append(&events)).await;
        }
        store.audit().append(&[event("last".to_owned())]).await.unwrap();
        let listed = store.audit().list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap();
        let total = listed.total.unwrap();
        assert_eq!(total % 2, 1);
        let ids: Vec<_> = listed.items.iter().rev().map(|recorded| recorded.id).collect();
        assert_eq!(ids, (1..=i64::try_from(total).unwrap()).collect::<Vec<_>>());
        let verified = store.audit().verify(None).await.unwrap();
        assert!(matches!(verified, Verification::Intact { count, .. } if count == total), "{verified:?}");
        // The lock was given back.
        sqlx::raw_sql("begin immediate; rollback").execute(&mut raw(&path).await).await.unwrap();
    }

    /// Lets a future make some progress and drops it, as a server does when a client hangs up.
    async fn give_up_after(polls: u32, future: impl Future) {
        let mut future = std::pin::pin!(future);
        let mut left = polls;
        std::future::poll_fn(|context| {
            if left == 0 || future.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            left -= 1;
            Poll::Pending
        })
        .await;
    }

    #[tokio::test]
    async fn a_second_process_is_followed_through_the_head() {
        let (_folder, path) = folder();
        let (serve, command) = (open(&path).await.unwrap(), open(&path).await.unwrap());
        let mut watch = serve.changes().watch();
        let sealed = Sealed { key_id: "66687aad".to_owned(), bytes: vec![0] };
        let new = NewConnection {
            tenant: TenantId::DEFAULT,
            instance_url: "https://gitlab.example.com".to_owned(),
            user_id: 7,
            username: "maintainer".to_owned(),
            administrator: false,
            credential: Credential { sealed, scopes: vec![], expires_at: None },
        };
        let added = command.connections().add(&new).await.unwrap();
        assert!(!watch.has_changed().unwrap());
        assert_eq!(serve.changes().head().await.unwrap(), Sequence(1));
        assert_eq!(*watch.borrow_and_update(), Sequence(1));
        assert_eq!(serve.connections().lookup(added.id).await.unwrap(), Some(added));
    }

    #[tokio::test]
    async fn processes_that_start_at_once_share_the_tables() {
        let (_folder, path) = folder();
        let stores = futures_util::future::join_all((0..8).map(|_| open(&path))).await;
        for store in stores {
            assert_eq!(store.unwrap().changes().head().await.unwrap(), Sequence(0));
        }
    }
}
