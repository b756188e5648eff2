//! Tokens, one file for each thing that is done to them.

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;

use super::SqliteBackend;
use crate::error::StoreError;
use crate::ids::TokenId;
use crate::page::{Page, Paged};
use crate::time::Timestamp;
use crate::tokens::{NewToken, Rotation, Successor, Token, TokenFilter, TokenRepository, TokenUse};

mod add;
mod find;
mod list;
mod record_use;
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

    async fn add(&self, new: &NewToken) -> Result<Token, StoreError> {
        self.add_token(new).await
    }

    async fn revoke(&self, id: TokenId, at: Timestamp) -> Result<bool, StoreError> {
        self.revoke_token(id, at).await
    }

    async fn rotate(
        &self,
        id: TokenId,
        successor: &Successor,
        at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        self.rotate_token(id, successor, at).await
    }

    async fn revoke_family(&self, id: TokenId, at: Timestamp) -> Result<Vec<TokenId>, StoreError> {
        self.revoke_token_family(id, at).await
    }

    async fn record_use(&self, uses: &[TokenUse]) -> Result<(), StoreError> {
        self.record_token_uses(uses).await
    }
}
