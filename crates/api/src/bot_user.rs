//! `GET /user`, asked with the token of a project or group

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_store::BotId;
use narrowgate_store::bots::Bot;
use narrowgate_store::time::Timestamp;
use serde::Serialize;

use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::Problem;

/// A user as it sees itself, in GitLab's order.
#[derive(Debug, Serialize)]
pub(crate) struct BotUserBody {
    id: u64,
    username: String,
    public_email: Option<String>,
    name: String,
    state: &'static str,
    locked: bool,
    avatar_url: Option<String>,
    web_url: String,
    created_at: Timestamp,
    bio: &'static str,
    bot: bool,
    email: String,
    two_factor_enabled: bool,
    external: bool,
    private_profile: bool,
    commit_email: String,
}

impl BotUserBody {
    /// Bots have no mail: GitLab gives them an address that nobody reads.
    fn of(bot: Bot, instance_url: &str) -> Self {
        let email = format!("{}@noreply.invalid", bot.username);
        Self {
            id: bot.id.0,
            public_email: None,
            name: bot.name,
            state: "active",
            locked: false,
            avatar_url: None,
            web_url: format!("{}/{}", instance_url.trim_end_matches('/'), bot.username),
            created_at: bot.created_at,
            bio: "",
            bot: true,
            two_factor_enabled: false,
            external: false,
            private_profile: false,
            commit_email: email.clone(),
            email,
            username: bot.username,
        }
    }
}

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<BotUserBody>, Problem> {
    let bot = state.store.bots().lookup(BotId(caller.user_id())).await?;
    let bot = bot.ok_or_else(|| Problem::not_found("User Not Found"))?;
    Ok(Json(BotUserBody::of(bot, &caller.connection.instance_url)))
}
