//! On whose behalf the authority works.

use narrowgate_catalog::{Scope, ScopeSet};
use narrowgate_store::TenantId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Token, TokenKind, TokenPrivileges};

use crate::caller::Caller;

/// Who asks the authority.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// Whoever runs Narrowgate, at its command line.
    Operator {
        /// The tenant to work in.
        tenant: TenantId,
    },
    /// An authenticated caller.
    Caller(&'a Caller),
}

impl<'a> Actor<'a> {
    /// The tenant, which nothing crosses.
    #[must_use]
    pub fn tenant(self) -> TenantId {
        match self {
            Self::Operator { tenant } => tenant,
            Self::Caller(caller) => caller.connection.tenant,
        }
    }

    /// The caller, unless it is the operator.
    pub(crate) fn caller(self) -> Option<&'a Caller> {
        match self {
            Self::Operator { .. } => None,
            Self::Caller(caller) => Some(caller),
        }
    }

    /// Whether missing tokens may be told from other people's.
    pub(crate) fn sees_all(self) -> bool {
        self.caller().is_none_or(Caller::is_administrator)
    }
}

impl Caller {
    /// Whether the caller acts as the connection's user. Bots only act through that connection, and jobs for a while.
    pub(crate) fn is_person(&self) -> bool {
        self.token.as_ref().is_none_or(|token| token.kind == TokenKind::Personal)
    }

    /// The GitLab user that the caller acts as; a bot for tokens of projects and groups.
    pub(crate) fn user_id(&self) -> u64 {
        self.token.as_ref().map_or(self.connection.user_id, |token| token.user_id)
    }

    /// Whether the caller administers the instance. A bot does not, whoever made it.
    pub(crate) fn is_administrator(&self) -> bool {
        self.connection.administrator && self.is_person()
    }

    /// Whether the caller is, or may act for, the owner of a connection.
    pub(crate) fn may_act_for(&self, owner: &Connection) -> bool {
        let mine = &self.connection;
        let is_mine = mine.id == owner.id && self.is_person();
        is_mine || (self.is_administrator() && self.shares_instance(owner))
    }

    /// Whether a connection is of the caller's tenant and instance.
    pub(crate) fn shares_instance(&self, other: &Connection) -> bool {
        self.connection.tenant == other.tenant && self.connection.instance_url == other.instance_url
    }

    /// Whether this is the very token that the caller came with.
    pub(crate) fn came_with(&self, token: &Token) -> bool {
        self.token.as_ref().is_some_and(|mine| mine.id == token.id)
    }

    /// The legacy scopes that bound what the caller may hand on; none where grants do.
    pub(crate) fn scopes(&self) -> Option<ScopeSet> {
        match self.token.as_ref().map(|token| &token.privileges) {
            None => Some(self.native_scopes),
            Some(TokenPrivileges::Legacy(names)) => Some(scope_set(names)),
            Some(TokenPrivileges::FineGrained(_) | TokenPrivileges::Job) => None,
        }
    }
}

/// The scopes of these names; a name that no scope has admits nothing and is left out.
pub(crate) fn scope_set(names: &[String]) -> ScopeSet {
    names.iter().filter_map(|name| Scope::parse(name)).collect()
}
