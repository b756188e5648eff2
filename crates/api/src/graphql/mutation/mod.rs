//! The mutations.

mod create;
mod revoke;
mod rotate;

use async_graphql::{Context, Object, Result};

use create::{PersonalAccessTokenCreateInput, PersonalAccessTokenCreatePayload};
use revoke::{PersonalAccessTokenRevokeInput, PersonalAccessTokenRevokePayload};
use rotate::{PersonalAccessTokenRotateInput, PersonalAccessTokenRotatePayload};

/// What can be changed. An error is inside the option, so that it leaves `null` for its field alone.
pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn personal_access_token_create(
        &self,
        context: &Context<'_>,
        input: PersonalAccessTokenCreateInput,
    ) -> Option<Result<PersonalAccessTokenCreatePayload>> {
        Some(create::create(context, input).await)
    }

    async fn personal_access_token_rotate(
        &self,
        context: &Context<'_>,
        input: PersonalAccessTokenRotateInput,
    ) -> Option<Result<PersonalAccessTokenRotatePayload>> {
        Some(rotate::rotate(context, input).await)
    }

    async fn personal_access_token_revoke(
        &self,
        context: &Context<'_>,
        input: PersonalAccessTokenRevokeInput,
    ) -> Option<Result<PersonalAccessTokenRevokePayload>> {
        Some(revoke::revoke(context, input).await)
    }
}
