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

    /// The statuses of all answers that came back, in order.
    pub fn statuses(&self) -> Vec<u16> {
        let text = self.text();
        text.match_indices("HTTP/1.")
            .filter(|(at, _)| *at == 0 || !text[..*at].ends_with(|c: char| c.is_ascii_graphic() && c != '}'))
            .filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok())
            .collect()
    }

    /// The first status; 0 when nothing came back.
    pub fn status(&self) -> u16 {
        self.statuses().first().copied().unwrap_or_default()
    }
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
