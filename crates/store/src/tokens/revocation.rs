//! Why tokens no longer work.

use crate::time::Timestamp;

/// That a token was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

impl Revocation {
    /// Somebody asked for it.
    #[must_use]
    pub const fn asked(at: Timestamp) -> Self {
        Self { at, reason: RevocationReason::Revoked }
    }
}

/// Why a token was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// Somebody asked for it.
    Revoked,
    /// A successor took its place.
    Rotated,
    /// A rotated token of its family was used again.
    Reused,
    /// It was not used for too long.
    Inactive,
    /// Its owner is blocked.
    OwnerBlocked,
    /// The connection that it acted through is gone.
    ConnectionLost,
    /// It was found where it should not be.
    Leaked,
    /// Somebody asked for it and many others.
    Bulk,
    /// The job that it was made for ended.
    JobEnded,
}

impl RevocationReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Revoked,
        Self::Rotated,
        Self::Reused,
        Self::Inactive,
        Self::OwnerBlocked,
        Self::ConnectionLost,
        Self::Leaked,
        Self::Bulk,
        Self::JobEnded,
    ];

    /// The name as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Rotated => "rotated",
            Self::Reused => "reused",
            Self::Inactive => "inactive",
            Self::OwnerBlocked => "owner_blocked",
            Self::ConnectionLost => "connection_lost",
            Self::Leaked => "leaked",
            Self::Bulk => "bulk",
            Self::JobEnded => "job_ended",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}
