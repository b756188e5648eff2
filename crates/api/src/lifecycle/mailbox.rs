//! Mails that wait for the server.

use std::collections::VecDeque;
use std::time::Duration;

use narrowgate_store::time::Timestamp;

use super::mail::{Mailer, Warning};
use super::worker::{Report, doubled, later};

/// How many mails wait at most; the oldest makes room.
const MOST: usize = 10_000;
const MOST_ATTEMPTS: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Mails in the order in which they were written. A warning that is lost with the process was given to the audit log and
/// the webhooks before.
#[derive(Default)]
pub(super) struct Mailbox {
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    warning: Warning,
    attempts: u32,
    next: Timestamp,
}

impl Mailbox {
    pub(super) fn add(&mut self, warning: Warning, now: Timestamp) {
        if self.waiting.len() >= MOST {
            tracing::error!("Too many mails wait for the server: the oldest is dropped");
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting { warning, attempts: 0, next: now });
    }

    /// Sends what is due. The first failure ends the round: the others would meet the same server.
    pub(super) async fn send(&mut self, mailer: Option<&dyn Mailer>, now: Timestamp, report: &mut Report) {
        let Some(mailer) = mailer else { return };
        let mut later_on = VecDeque::new();
        let mut is_down = false;
        while let Some(mut waiting) = self.waiting.pop_front() {
            if is_down || waiting.next > now {
                later_on.push_back(waiting);
                continue;
            }
            match mailer.send(&waiting.warning).await {
                Ok(sent) => report.mailed += usize::from(sent),
                Err(error) => {
                    waiting.attempts += 1;
                    is_down = !error.is_permanent();
                    let token = waiting.warning.token.0;
                    tracing::warn!(token.id = token, attempt = waiting.attempts, %error, "A mail could not be sent");
                    if waiting.attempts < MOST_ATTEMPTS && !error.is_permanent() {
                        waiting.next = later(now, doubled(FIRST_PAUSE, waiting.attempts, LONGEST_PAUSE));
                        later_on.push_back(waiting);
                    }
                }
            }
        }
        self.waiting = later_on;
    }
}
