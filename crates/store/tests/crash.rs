//! What was acknowledged survives `kill -9`.
//!
//! The test starts itself as a child that creates, rotates and revokes as fast as it can and prints what the store has
//! acknowledged; the child is killed at some moment, and every line it got out must hold in the database it left.

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;
    use std::time::Duration;

    use narrowgate_secret::{Sealed, TokenDigest};
    use narrowgate_store::connections::{Connection, Credential, NewConnection};
    use narrowgate_store::time::SystemClock;
    use narrowgate_store::tokens::{NewToken, Revocation, Rotation, Successor, TokenKind, TokenPrivileges};
    use narrowgate_store::{Sequence, Store, TenantId};

    const DATABASE: &str = "NARROWGATE_CRASH_TEST_DATABASE";
    const ROUNDS: u64 = 20;

    async fn open(path: &Path) -> Store {
        Store::open(path.to_str().unwrap(), Arc::new(SystemClock)).await.unwrap()
    }

    /// Not a test by itself: the child's part, which does nothing unless it is told a database.
    #[tokio::test]
    async fn child() {
        let Ok(path) = std::env::var(DATABASE) else { return };
        let store = open(Path::new(&path)).await;
        let round = store.changes().head().await.unwrap();
        let connection = connection(&store, round).await;
        for number in 0.. {
            turn(&store, &connection, &format!("{round}.{number}")).await;
        }
    }

    async fn connection(store: &Store, round: Sequence) -> Connection {
        let sealed = Sealed { key_id: "66687aad".to_owned(), bytes: vec![0] };
        let new = NewConnection {
            tenant: TenantId::DEFAULT,
            instance_url: format!("https://{round}.example.com"),
            user_id: 7,
            username: "maintainer".to_owned(),
            administrator: false,
            credential: Credential { sealed, scopes: vec![], expires_at: None },
        };
        store.connections().add(&new).await.unwrap()
    }

    /// Creates one token, rotates another and revokes a third.
    async fn turn(store: &Store, connection: &Connection, name: &str) {
        let (tokens, now) = (store.tokens(), store.now());
        let mut ids = Vec::new();
        for kind in ["live", "dead", "rotated"] {
            let text = format!("{kind} {name}");
            let privileges = TokenPrivileges::Legacy(vec!["api".to_owned()]);
            let digest = TokenDigest::of(&text);
            let new = NewToken::new(connection, TokenKind::Personal, digest, text.clone(), privileges);
            ids.push(tokens.add(&new).await.unwrap().id);
            acknowledge("created", &text);
        }
        assert!(tokens.revoke(ids[1], Revocation::asked(now)).await.unwrap());
        acknowledge("revoked", &format!("dead {name}"));
        let successor = format!("successor {name}");
        let successor = Successor { digest: TokenDigest::of(&successor), expires_at: None };
        assert!(matches!(tokens.rotate(ids[2], &successor, now).await.unwrap(), Rotation::Rotated(_)));
        acknowledge("revoked", &format!("rotated {name}"));
        acknowledge("created", &format!("successor {name}"));
    }

    fn acknowledge(what: &str, text: &str) {
        let mut out = std::io::stdout().lock();
        writeln!(out, "acknowledged {what} {text}").unwrap();
        out.flush().unwrap();
    }

    fn start(path: &Path) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::child", "--nocapture"])
            .env(DATABASE, path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Lets the child get some lines out, kills it a moment later, and gives all lines it got out until it died.
    fn run_and_kill(path: &Path, round: u64) -> Vec<(String, String)> {
        let mut child = start(path);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut seen: Vec<String> =
            lines.by_ref().filter(|line| line.contains("acknowledged")).take(1 + round as usize).collect();
        // Odd pauses, so that the kill falls into every part of a transaction.
        std::thread::sleep(Duration::from_micros(round * 137));
        child.kill().unwrap();
        seen.extend(lines);
        child.wait().unwrap();
        let acknowledged = seen.iter().filter_map(|line| line.split_once("acknowledged ")?.1.split_once(' '));
        acknowledged.map(|(what, text)| (what.to_owned(), text.to_owned())).collect()
    }

    async fn check(store: &Store, acknowledged: &[(String, String)]) {
        for (what, text) in acknowledged {
            let token = store.tokens().find_by_digest(&TokenDigest::of(text)).await.unwrap();
            let token = token.unwrap_or_else(|| panic!("`{text}` was acknowledged and is lost"));
            if what == "revoked" {
                assert!(token.revocation.is_some(), "`{text}` was revoked and works again");
            } else if text.starts_with("live") || text.starts_with("successor") {
                assert_eq!(token.revocation, None, "`{text}` works no longer");
            }
        }
    }

    #[tokio::test]
    async fn keeps_what_it_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("narrowgate.db");
        let mut acknowledged = Vec::new();
        for round in 0..ROUNDS {
            let news = run_and_kill(&path, round);
            assert!(!news.is_empty());
            acknowledged.extend(news);
            check(&open(&path).await, &acknowledged).await;
        }
        let store = open(&path).await;
        let changes = store.changes().since(Sequence(0), u32::MAX).await.unwrap();
        let places: Vec<_> = changes.iter().map(|change| change.sequence.0).collect();
        assert_eq!(places, (1..=store.changes().head().await.unwrap().0).collect::<Vec<_>>());
        assert!(changes.len() > acknowledged.len());
    }
}
