//! `personalAccessTokenRevoke`

use async_graphql::{Context, InputObject, Result, SimpleObject};

use crate::authority::{self, Actor};
use crate::graphql::permit::{self, Purpose};
use crate::graphql::scalar::PersonalAccessTokenId;

/// Which token.
#[derive(InputObject)]
pub(super) struct PersonalAccessTokenRevokeInput {
    client_mutation_id: Option<String>,
    id: PersonalAccessTokenId,
}

/// Why it was not revoked, if it was not.
#[derive(SimpleObject)]
pub(super) struct PersonalAccessTokenRevokePayload {
    client_mutation_id: Option<String>,
    errors: Vec<String>,
}

pub(super) async fn revoke(
    context: &Context<'_>,
    input: PersonalAccessTokenRevokeInput,
) -> Result<PersonalAccessTokenRevokePayload> {
    let (state, caller) = permit::demand(context, "revoke_personal_access_token", Purpose::Write)?;
    let revoked = authority::revoke(state, Actor::Caller(caller), input.id.0).await;
    let errors = permit::outcome(revoked)?.err().into_iter().collect();
    Ok(PersonalAccessTokenRevokePayload { client_mutation_id: input.client_mutation_id, errors })
}
