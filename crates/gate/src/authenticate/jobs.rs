//! Native job tokens, which the instance tells of while their job runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use narrowgate_catalog::OperationAccess;
use narrowgate_gitlab::GitlabError;
use narrowgate_secret::TokenDigest;
use narrowgate_store::TenantId;
use narrowgate_store::tokens::JobRef;
use papaya::HashMap;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Bearer, Foreign, Principal};
use crate::classify::Route;
use crate::core::Core;
use crate::record::Exchange;
use crate::refusal::{Failure, Refusal};

/// For how long the instance's answer about a job is believed.
const LIFE: Duration = Duration::from_secs(5);
/// How many answers are kept.
const MOST: usize = 10_000;

/// What the instance said about a native job token.
#[derive(Clone)]
struct Answer {
    at: Instant,
    principal: Option<Arc<Principal>>,
}

/// Answers about native job tokens, by digest.
#[derive(Default)]
pub(crate) struct Jobs(HashMap<TokenDigest, Answer>);

impl Jobs {
    pub(super) fn clear(&self) {
        self.0.pin().clear();
    }
}

/// What is read of `GET /job`.
#[derive(Deserialize)]
struct Job {
    id: u64,
    user: Option<JobUser>,
    pipeline: JobPipeline,
}

#[derive(Deserialize)]
struct JobUser {
    id: u64,
}

#[derive(Deserialize)]
struct JobPipeline {
    project_id: u64,
}

/// A native job token of a connected user's job is held to the same rules as Narrowgate's own, wherever these apply.
///
/// # Errors
///
/// A store or an instance that can't be asked.
pub(crate) async fn recognise(
    core: &Core,
    route: Option<&Route<'_>>,
    bearer: Bearer,
    exchange: &mut Exchange,
) -> Result<Bearer, Refusal> {
    let Bearer::Foreign(foreign) = &bearer else { return Ok(bearer) };
    let is_held = match route {
        Some(Route::Rest(operation, _)) => matches!(operation.access, OperationAccess::Guarded { .. }),
        Some(Route::Repository(_)) => true,
        Some(Route::Graphql) | None => false,
    };
    if !foreign.is_job || !is_held {
        return Ok(bearer);
    }
    let Some(principal) = Box::pin(principal(core, foreign)).await? else { return Ok(bearer) };
    exchange.whose(&principal);
    Ok(Bearer::Token(principal))
}

async fn principal(core: &Core, foreign: &Foreign) -> Result<Option<Arc<Principal>>, Refusal> {
    let jobs = &core.jobs.0;
    let known = jobs.pin().get(&foreign.digest).filter(|answer| answer.at.elapsed() < LIFE).cloned();
    if let Some(answer) = known {
        return Ok(answer.principal);
    }
    let principal = ask(core, &foreign.text).await?.map(Arc::new);
    if jobs.len() >= MOST {
        core.jobs.clear();
    }
    jobs.pin().insert(foreign.digest, Answer { at: now(), principal: principal.clone() });
    Ok(principal)
}

async fn ask(core: &Core, text: &SecretString) -> Result<Option<Principal>, Refusal> {
    let answer = match core.directory.client().get_json(text, "/job").await {
        Err(GitlabError::Refused { .. }) | Ok(None) => return Ok(None),
        Ok(Some(answer)) => answer,
        Err(error) => return Err(error.into()),
    };
    let job: Job = serde_json::from_value(answer).map_err(|_| Failure::Unreadable)?;
    let Some(user) = job.user else { return Ok(None) };
    let generation = core.tokens.generation();
    let instance = core.config.instance.as_str();
    let connections = core.store.connections();
    let Some(connection) = connections.find_by_user(TenantId::DEFAULT, instance, user.id).await? else {
        return Ok(None);
    };
    let Some(link) = super::link(core, connection.id, generation).await? else { return Ok(None) };
    Ok(Some(Principal::native_job(JobRef { project_id: job.pipeline.project_id, job_id: job.id }, link)))
}

fn now() -> Instant {
    Instant::now()
}
