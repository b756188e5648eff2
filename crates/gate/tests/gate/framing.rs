//! Requests that two parsers could tell apart differently, over real connections.

use std::time::Duration;

use crate::world::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn contradicting_lengths_get_one_answer_and_the_end() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let smuggled = format!(
        "GET /api/v4/projects/20/issues HTTP/1.1\r\nHost: g\r\nPRIVATE-TOKEN: {}\r\n\r\n",
        token.expose()
    );
    for lengths in [
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let answer = world
            .raw(&format!(
                "POST /api/v4/projects/20/issues HTTP/1.1\r\nHost: g\r\nPRIVATE-TOKEN: {}\r\n{lengths}\r\n0\r\n\r\n{smuggled}",
                token.expose()
            ))
            .await;
        assert_eq!(answer.status(), 400, "{answer:?}");
        assert!(answer.has("conflicting_length"), "{answer:?}");
        assert_eq!(answer.0.matches("HTTP/1.1 ").count(), 1, "{answer:?}");
        assert!(world.upstream.take().is_empty());
    }
}

#[tokio::test]
async fn kept_and_pipelined_connections_work() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let one = |close: &str| {
        format!(
            "GET /api/v4/projects/20/issues HTTP/1.1\r\nHost: g\r\nPRIVATE-TOKEN: {}\r\n{close}\r\n",
            token.expose()
        )
    };
    let answer = world.raw(&format!("{}{}{}", one(""), one(""), one("Connection: close\r\n"))).await;
    assert_eq!(answer.0.matches("HTTP/1.1 200").count(), 3, "{answer:?}");
    assert_eq!(world.upstream.take().len(), 3);
}

#[tokio::test]
async fn silent_clients_are_cut_off() {
    let world = World::with(|config| config.timeouts.head = Duration::from_millis(300)).await;
    for beginning in ["", "GET /api/v4/projects HTTP/1.1\r\nHost: g\r\n"] {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer));
        assert!(closed.await.is_ok(), "{beginning:?}");
    }
}

#[tokio::test]
async fn health_needs_no_credential() {
    let world = World::start().await;
    for path in ["health", "ready"] {
        let ask = format!("GET /-/narrowgate/{path} HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n");
        assert_eq!(world.raw(&ask).await.status(), 200, "{path}");
    }
}
