//! The scopes of GitLab's legacy tokens.

use std::fmt;

/// One scope of a legacy token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scope {
    /// `api`: everything its owner can do over the API, Git and the registry.
    Api,
    /// `read_api`: every read of the API.
    ReadApi,
    /// `read_user`: the owner's profile and user look-ups.
    ReadUser,
    /// `read_repository`: clone and read files.
    ReadRepository,
    /// `write_repository`: clone and push.
    WriteRepository,
    /// `read_registry`: pull images.
    ReadRegistry,
    /// `write_registry`: push images.
    WriteRegistry,
    /// `read_virtual_registry`: pull through the dependency proxy.
    ReadVirtualRegistry,
    /// `write_virtual_registry`: write to virtual registries.
    WriteVirtualRegistry,
    /// `create_runner`: create runners.
    CreateRunner,
    /// `manage_runner`: manage runners.
    ManageRunner,
    /// `ai_features`: GitLab Duo.
    AiFeatures,
    /// `k8s_proxy`: the Kubernetes agent proxy.
    K8sProxy,
    /// `self_rotate`: rotate this token.
    SelfRotate,
    /// `read_service_ping`: download Service Ping data.
    ReadServicePing,
    /// `sudo`: act as another user.
    Sudo,
    /// `admin_mode`: act as an administrator where admin mode is on.
    AdminMode,
}

impl Scope {
    /// Every scope, in the order in which GitLab lists them in refusals.
    pub const ALL: [Self; 17] = [
        Self::Api,
        Self::ReadApi,
        Self::ReadUser,
        Self::ReadRepository,
        Self::WriteRepository,
        Self::ReadRegistry,
        Self::WriteRegistry,
        Self::ReadVirtualRegistry,
        Self::WriteVirtualRegistry,
        Self::CreateRunner,
        Self::ManageRunner,
        Self::AiFeatures,
        Self::K8sProxy,
        Self::SelfRotate,
        Self::ReadServicePing,
        Self::Sudo,
        Self::AdminMode,
    ];

    /// The scope's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::ReadApi => "read_api",
            Self::ReadUser => "read_user",
            Self::ReadRepository => "read_repository",
            Self::WriteRepository => "write_repository",
            Self::ReadRegistry => "read_registry",
            Self::WriteRegistry => "write_registry",
            Self::ReadVirtualRegistry => "read_virtual_registry",
            Self::WriteVirtualRegistry => "write_virtual_registry",
            Self::CreateRunner => "create_runner",
            Self::ManageRunner => "manage_runner",
            Self::AiFeatures => "ai_features",
            Self::K8sProxy => "k8s_proxy",
            Self::SelfRotate => "self_rotate",
            Self::ReadServicePing => "read_service_ping",
            Self::Sudo => "sudo",
            Self::AdminMode => "admin_mode",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(u32);

impl ScopeSet {
    /// The set without a member.
    pub const EMPTY: Self = Self(0);

    /// Adds one scope.
    pub const fn insert(&mut self, scope: Scope) {
        self.0 |= 1 << scope as u8;
    }

    /// Whether the scope is in the set.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 >> (scope as u8) & 1 == 1
    }

    /// Whether the two sets share a member.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the set has no member.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members, in GitLab's order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        let mut set = Self::EMPTY;
        scopes.into_iter().for_each(|scope| set.insert(scope));
        set
    }
}
