//! Names of parameters, in whatever way they arrive, that GitLab would read as something the gate decides about.

use smallvec::SmallVec;

use crate::receive::Violation;
use crate::receive::query::{CREDENTIALS, base_name};

/// Which names a request may not carry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forbidden {
    boundaries: SmallVec<[&'static str; 2]>,
    takes_sudo: bool,
}

impl Forbidden {
    /// Credentials, `sudo`, `_method`, and these names of boundaries.
    pub(crate) fn new(boundaries: SmallVec<[&'static str; 2]>) -> Self {
        Self { boundaries, takes_sudo: false }
    }

    /// Lets `sudo` pass: to Narrowgate's own API it is no user but a capability of a token.
    pub(crate) fn but_sudo(self) -> Self {
        Self { takes_sudo: true, ..self }
    }

    /// Checks one decoded name.
    ///
    /// # Errors
    ///
    /// Why it may not pass.
    pub(crate) fn check(&self, name: &str) -> Result<(), Violation> {
        let name = base_name(name);
        if CREDENTIALS.contains(&name) || (name == "sudo" && !self.takes_sudo) {
            Err(Violation::CredentialInBody)
        } else if name == "_method" {
            Err(Violation::MethodOverride)
        } else if self.is_boundary(name) {
            Err(Violation::BoundaryParameter)
        } else {
            Ok(())
        }
    }

    /// Whether GitLab could read the name as the boundary that the path names otherwise.
    pub(crate) fn is_boundary(&self, name: &str) -> bool {
        self.boundaries.contains(&name)
    }
}
