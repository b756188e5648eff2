//! A refusal and the facts that led to it.

use std::fmt;

use narrowgate_catalog::{BoundaryType, JobPolicySet, PermissionId, Role, ScopeSet};
use smallvec::SmallVec;

use crate::{Place, TokenClass};

/// A few permissions, in the operation's order.
pub type PermissionList = SmallVec<[PermissionId; 8]>;

/// Why a request was refused, with what it takes to say so to a client, a log, an auditor or the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The reason.
    pub reason: Reason,
    /// The kind of token that was refused.
    pub token_class: TokenClass,
    /// The permissions that the failed need demands.
    pub required: PermissionList,
    /// Those of them that the token lacks on [`Self::place`].
    pub missing: PermissionList,
    /// The kind of boundary that they are needed on.
    pub boundary: Option<BoundaryType>,
    /// The project or group itself; only where the owner may see it.
    pub place: Option<(BoundaryType, u64)>,
    /// The owner's role there.
    pub role_held: Option<Role>,
    /// The least role that the operation asks for, where a role was the reason.
    pub role_needed: Option<Role>,
    /// The legacy scopes any of which would have been enough.
    pub scopes: ScopeSet,
    /// The job token policies that the allowlist entry lacks.
    pub policies: JobPolicySet,
    /// The ref that the token may not push to.
    pub ref_name: Option<Box<str>>,
    /// Whether the owner administers the instance, and so needs no role anywhere.
    pub administrator: bool,
}

impl Denial {
    /// A denial that has no facts beyond its reason.
    #[must_use]
    pub fn new(reason: Reason) -> Self {
        Self {
            reason,
            token_class: TokenClass::default(),
            required: PermissionList::new(),
            missing: PermissionList::new(),
            boundary: None,
            place: None,
            role_held: None,
            role_needed: None,
            scopes: ScopeSet::EMPTY,
            policies: JobPolicySet::EMPTY,
            ref_name: None,
            administrator: false,
        }
    }

    /// The same denial, for another kind of token.
    #[must_use]
    pub fn for_class(self, token_class: TokenClass) -> Self {
        Self { token_class, ..self }
    }

    /// A denial on a place. Of what can't be found, only the kind is kept.
    #[inline]
    pub(crate) fn on_place(
        reason: Reason,
        token_class: TokenClass,
        place: &Place<'_>,
        required: &[PermissionId],
        missing: PermissionList,
    ) -> Self {
        let boundary = place.boundary();
        let located = place.located();
        Self {
            reason,
            token_class,
            required: PermissionList::from_slice(required),
            missing,
            boundary: Some(boundary),
            place: located.map(|located| (boundary, located.id)),
            role_held: located.and_then(|located| located.role),
            role_needed: None,
            scopes: ScopeSet::EMPTY,
            policies: JobPolicySet::EMPTY,
            ref_name: None,
            administrator: false,
        }
    }
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No credential came with the request.
    NoCredential,
    /// Two different credentials came with the request.
    TwoCredentials,
    /// The credential doesn't have the form of a token.
    Malformed,
    /// No such token.
    Unknown,
    /// The token's last day is over.
    Expired,
    /// The token was revoked.
    Revoked,
    /// The token's owner is blocked.
    OwnerBlocked,
    /// The token may not be used from the client's address.
    AddressNotAllowed,
    /// The catalogue doesn't know the operation.
    NotCovered,
    /// The legacy token lacks a scope.
    ScopeMissing,
    /// A grant covers the place, but not the permission.
    PermissionMissing,
    /// No grant covers the place.
    OutsideBoundary,
    /// The role held on the place is too low.
    RoleTooLow,
    /// The operation doesn't take this kind of token.
    KindNotAccepted,
    /// The top-level group takes fine-grained tokens only.
    FineGrainedRequired,
    /// The place doesn't exist, or its existence is not the owner's to know.
    NotFound,
    /// Two parsers could read the request differently.
    Ambiguous,
    /// The endpoint authenticates by other means, and they were not used.
    OtherCredentialRequired,
    /// The token's first moment is yet to come.
    NotYetValid,
    /// The token may not push to the ref.
    RefNotAllowed,
    /// The operation takes no job tokens.
    NotOpenToJobs,
    /// The project's allowlist does not name the job's project.
    NotAllowlisted,
    /// The project's allowlist names the job's project, but not for this.
    PolicyMissing,
    /// The token may not act as another user.
    SudoNotAllowed,
    /// Impersonation tokens are not taken.
    ImpersonationDisabled,
    /// Fine-grained tokens are not taken yet.
    FineGrainedDisabled,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 26] = [
        Self::NoCredential,
        Self::TwoCredentials,
        Self::Malformed,
        Self::Unknown,
        Self::Expired,
        Self::Revoked,
        Self::OwnerBlocked,
        Self::AddressNotAllowed,
        Self::NotCovered,
        Self::ScopeMissing,
        Self::PermissionMissing,
        Self::OutsideBoundary,
        Self::RoleTooLow,
        Self::KindNotAccepted,
        Self::FineGrainedRequired,
        Self::NotFound,
        Self::Ambiguous,
        Self::OtherCredentialRequired,
        Self::NotYetValid,
        Self::RefNotAllowed,
        Self::NotOpenToJobs,
        Self::NotAllowlisted,
        Self::PolicyMissing,
        Self::SudoNotAllowed,
        Self::ImpersonationDisabled,
        Self::FineGrainedDisabled,
    ];

    /// The reason's name in bodies, logs and the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoCredential => "no_credential",
            Self::TwoCredentials => "two_credentials",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::OwnerBlocked => "owner_blocked",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::NotCovered => "not_covered",
            Self::ScopeMissing => "scope_missing",
            Self::PermissionMissing => "permission_missing",
            Self::OutsideBoundary => "outside_boundary",
            Self::RoleTooLow => "role_too_low",
            Self::KindNotAccepted => "kind_not_accepted",
            Self::FineGrainedRequired => "fine_grained_required",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::OtherCredentialRequired => "other_credential_required",
            Self::NotYetValid => "not_yet_valid",
            Self::RefNotAllowed => "ref_not_allowed",
            Self::NotOpenToJobs => "not_open_to_jobs",
            Self::NotAllowlisted => "not_allowlisted",
            Self::PolicyMissing => "policy_missing",
            Self::SudoNotAllowed => "sudo_not_allowed",
            Self::ImpersonationDisabled => "impersonation_disabled",
            Self::FineGrainedDisabled => "fine_grained_disabled",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// What happened, in one sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoCredential => "The request carries no token.",
            Self::TwoCredentials => "The request carries two different credentials.",
            Self::Malformed => "The credential is not a well-formed token.",
            Self::Unknown => "No such token exists here.",
            Self::Expired => "The token has expired.",
            Self::Revoked => "The token was revoked.",
            Self::OwnerBlocked => "The token's owner is blocked.",
            Self::AddressNotAllowed => "The token may not be used from this address.",
            Self::NotCovered => "The catalogue does not cover this operation, so it is refused.",
            Self::ScopeMissing => "None of the token's scopes admits this operation.",
            Self::PermissionMissing => "The token reaches this place, but lacks a permission there.",
            Self::OutsideBoundary => "None of the token's grants reaches this place.",
            Self::RoleTooLow => "The role held here is too low for this operation.",
            Self::KindNotAccepted => "This operation does not take this kind of token.",
            Self::FineGrainedRequired => "The top-level group accepts fine-grained tokens only.",
            Self::NotFound => "The place does not exist, or the token's owner may not see it.",
            Self::Ambiguous => "The request can be read in two ways, so it is refused.",
            Self::OtherCredentialRequired => {
                "This endpoint takes a credential of its own, not an access token."
            }
            Self::NotYetValid => "The token does not work yet.",
            Self::RefNotAllowed => "The token may not push to this ref.",
            Self::NotOpenToJobs => "This operation takes no job tokens.",
            Self::NotAllowlisted => "The project's allowlist does not name the job's project.",
            Self::PolicyMissing => "The project's allowlist does not give the job's project this permission.",
            Self::SudoNotAllowed => "The token may not act as another user.",
            Self::ImpersonationDisabled => "Impersonation tokens are not accepted.",
            Self::FineGrainedDisabled => "Fine-grained tokens are not accepted yet.",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
