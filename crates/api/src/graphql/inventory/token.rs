//! A token as the inventory shows it.

use std::sync::Arc;

use async_graphql::Object;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{Token, TokenPrivileges};

use super::scope::{AccessTokenGranularScope, AccessTokenLegacyScope, AccessTokenScope};
use crate::graphql::scalar::{Iso8601Date, PersonalAccessTokenId, Time};
use crate::wire::is_active;

/// A token and the time at which it is looked at.
#[derive(Clone)]
pub(super) struct PersonalAccessToken {
    token: Arc<Token>,
    now: Timestamp,
}

impl PersonalAccessToken {
    pub(super) fn new(token: Token, now: Timestamp) -> Self {
        Self { token: Arc::new(token), now }
    }
}

#[Object]
impl PersonalAccessToken {
    async fn id(&self) -> PersonalAccessTokenId {
        PersonalAccessTokenId(self.token.id)
    }

    async fn name(&self) -> &str {
        &self.token.name
    }

    async fn description(&self) -> Option<&str> {
        self.token.description.as_deref()
    }

    async fn granular(&self) -> bool {
        matches!(self.token.privileges, TokenPrivileges::FineGrained(_))
    }

    async fn revoked(&self) -> bool {
        self.token.revocation.is_some()
    }

    async fn active(&self) -> bool {
        is_active(&self.token, self.now)
    }

    async fn last_used_at(&self) -> Option<Time> {
        self.token.last_used_at.map(Time)
    }

    async fn created_at(&self) -> Time {
        Time(self.token.created_at)
    }

    async fn expires_at(&self) -> Option<Iso8601Date> {
        self.token.expires_at.map(Iso8601Date)
    }

    async fn last_used_ips(&self) -> Vec<String> {
        self.token.last_used_ips.iter().map(ToString::to_string).collect()
    }

    async fn scopes(&self) -> Vec<AccessTokenScope> {
        match &self.token.privileges {
            TokenPrivileges::Legacy(scopes) => {
                let scope = |value: &String| AccessTokenLegacyScope { value: value.clone() };
                scopes.iter().map(|value| AccessTokenScope::Legacy(scope(value))).collect()
            }
            TokenPrivileges::FineGrained(grants) => {
                let scope = |grant: &_| AccessTokenGranularScope::of(grant);
                grants.iter().map(|grant| AccessTokenScope::Granular(scope(grant))).collect()
            }
            TokenPrivileges::Job => Vec::new(),
        }
    }
}
