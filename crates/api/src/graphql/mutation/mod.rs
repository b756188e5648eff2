//! The mutations.

mod create;
mod revoke;
mod rotate;

use async_graphql::{Context, Object, Result};

use create::{PersonalAccessTokenCreateInput, PersonalAccessTokenCreatePayload};
use revoke::{PersonalAccessTokenRevokeInput, PersonalAccessTokenRevokePayload};
use rotate::{PersonalAccessTokenRotateInput, PersonalAccessTokenRotatePayload};

/// What can be changed.
pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn personal_access_token_create(
        &self,
        context: &Context<'_>,
        input: PersonalAccessTokenCreateInput,
    ) -> Result<Option<PersonalAccessTokenCreatePayload>> {
        create::create(context, input).await.map(Some)
    }

    async fn personal_access_token_rotate(
        &self,
        context: &Context<'_>,
        input: PersonalAccessTokenRotateInput,
    ) -> Result<Option<PersonalAccessTokenRotatePayload>> {
        rotate::rotate(context, input).await.map(Some)
    }

    async fn personal_access_token_revoke(
        &self,
        context: &Context<'_>,
        input: PersonalAccessTokenRevokeInput,
    ) -> Result<Option<PersonalAccessTokenRevokePayload>> {
        revoke::revoke(context, input).await.map(Some)
    }
}
