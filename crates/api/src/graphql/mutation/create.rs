//! `personalAccessTokenCreate`

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};
use narrowgate_store::tokens::Resource;

use crate::authority::{self, Actor, NewPersonalToken, Requested, RequestedGrant};
use crate::graphql::inventory::GranularScopeAccess;
use crate::graphql::permit::{self, Purpose};
use crate::graphql::scalar::{Iso8601Date, resource};

/// The wanted token.
#[derive(InputObject)]
pub(super) struct PersonalAccessTokenCreateInput {
    client_mutation_id: Option<String>,
    name: String,
    description: Option<String>,
    expires_at: Option<Iso8601Date>,
    #[graphql(default = false)]
    sudo: bool,
    granular_scopes: Vec<GranularScopeInput>,
}

/// A wanted grant.
#[derive(InputObject)]
struct GranularScopeInput {
    permissions: Vec<String>,
    access: GranularScopeAccess,
    resource_ids: Option<Vec<ID>>,
}

/// The new token's text, or why there is none.
#[derive(SimpleObject)]
pub(super) struct PersonalAccessTokenCreatePayload {
    client_mutation_id: Option<String>,
    token: Option<String>,
    errors: Vec<String>,
}

pub(super) async fn create(
    context: &Context<'_>,
    input: PersonalAccessTokenCreateInput,
) -> Result<PersonalAccessTokenCreatePayload> {
    let (state, caller) = permit::demand(context, "create_personal_access_token", Purpose::Write)?;
    let client_mutation_id = input.client_mutation_id;
    let grants: Result<Vec<_>, _> = input.granular_scopes.into_iter().map(read_grant).collect();
    let made = match grants {
        Err(error) => Err(error),
        Ok(grants) => {
            let owner = Arc::clone(&caller.connection);
            let new = NewPersonalToken {
                description: input.description,
                expires_at: input.expires_at.map(|day| day.0).into(),
                sudo: input.sudo,
                ..NewPersonalToken::new(owner, input.name, Requested::FineGrained(grants))
            };
            permit::outcome(authority::create(state, Actor::Caller(caller), &new).await)?
        }
    };
    Ok(match made {
        Ok(created) => PersonalAccessTokenCreatePayload {
            client_mutation_id,
            token: Some(created.plain.expose().to_owned()),
            errors: Vec::new(),
        },
        Err(error) => {
            PersonalAccessTokenCreatePayload { client_mutation_id, token: None, errors: vec![error] }
        }
    })
}

fn read_grant(input: GranularScopeInput) -> Result<RequestedGrant, String> {
    let mut grant = RequestedGrant {
        access: input.access.into(),
        permissions: input.permissions,
        project_ids: Vec::new(),
        group_ids: Vec::new(),
    };
    for id in input.resource_ids.unwrap_or_default() {
        match resource(&id) {
            Some(Resource::Project(id)) => grant.project_ids.push(id),
            Some(Resource::Group(id)) => grant.group_ids.push(id),
            None => return Err(format!("`{}` is not the global id of a project or group", id.as_str())),
        }
    }
    Ok(grant)
}
