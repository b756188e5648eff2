//! The data plane: a reverse proxy that holds every request to its token's grants.

mod builder;
mod config;
mod core;
mod explain;
mod local;
mod serve;

pub use builder::{BuildError, Gate, GateBuilder};
pub use config::{ForeignTokens, GateConfig, Limits, Timeouts, TlsFiles};
pub use explain::{ExplainError, ExplainedNeed, ExplainedPlace, Explanation};
pub use local::{Caller, Local, LocalFuture, NoLocal};
