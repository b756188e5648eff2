//! The queries.

use async_graphql::{Context, Object, Result};

use super::inventory::UserCore;
use super::permissions::AccessTokenPermission;
use super::permit::parties;
use super::scalar::UserId;
use crate::authority::AuthorityError;

/// What can be asked.
pub(super) struct Query;

#[Object]
impl Query {
    /// The permissions that a token can be granted.
    async fn access_token_permissions(&self, context: &Context<'_>) -> Result<Vec<AccessTokenPermission>> {
        let (state, _) = parties(context)?;
        Ok(state.catalog.permissions().map(Into::into).collect())
    }

    /// Whom the token acts as.
    async fn current_user(&self, context: &Context<'_>) -> Result<Option<UserCore>> {
        let (state, caller) = parties(context)?;
        if caller.is_person() {
            return Ok(Some(UserCore::of(&caller.connection)));
        }
        let bot = state.store.bots().lookup(narrowgate_store::BotId(caller.user_id())).await;
        let bot = bot.map_err(|error| super::permit::failure(&AuthorityError::Store(error)))?;
        Ok(bot.map(|bot| UserCore { id: bot.id.0, username: bot.username }))
    }

    /// A user whom a connection leads to: nobody else can have tokens here.
    async fn user(
        &self,
        context: &Context<'_>,
        id: Option<UserId>,
        username: Option<String>,
    ) -> Result<Option<UserCore>> {
        let (state, caller) = parties(context)?;
        let failed = |error| super::permit::failure(&AuthorityError::Store(error));
        let connections = state.store.connections();
        let mine = &caller.connection;
        let found = match (id, username) {
            (Some(UserId(id)), _) => {
                connections.find_by_user(mine.tenant, &mine.instance_url, id).await.map_err(failed)?
            }
            (None, Some(username)) => {
                let all = connections.list(mine.tenant).await.map_err(failed)?;
                all.into_iter().find(|connection| {
                    caller.shares_instance(connection) && connection.username.eq_ignore_ascii_case(&username)
                })
            }
            (None, None) => None,
        };
        // Nobody learns who else is connected.
        Ok(found.filter(|found| caller.may_act_for(found)).map(|found| UserCore::of(&found)))
    }
}
