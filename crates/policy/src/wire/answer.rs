//! What GitLab would say, whatever the interface.

use std::borrow::Cow;

use narrowgate_catalog::{BoundaryType, Catalog, ScopeSet};

use super::text::{
    fine_grained_disabled, fine_grained_unsupported, permissions_required, policies_required, ref_not_allowed,
};
use crate::{Denial, Reason};

/// GitLab's answer to a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// 401 without a word on why.
    Unauthorized,
    /// 401: the token was good once.
    InvalidToken { text: &'static str, challenge: &'static str },
    /// 400 with the reason.
    BadRequest(&'static str),
    /// 403 for a legacy token: one of these scopes is missing.
    InsufficientScope(ScopeSet),
    /// 403 for grants: one of GitLab's sentences.
    InsufficientGranularScope(String),
    /// 403, with a reason where GitLab has one.
    Forbidden(Option<Cow<'static, str>>),
    /// 404.
    NotFound,
}

const EXPIRED: Answer = Answer::InvalidToken {
    text: "Token is expired. You can either do re-authorization or token refresh.",
    challenge: "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", \
                error_description=\"Token is expired. You can either do re-authorization or token refresh.\"",
};

const REVOKED: Answer = Answer::InvalidToken {
    text: "Token was revoked. You have to re-authorize from the user.",
    challenge: "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", \
                error_description=\"Token was revoked. You have to re-authorize from the user.\"",
};

const NOT_YET_VALID: Answer = Answer::InvalidToken {
    text: "Token is not valid yet.",
    challenge: "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", \
                error_description=\"Token is not valid yet.\"",
};

const IMPERSONATION_DISABLED: Answer = Answer::InvalidToken {
    text: "Token is an impersonation token but impersonation was disabled.",
    challenge: "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", \
                error_description=\"Token is an impersonation token but impersonation was disabled.\"",
};

impl Answer {
    pub(super) fn to(denial: &Denial, catalog: &Catalog) -> Self {
        match denial.reason {
            Reason::NoCredential | Reason::Malformed | Reason::Unknown | Reason::OtherCredentialRequired => {
                Self::Unauthorized
            }
            Reason::Expired => EXPIRED,
            Reason::Revoked => REVOKED,
            Reason::NotYetValid => NOT_YET_VALID,
            Reason::ImpersonationDisabled => IMPERSONATION_DISABLED,
            Reason::TwoCredentials => Self::BadRequest("more than one credential"),
            Reason::Ambiguous => Self::BadRequest("ambiguous request"),
            Reason::OwnerBlocked => Self::Forbidden(Some("Your account has been blocked.".into())),
            Reason::AddressNotAllowed | Reason::RoleTooLow => Self::Forbidden(None),
            Reason::ScopeMissing => Self::InsufficientScope(denial.scopes),
            Reason::NotCovered | Reason::KindNotAccepted => {
                Self::InsufficientGranularScope(fine_grained_unsupported(denial.token_class))
            }
            Reason::PermissionMissing | Reason::OutsideBoundary | Reason::FineGrainedRequired => {
                Self::InsufficientGranularScope(permissions_required(
                    denial.token_class,
                    denial.boundary.unwrap_or(BoundaryType::Project),
                    &denial.missing,
                    catalog,
                ))
            }
            Reason::FineGrainedDisabled => {
                Self::InsufficientGranularScope(fine_grained_disabled(denial.token_class))
            }
            Reason::RefNotAllowed => {
                Self::Forbidden(Some(ref_not_allowed(denial.ref_name.as_deref()).into()))
            }
            Reason::PolicyMissing => {
                Self::Forbidden(Some(policies_required(denial.policies, denial.place).into()))
            }
            Reason::SudoNotAllowed => {
                Self::Forbidden(Some("Must be authenticated using a token that may use sudo".into()))
            }
            Reason::NotFound | Reason::NotOpenToJobs | Reason::NotAllowlisted => Self::NotFound,
        }
    }

    pub(super) const fn status(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 400,
            Self::Unauthorized | Self::InvalidToken { .. } => 401,
            Self::InsufficientScope(_) | Self::InsufficientGranularScope(_) | Self::Forbidden(_) => 403,
            Self::NotFound => 404,
        }
    }

    /// One sentence for interfaces that have room for one.
    pub(super) fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Unauthorized => "401 Unauthorized".into(),
            Self::InvalidToken { text, .. } => (*text).into(),
            Self::BadRequest(why) => format!("400 Bad request - {why}").into(),
            Self::InsufficientScope(_) => INSUFFICIENT_SCOPE.into(),
            Self::InsufficientGranularScope(text) => text.clone().into(),
            Self::Forbidden(None) => "403 Forbidden".into(),
            Self::Forbidden(Some(why)) => format!("403 Forbidden - {why}").into(),
            Self::NotFound => "404 Not Found".into(),
        }
    }
}

/// GitLab's sentence for a missing legacy scope.
pub(super) const INSUFFICIENT_SCOPE: &str =
    "The request requires higher privileges than provided by the access token.";
