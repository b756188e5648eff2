//! Warnings by mail, to a small SMTP server.

use std::sync::Arc;
use std::time::Duration;

use narrowgate_api::lifecycle::{MailConfig, MailSecurity, SmtpMailer};
use narrowgate_store::time::Date;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::world::World;

fn mailer(port: u16) -> Arc<SmtpMailer> {
    let config = MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        security: MailSecurity::None,
        ca_file: None,
        credentials: None,
        from: "Narrowgate <narrowgate@example.com>".to_owned(),
        copy_to: vec!["security@example.com".to_owned()],
        timeout: Duration::from_secs(5),
    };
    Arc::new(SmtpMailer::new(&config).unwrap())
}

/// Takes one mail and passes on all that was said.
async fn take(stream: TcpStream, mails: mpsc::Sender<String>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut said, mut in_data) = (String::new(), false);
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        said.push_str(&line);
        said.push('\n');
        let answer: &[u8] = match line.as_str() {
            "." => {
                in_data = false;
                b"250 taken\r\n"
            }
            _ if in_data => continue,
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            "QUIT" => break,
            _ => b"250 fine\r\n",
        };
        write.write_all(answer).await.unwrap();
        if line == "." {
            mails.send(std::mem::take(&mut said)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn owners_are_warned_by_mail() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let worker = world.worker(Some(mailer(port)));
    let expires_at = Some(Date::parse("2026-07-01").unwrap());
    world.plain_token("dev", |new| (new.expires_at, new.name) = (expires_at, "deploy".to_owned())).await;
    let (mails, mut taken) = mpsc::channel(4);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take(stream, mails.clone()));
        }
    });
    assert_eq!(worker.tick().await.mailed, 1);
    let mail = taken.recv().await.unwrap();
    for part in [
        "RCPT TO:<dev@example.com>",
        "RCPT TO:<security@example.com>",
        "Subject: Access token \"deploy\" expires in 7 days",
        "stops working on 2026-07-01 at 00:00 UTC",
    ] {
        assert!(mail.contains(part), "{part} is not in\n{mail}");
    }
    assert_eq!(worker.tick().await.mailed, 0);
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let worker = world.worker(Some(mailer(port)));
    world.plain_token("dev", |new| new.expires_at = Some(Date::parse("2026-07-01").unwrap())).await;
    let report = worker.tick().await;
    assert_eq!((report.warnings, report.mailed), (1, 0));
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let (mails, mut taken) = mpsc::channel(4);
    tokio::spawn(async move { take(listener.accept().await.unwrap().0, mails).await });
    assert_eq!(worker.tick().await.mailed, 0, "it has time");
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(worker.tick().await.mailed, 1);
    assert!(taken.recv().await.unwrap().contains("RCPT TO:<dev@example.com>"));
}

#[tokio::test]
async fn a_private_authority_must_be_usable() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n").unwrap();
    for ca_file in [broken, folder.path().join("missing.pem")] {
        let config = MailConfig {
            host: "mail.example.com".to_owned(),
            port: 465,
            security: MailSecurity::Tls,
            ca_file: Some(ca_file.clone()),
            credentials: None,
            from: "narrowgate@example.com".to_owned(),
            copy_to: Vec::new(),
            timeout: Duration::from_secs(5),
        };
        let error = SmtpMailer::new(&config).unwrap_err().to_string();
        assert!(error.contains(&ca_file.display().to_string()), "{error}");
    }
}
