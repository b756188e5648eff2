//! Why the authority refused or failed.

use narrowgate_store::StoreError;
use narrowgate_store::time::Date;

use crate::containers::ContainersError;

/// A refusal or failure; texts name no secret and are meant for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A value breaks a rule.
    #[error("{field} {text}")]
    Invalid {
        /// The parameter.
        field: &'static str,
        /// What is wrong with it, to be read after its name.
        text: String,
    },
    /// No grant is left to make a token of.
    #[error("At least one granular scope must be provided")]
    NoGrant,
    /// A permission that the catalogue does not have.
    #[error("unknown permission `{name}`{}", hint(nearest.as_deref()))]
    UnknownPermission {
        /// As asked for.
        name: String,
        /// The one that was probably meant.
        nearest: Option<String>,
    },
    /// The token would exceed its maker.
    #[error("{text}")]
    Escalation {
        /// The rule that it breaks.
        text: String,
        /// The permissions that the maker lacks.
        missing: Vec<String>,
    },
    /// The action is for administrators.
    #[error("this needs an administrator")]
    AdministratorsOnly,
    /// No such token, as far as this caller may know.
    #[error("no such token")]
    NotYours,
    /// A token, project or group that the owner has nothing to do with.
    #[error("{what} not found")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// No such thing, in GitLab's words: `404 Project Not Found`.
    #[error("{what} not found")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
    /// What the caller's role, or the kind of its token, does not let it do (GitLab's texts).
    #[error("{text}")]
    Unfit {
        /// Why.
        text: String,
    },
    /// A user whom no connection leads to, so that no token could act as it.
    #[error("user {user_id} is not connected")]
    NotConnected {
        /// The user.
        user_id: u64,
    },
    /// Only fine-grained tokens are made and rotated.
    #[error("Only fine-grained tokens can be created or rotated")]
    FineGrainedOnly,
    /// No fine-grained tokens are made or rotated.
    #[error("Fine-grained personal access tokens are not yet supported.")]
    FineGrainedDisabled,
    /// No impersonation tokens are made or rotated.
    #[error("Impersonation is disabled")]
    ImpersonationDisabled,
    /// The token was made too short a time ago to be rotated.
    #[error("the token can be rotated from {from} on")]
    TooSoon {
        /// The first day.
        from: Date,
    },
    /// The token is revoked or expired, so it cannot be rotated.
    #[error("the token is {state} and cannot be rotated")]
    Dead {
        /// `revoked` or `expired`.
        state: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing could be learnt about a project or group.
    #[error(transparent)]
    Containers(#[from] ContainersError),
}

impl AuthorityError {
    pub(crate) fn unfit(text: impl Into<String>) -> Self {
        Self::Unfit { text: text.into() }
    }

    pub(crate) fn invalid(field: &'static str, text: impl Into<String>) -> Self {
        Self::Invalid { field, text: text.into() }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}
