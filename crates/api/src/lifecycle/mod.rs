//! The life cycle of tokens: what happens to them without anybody asking.
//!
//! A [`Worker`] does everything in [`Worker::tick`], by the store's clock; [`Worker::run`] only calls it again and again.
//! Several nodes may each run one: what must happen once is claimed in the store first.

mod expiry;
mod health;
mod inactivity;
mod mail;
mod mailbox;
mod message;
mod outbox;
mod probe;
mod sender;
mod stream;
mod worker;

pub use mail::{MailConfig, MailError, MailSecurity, Mailer, SmtpMailer, Warning};
pub use message::{
    DELIVERY_HEADER, EVENT_HEADER, Message, SIGNATURE_HEADER, SignError, TIMESTAMP_HEADER, signature,
};
pub use probe::{DirectoryProbe, Probe, Probed};
pub use sender::{HttpSender, SendError, Sender};
pub use worker::{Report, Worker, WorkerConfig};
