//! An instance that is slow, broken, or hostile.

use std::time::{Duration, Instant};

use narrowgate_gitlab::{Client, ClientConfig, GitlabError, InstanceUrl, Reference};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::fake::{CREDENTIAL, Fake, Reply, credential};

fn impatient() -> ClientConfig {
    ClientConfig { timeout: Duration::from_millis(200), ..ClientConfig::default() }
}

/// Answers every connection with these bytes and closes it.
async fn raw(bytes: &'static [u8]) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    Client::new(InstanceUrl::parse(&url).unwrap(), &impatient()).unwrap()
}

async fn ask(client: &Client) -> GitlabError {
    let error = client.project(&credential(), &Reference::Id(1)).await.unwrap_err();
    assert!(!format!("{error} {error:?} {client:?}").contains(CREDENTIAL));
    error
}

#[tokio::test]
async fn slow() {
    let fake = Fake::start().await;
    fake.reply("/projects/1", Reply::new(200, "{}").after(Duration::from_secs(20)));
    let start = Instant::now();
    assert_eq!(ask(&fake.client_with(&impatient())).await, GitlabError::Timeout);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(InstanceUrl::parse(&url).unwrap(), &impatient()).unwrap();
    assert!(matches!(ask(&client).await, GitlabError::Unreachable { .. }));
}

#[tokio::test]
async fn closes_at_once() {
    assert!(matches!(ask(&raw(b"").await).await, GitlabError::Unreachable { .. }));
}

#[tokio::test]
async fn breaks_off_in_the_body() {
    let client = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":1,").await;
    assert!(matches!(ask(&client).await, GitlabError::Unreachable { .. }));
}

#[tokio::test]
async fn speaks_another_protocol() {
    assert!(matches!(ask(&raw(b"SSH-2.0-OpenSSH\r\n").await).await, GitlabError::Unreachable { .. }));
}

#[tokio::test]
async fn has_no_tls() {
    let fake = Fake::start().await;
    let url = fake.url.replace("http://", "https://");
    let client = Client::new(InstanceUrl::parse(&url).unwrap(), &impatient()).unwrap();
    assert!(matches!(ask(&client).await, GitlabError::Tls { .. }));
}

#[tokio::test]
async fn sends_too_much() {
    let fake = Fake::start().await;
    let name = "x".repeat(3 * 1024 * 1024);
    fake.reply("/projects/1", Reply::new(200, format!(r#"{{"id":1,"name":"{name}"}}"#)));
    assert_eq!(
        ask(&fake.client()).await.to_string(),
        "the instance's answer is malformed: more than 2097152 bytes"
    );
}

#[tokio::test]
async fn nests_too_deep() {
    let fake = Fake::start().await;
    fake.reply("/projects/1", Reply::new(200, format!(r#"{{"x":{}"#, "[".repeat(100_000))));
    assert!(matches!(ask(&fake.client()).await, GitlabError::Malformed { .. }));
}

#[tokio::test]
async fn sends_no_json_or_another_form() {
    let fake = Fake::start().await;
    for body in ["", "<html>", "{", "null", "[]", r#"{"id":"1"}"#, r#"{"id":1}"#, r#"{"id":1} {"id":2}"#] {
        fake.reply("/projects/1", Reply::new(200, body));
        let error = ask(&fake.client()).await;
        assert!(matches!(error, GitlabError::Malformed { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn an_error_does_not_quote_the_answer() {
    let fake = Fake::start().await;
    fake.reply("/projects/1", Reply::new(200, r#"{"id":"private-name"}"#));
    assert!(!format!("{:?}", ask(&fake.client()).await).contains("private-name"));
}

#[tokio::test]
async fn limits_the_rate() {
    let fake = Fake::start().await;
    fake.reply("/projects/1", Reply::new(429, "Retry later").header("retry-after", "42"));
    let after =
        |seconds: Option<u64>| GitlabError::RateLimited { retry_after: seconds.map(Duration::from_secs) };
    assert_eq!(ask(&fake.client()).await, after(Some(42)));
    fake.reply("/projects/1", Reply::new(429, "Retry later"));
    assert_eq!(ask(&fake.client()).await, after(None));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let fake = Fake::start().await;
    let elsewhere = Fake::start().await;
    fake.reply(
        "/projects/1",
        Reply::new(302, "").header("location", format!("{}/projects/1", elsewhere.url)),
    );
    assert_eq!(ask(&fake.client()).await, GitlabError::Unexpected { status: 302 });
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn fails_inside() {
    let fake = Fake::start().await;
    for status in [500, 502, 503, 201, 204] {
        fake.reply("/projects/1", Reply::new(status, ""));
        assert_eq!(ask(&fake.client()).await, GitlabError::Unexpected { status });
    }
}

#[test]
fn an_unusable_file_of_certificates_is_reported_at_the_start() {
    let url = InstanceUrl::parse("https://gitlab.example.com").unwrap();
    let with = |file: &str| {
        let config = ClientConfig { ca_file: Some(file.into()), ..ClientConfig::default() };
        Client::new(url.clone(), &config).unwrap_err().to_string()
    };
    assert!(with("/does/not/exist.pem").starts_with("cannot read the certificates in `/does/not/exist.pem`"));
    assert_eq!(with("Cargo.toml"), "no usable certificate in `Cargo.toml`");
}
