//! The vocabulary of the end-to-end tests.
//!
//! Every test starts a whole world of its own and speaks about it in a few words:
//!
//! ```no_run
//! # async fn example() {
//! use narrowgate_tests::{TestGate, grant, world};
//!
//! let gate = TestGate::start().await;
//! let token = gate.maintainer().token(&[grant::project(world::WEB, &["read_job"])]).await;
//! token.get("/projects/20/jobs").await.assert_ok();
//! token.get("/projects/20/issues").await.assert_denied("read_work_item");
//! token.get("/projects/21/jobs").await.assert_denied("read_job");
//! # }
//! ```
//!
//! | word | meaning |
//! | --- | --- |
//! | [`TestGate`] | a sandbox in this process, `narrowgate serve` as a child process before it, both on free ports; ends with the value |
//! | [`Person`] | one of the sandbox's users: `gate.root()`, `gate.maintainer()`, `gate.developer()`, `gate.guest()` |
//! | [`Bearer`] | whoever holds a token: `.get(path)`, `.post(path, body)`, … below `/api/v4`, `.graphql(document, variables)` |
//! | [`Reply`] | an answer: `.assert_ok()`, `.assert_denied(permission)`, `.assert_hidden()`, `.assert_status(n)` |
//! | [`grant`] | the grants of a fine-grained token, in the form of GitLab's API |
//! | [`world`] | the ids of the sandbox's users, groups and projects |
//! | [`Stock`] | tokens put straight into the database before the gate starts |
//! | [`raw`] | bytes to a socket and bytes back, for what no HTTP client would send |
//! | [`http2`] | the same for the frames of HTTP/2 |
//! | [`GitClient`] | a real `git` (and `git-lfs`) with a home of its own and the token in its environment |
//! | [`runtime`] | Python and Node with the client libraries that the suite drives |
//! | [`FaultyInstance`] | stands between the gate and the sandbox: sees every byte of a head, and misbehaves on demand |
//! | [`TlsFront`] | the sandbox behind TLS, with a certificate that only those trust who are told to |
//!
//! Tokens travel in headers, in files and in the environment: never in an argument, where every process could read them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test vocabulary fails by panicking"
)]

mod bearer;
mod command;
mod faulty;
mod gate;
mod git;
pub mod grant;
pub mod http2;
mod process;
pub mod raw;
mod reply;
pub mod runtime;
pub mod stock;
mod tls;
pub mod world;

pub use bearer::{Bearer, Call};
pub use command::{Finished, run};
pub use faulty::{Fault, FaultyInstance, Head};
pub use gate::{Person, TestGate, TestGateBuilder, start_sandbox};
pub use git::{GitClient, LoginBy};
pub use process::ServeProcess;
pub use reply::Reply;
pub use stock::Stock;
pub use tls::{TlsFront, certificate};
