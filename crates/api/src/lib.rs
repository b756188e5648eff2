//! The control plane: GitLab's token API, answered by Narrowgate.
//!
//! [`router`] serves the paths; behind it stands [`authority`], plain functions that the command line calls as well.
//! The gate has authenticated the [`Caller`] and checked the permission that the path needs before a request arrives
//! here. What the authority adds are the rules that need the content of a request: whose token it is, whether a new
//! token would exceed its maker, and how long it may live.

pub mod authority;
mod bot_user;
mod caller;
mod containers;
mod enterprise_tokens;
pub mod graphql;
mod impersonation_tokens;
pub mod lifecycle;
pub mod own;
mod personal_tokens;
mod request_id;
mod resource_tokens;
mod router;
mod service_account_tokens;
mod state;
mod wire;

pub use caller::Caller;
pub use containers::{Containers, ContainersError, DirectoryContainers};
pub use router::{concerns_presented_token, router, serves};
pub use state::{ApiConfig, ApiState, Random};
