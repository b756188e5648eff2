//! WebSockets through the gate.

use std::time::Duration;

use narrowgate_secret::PlainToken;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{CREDENTIAL, World};

/// Reads until the end of a head.
async fn head(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap() == 0 {
            break;
        }
        text.push(byte[0]);
    }
    String::from_utf8(text).unwrap().to_ascii_lowercase()
}

/// An instance of one connection: it answers the head with `answer`, and then repeats every byte.
async fn repeating(answer: &'static str) -> (std::net::SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = head(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        let (mut from, mut to) = stream.split();
        let _ = tokio::io::copy(&mut from, &mut to).await;
        asked
    });
    (address, serving)
}

async fn world(instance: std::net::SocketAddr, idle: Duration) -> (World, PlainToken) {
    let mut world = World::before(instance, |config| config.timeouts.body_idle = idle).await;
    let (token, _) = world.legacy("api").await;
    (world, token)
}

const WEBSOCKET: &str = "/api/v4/ai/duo_workflows/ws";

async fn ask(world: &World, token: &PlainToken, path: &str, upgrade: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let asked = format!(
        "GET {path} HTTP/1.1\r\nHost: g\r\nConnection: keep-alive, Upgrade\r\nUpgrade: {upgrade}\r\n\
         Sec-WebSocket-Key: x\r\nPRIVATE-TOKEN: {}\r\n\r\n",
        token.expose()
    );
    stream.write_all(asked.as_bytes()).await.unwrap();
    let answer = head(&mut stream).await;
    (stream, answer)
}

const AGREES: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                      Sec-WebSocket-Accept: y\r\nSet-Cookie: a=b\r\n\r\n";

#[tokio::test]
async fn a_permitted_websocket_becomes_a_tunnel() {
    let (instance, serving) = repeating(AGREES).await;
    let (world, token) = world(instance, Duration::from_secs(60)).await;
    let (mut stream, answer) = ask(&world, &token, WEBSOCKET, "websocket").await;
    assert!(answer.starts_with("http/1.1 101"), "{answer}");
    assert!(answer.contains("upgrade: websocket") && answer.contains("sec-websocket-accept: y"), "{answer}");
    assert!(!answer.contains("set-cookie"), "{answer}");
    // Bytes that no HTTP parser would take.
    let bytes = b"\x81\x05hello\0\n\n\r";
    for _ in 0..3 {
        stream.write_all(bytes).await.unwrap();
        let mut back = [0; 12];
        stream.read_exact(&mut back[..bytes.len()]).await.unwrap();
        assert_eq!(&back[..bytes.len()], bytes);
    }
    drop(stream);
    let asked = serving.await.unwrap();
    assert!(asked.contains("connection: upgrade\r\n") && asked.contains("upgrade: websocket\r\n"), "{asked}");
    assert!(asked.contains(CREDENTIAL) && !asked.contains(&token.expose().to_ascii_lowercase()), "{asked}");
}

#[tokio::test]
async fn a_tunnel_that_stands_still_is_closed() {
    let (instance, _serving) = repeating(AGREES).await;
    let (world, token) = world(instance, Duration::from_millis(100)).await;
    let (mut stream, answer) = ask(&world, &token, WEBSOCKET, "websocket").await;
    assert!(answer.starts_with("http/1.1 101"), "{answer}");
    let end = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut [0])).await.unwrap();
    assert_eq!(end.unwrap_or(0), 0);
}

#[tokio::test]
async fn nothing_but_websockets_is_asked_for() {
    let plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";
    let (instance, serving) = repeating(plain).await;
    let (world, token) = world(instance, Duration::from_secs(60)).await;
    let (stream, answer) = ask(&world, &token, WEBSOCKET, "h2c").await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    drop(stream);
    let asked = serving.await.unwrap();
    assert!(!asked.contains("upgrade"), "{asked}");
    let (instance, serving) = repeating(plain).await;
    let (world, token) = self::world(instance, Duration::from_secs(60)).await;
    let (stream, answer) = ask(&world, &token, "/api/v4/projects/20/issues", "websocket").await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    drop(stream);
    assert!(!serving.await.unwrap().contains("upgrade"), "an operation that is none");
}

#[tokio::test]
async fn an_upgrade_that_nobody_asked_for_is_no_answer() {
    let (instance, _serving) = repeating(AGREES).await;
    let (world, token) = world(instance, Duration::from_secs(60)).await;
    let (_stream, answer) = ask(&world, &token, WEBSOCKET, "h2c").await;
    assert!(answer.starts_with("http/1.1 502"), "{answer}");
}
