//! Bytes to a socket and bytes back.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back before the peer closed or `patience` ran out.
#[derive(Debug, Default)]
pub struct Answer {
    /// Everything that came back.
    pub bytes: Vec<u8>,
    /// Whether the peer closed the connection.
    pub closed: bool,
}

impl Answer {
    /// Everything that came back, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The statuses of all answers that came back, in order. Each answer but the last must tell its length.
    pub fn statuses(&self) -> Vec<u16> {
        let mut statuses = Vec::new();
        let mut rest = self.text();
        while let Some((head, behind)) = rest.split_once("\r\n\r\n") {
            let Some(status) = head.strip_prefix("HTTP/1.").and_then(|line| line.get(2..5)?.parse().ok())
            else {
                break;
            };
            statuses.push(status);
            let body = if status < 200 { 0 } else { body_length(head, behind) };
            rest = behind.get(body..).unwrap_or_default().to_owned();
        }
        statuses
    }

    /// The first status; 0 when nothing came back.
    pub fn status(&self) -> u16 {
        self.statuses().first().copied().unwrap_or_default()
    }
}

/// The length of the body that starts `behind`.
fn body_length(head: &str, behind: &str) -> usize {
    let head = head.to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return behind.find("\r\n0\r\n\r\n").map_or(behind.len(), |at| at + 7);
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length.unwrap_or(behind.len())
}

/// Sends `bytes` as they are, then reads until the peer closes or says nothing for `patience`.
pub async fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("the gate listens");
    // The peer may answer and close before all is written: what it answered is still to be read.
    stream.write_all(bytes).await.ok();
    read_answer(&mut stream, patience).await
}

/// Reads until the peer closes or says nothing for `patience`.
pub async fn read_answer(stream: &mut TcpStream, patience: Duration) -> Answer {
    let mut answer = Answer::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match tokio::time::timeout(patience, stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => {
                answer.closed = true;
                return answer;
            }
            Ok(Ok(length)) => answer.bytes.extend_from_slice(&buffer[..length]),
            Err(_) => return answer,
        }
    }
}
