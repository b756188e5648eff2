//! Tokens, one file for each thing that is done to them.

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;

use super::SqliteBackend;
use crate::error::StoreError;
use crate::ids::TokenId;
use crate::page::{Page, Paged};
use crate::time::{Date, Timestamp};
use crate::tokens::{
    Edit, NewGrants, NewToken, Revocation, Rotation, Successor, Token, TokenFilter, TokenRepository, TokenUse,
};

mod add;
mod expiry;
mod find;
mod list;
mod narrow;
mod permission_sets;
mod reach;
mod record_use;
mod replace_grants;
mod revoke;
mod rotate;
mod row;

pub(super) use revoke::{revoke_of_connection, revoked};

#[async_trait]
impl TokenRepository for SqliteBackend {
    async fn lookup(&self, id: TokenId) -> Result<Option<Token>, StoreError> {
        find::by_id(&self.readers, id).await
    }

    async fn find_by_digest(&self, digest: &TokenDigest) -> Result<Option<Token>, StoreError> {
        find::by_digest(&self.readers, digest).await
    }

    async fn list(&self, filter: &TokenFilter, page: Page) -> Result<Paged<Token>, StoreError> {
        self.list_tokens(filter, page).await
    }

    async fn list_after(&self, filter: &TokenFilter, limit: u32) -> Result<Vec<Token>, StoreError> {
        self.list_tokens_after(filter, limit).await
    }

    async fn add(&self, new: &NewToken) -> Result<Token, StoreError> {
        self.add_token(new).await
    }

    async fn replace_grants(
        &self,
        id: TokenId,
        revision: i64,
        new: &NewGrants,
        at: Timestamp,
    ) -> Result<Edit, StoreError> {
        self.replace_token_grants(id, revision, new, at).await
    }

    async fn revoke(&self, id: TokenId, why: Revocation) -> Result<bool, StoreError> {
        self.revoke_token(id, why).await
    }

    async fn rotate(
        &self,
        id: TokenId,
        successor: &Successor,
        at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        self.rotate_token(id, successor, at).await
    }

    async fn revoke_family(&self, id: TokenId, why: Revocation) -> Result<Vec<TokenId>, StoreError> {
        self.revoke_token_family(id, why).await
    }

    async fn revoke_many(&self, filter: &TokenFilter, why: Revocation) -> Result<Vec<TokenId>, StoreError> {
        self.revoke_matching(filter, why).await
    }

    async fn record_use(&self, uses: &[TokenUse]) -> Result<(), StoreError> {
        self.record_token_uses(uses).await
    }

    async fn expiring(&self, today: Date, days_ahead: u32, limit: u32) -> Result<Vec<Token>, StoreError> {
        self.expiring_tokens(today, days_ahead, limit).await
    }

    async fn mark_warned(&self, id: TokenId, days_ahead: u32, at: Timestamp) -> Result<bool, StoreError> {
        self.mark_token_warned(id, days_ahead, at).await
    }
}
