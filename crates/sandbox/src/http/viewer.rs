//! Who asks, and whether the token's scopes allow the kind of request.

use ::http::Method;
use ::http::request::Parts;
use secrecy::ExposeSecret;

use super::credential::{Presented, presented};
use super::error::ApiError;
use crate::forge::Forge;
use crate::http::date;
use crate::world::{JobKey, NativeToken, World};

/// The user behind a request; nobody when it carried no credential.
#[derive(Clone, Debug, Default)]
pub(crate) struct Viewer {
    pub(crate) user: Option<u64>,
    pub(crate) token: Option<u64>,
    pub(crate) admin: bool,
    pub(crate) scopes: Vec<String>,
    /// The running job whose token came with the request: the user is the job's then.
    pub(crate) job: Option<JobKey>,
}

/// The outcome of authentication, kept with the request until a handler asks for it.
#[derive(Clone, Debug)]
pub(crate) struct Authentication(pub(crate) Result<Viewer, ApiError>);

impl Viewer {
    /// The user, or 401.
    pub(crate) fn signed_in(&self) -> Result<u64, ApiError> {
        self.user.ok_or_else(ApiError::unauthorized)
    }

    /// 403 for everyone but administrators, 401 for visitors.
    pub(crate) fn administrator(&self) -> Result<u64, ApiError> {
        let user = self.signed_in()?;
        if self.admin { Ok(user) } else { Err(ApiError::forbidden()) }
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|it| it == scope)
    }

    /// Whether the token's scopes admit a request to the REST API.
    pub(crate) fn admits(&self, method: &Method, path: &str) -> Result<(), ApiError> {
        if self.user.is_none() || self.has("api") {
            return Ok(());
        }
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let wanted = wanted_scopes(reads, path);
        if wanted == "*" || wanted.split(' ').any(|scope| self.has(scope)) {
            return Ok(());
        }
        Err(ApiError::insufficient_scope(wanted))
    }
}

/// The scopes beside which none else will do, joined by spaces; `*` when any token will do.
fn wanted_scopes(reads: bool, path: &str) -> &'static str {
    let path = path.strip_prefix("/api/v4").unwrap_or(path);
    if path == "/personal_access_tokens/self" {
        return "*";
    }
    if path == "/personal_access_tokens/self/rotate" {
        return "api self_rotate";
    }
    if !reads {
        return "api";
    }
    if path == "/user" || path.starts_with("/user/") || path.starts_with("/users") {
        return "api read_api read_user";
    }
    if path.contains("/repository/files/") || path.contains("/repository/archive") {
        return "api read_api read_repository";
    }
    "api read_api"
}

/// Carriers of credentials that belong to no user of the forge: jobs, deployments, browsers.
const OTHER_CARRIERS: [&str; 4] = ["Cookie", "JOB-TOKEN", "DEPLOY-TOKEN", "query job_token"];

/// Carriers that a job's token may come by.
const JOB_CARRIERS: [&str; 4] =
    ["JOB-TOKEN", "query job_token", "Authorization: Bearer", "Authorization: Basic"];

/// Finds the user by the first credential that says anything.
pub(crate) fn authenticate(world: &mut World, presented: &[Presented], now: i64) -> Authentication {
    let mut of_job = presented.iter().filter(|it| JOB_CARRIERS.contains(&it.carrier.as_str()));
    let job = of_job.find_map(|it| world.job_of_token(it.secret.expose_secret()));
    if job.is_some() {
        let user =
            job.and_then(|key| world.running_job(key)).and_then(|job| job.get("user")?.get("id")?.as_u64());
        return Authentication(Ok(Viewer { user, job, ..Viewer::default() }));
    }
    let Some(first) = presented.iter().find(|it| !OTHER_CARRIERS.contains(&it.carrier.as_str())) else {
        return Authentication(Ok(Viewer::default()));
    };
    let Some(id) = world.find_token(first.secret.expose_secret()).map(|token| token.id) else {
        return Authentication(Err(ApiError::unauthorized()));
    };
    if let Some(token) = world.token_mut(id) {
        token.last_used_at = Some(now);
    }
    let token = world.token(id).ok_or_else(ApiError::unauthorized);
    Authentication(token.and_then(|token| viewer_of(world, token, now)))
}

/// The viewer of a Git request: GitLab looks at nothing but the Basic password there.
pub(crate) fn authenticate_basic(forge: &Forge, parts: &Parts) -> Result<Viewer, ApiError> {
    let mut found = presented(parts);
    found.retain(|it| it.carrier == "Authorization: Basic");
    authenticate(&mut forge.world(), &found, forge.now()).0
}

fn viewer_of(world: &World, token: &NativeToken, now: i64) -> Result<Viewer, ApiError> {
    if token.revoked {
        return Err(ApiError::invalid_token("Token was revoked. You have to re-authorize from the user."));
    }
    if token.expires_at.as_ref().is_some_and(|expiry| *expiry <= date(now)) {
        let text = "Token is expired. You can either do re-authorization or token refresh.";
        return Err(ApiError::invalid_token(text));
    }
    let user = world.users.get(&token.user).ok_or_else(ApiError::unauthorized)?;
    if !user.is_active() {
        return Err(ApiError::forbidden_because("Your account has been blocked."));
    }
    let scopes = token.scopes.clone();
    Ok(Viewer { user: Some(user.id), token: Some(token.id), admin: user.admin, scopes, job: None })
}
