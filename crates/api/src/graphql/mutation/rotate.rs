//! `personalAccessTokenRotate`

use async_graphql::{Context, InputObject, Result, SimpleObject};

use crate::authority::{self, Actor, Expiry};
use crate::graphql::permit::{self, Purpose};
use crate::graphql::scalar::{Iso8601Date, PersonalAccessTokenId};

/// Which token, and until when its successor lives: as long as itself, unlike over REST.
#[derive(InputObject)]
pub(super) struct PersonalAccessTokenRotateInput {
    client_mutation_id: Option<String>,
    id: PersonalAccessTokenId,
    expires_at: Option<Iso8601Date>,
}

/// The successor's text, or why there is none.
#[derive(SimpleObject)]
pub(super) struct PersonalAccessTokenRotatePayload {
    client_mutation_id: Option<String>,
    token: Option<String>,
    errors: Vec<String>,
}

pub(super) async fn rotate(
    context: &Context<'_>,
    input: PersonalAccessTokenRotateInput,
) -> Result<PersonalAccessTokenRotatePayload> {
    let (state, caller) = permit::demand(context, "rotate_personal_access_token", Purpose::Write)?;
    let expires_at = input.expires_at.map_or(Expiry::Kept, |day| Expiry::On(day.0));
    let rotated = authority::rotate(state, Actor::Caller(caller), input.id.0, expires_at).await;
    let client_mutation_id = input.client_mutation_id;
    Ok(match permit::outcome(rotated)? {
        Ok(created) => PersonalAccessTokenRotatePayload {
            client_mutation_id,
            token: Some(created.plain.expose().to_owned()),
            errors: Vec::new(),
        },
        Err(error) => {
            PersonalAccessTokenRotatePayload { client_mutation_id, token: None, errors: vec![error] }
        }
    })
}
