//! Which permission guards which operation of GitLab.
//!
//! Pure: no I/O, no server types. The data lives in `catalog/**/*.toml` at the top of the workspace.

pub mod boundary;
pub mod permission;
pub mod role;
pub mod scope;

pub use boundary::BoundaryType;
pub use permission::{PermissionId, PermissionSet};
pub use role::Role;
pub use scope::{Scope, ScopeSet};
