//! A request to the REST API as handlers see it.

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, Method, Uri};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use narrowgate_catalog::Role;
use serde_json::Value;

use super::error::{ApiError, Reply};
use super::job;
use super::page;
use super::params::Params;
use super::sudo;
use super::viewer::{Authentication, Viewer};
use crate::forge::Forge;
use crate::http::iso;
use crate::record::{BodyDigest, Measure};
use crate::view;
use crate::world::{Group, Project, Standing, World};

/// The largest body that a REST endpoint takes.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A request's target as it arrived, and the names of the places where it carried credentials.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The id under which the request is remembered.
    pub(crate) id: String,
    pub(crate) uri: Uri,
    pub(crate) carriers: Vec<String>,
}

/// A request to the REST API: authenticated, its scope checked, its parameters read.
pub(crate) struct Call {
    pub(crate) forge: Forge,
    pub(crate) viewer: Viewer,
    pub(crate) params: Params,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content_type: Option<String>,
    /// The body, if it holds parameters.
    pub(crate) body: Bytes,
    /// Length and digest of the body.
    pub(crate) digest: BodyDigest,
    /// Where it carried credentials.
    pub(crate) carriers: Vec<String>,
}

impl FromRequest<Forge> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, forge: &Forge) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let authentication = parts.extensions.get::<Authentication>().cloned();
        let viewer = authentication.map_or_else(|| Ok(Viewer::default()), |it| it.0)?;
        // The path below `/api/v4` is all that a nested router leaves in the request itself.
        let arrival = parts.extensions.get::<Arrival>().cloned();
        let arrival = arrival.unwrap_or_else(|| Arrival {
            id: String::new(),
            uri: parts.uri.clone(),
            carriers: Vec::new(),
        });
        let uri = arrival.uri;
        let (body, digest) = read_body(&parts.headers, body).await?;
        let query = uri.query().unwrap_or_default().to_owned();
        let params = Params::read(&query, &parts.headers, &body)?;
        let acts_as = sudo::asked(&params, &parts.headers).filter(|_| uri.path().starts_with("/api/v4/"));
        let viewer = match acts_as {
            Some(name) => sudo::act_as(&viewer, &name, &forge.world())?,
            None if viewer.job.is_some() => job::admit(viewer, &parts.method, uri.path()),
            None => {
                viewer.admits(&parts.method, uri.path())?;
                viewer
            }
        };
        let content_type = parts.headers.get(http::header::CONTENT_TYPE);
        Ok(Self {
            forge: forge.clone(),
            viewer,
            params,
            path: uri.path().to_owned(),
            query,
            content_type: content_type.and_then(|value| value.to_str().ok()).map(str::to_owned),
            method: parts.method,
            body,
            digest,
            carriers: arrival.carriers,
        })
    }
}

/// Holds a body with parameters in memory; any other is only measured.
async fn read_body(headers: &HeaderMap, body: Body) -> Result<(Bytes, BodyDigest), ApiError> {
    let unreadable = || ApiError::bad_parameter("body is unreadable");
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.contains("json") || kind.starts_with("application/x-www-form-urlencoded") {
        let body = to_bytes(body, MAX_BODY).await.map_err(|_| unreadable())?;
        let digest = BodyDigest::of(&body);
        return Ok((body, digest));
    }
    let mut measure = Measure::default();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        measure.count(&chunk.map_err(|_| unreadable())?);
    }
    Ok((Bytes::new(), measure.digest()))
}

/// The role that a call needs in a project or group.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// To read: what is public counts as held by everyone up to reporter.
    Read(Role),
    /// To write: only the role itself counts.
    Write(Role),
}

impl Need {
    fn met_by(self, standing: Standing) -> bool {
        match self {
            Self::Read(role) => standing.reading >= role,
            Self::Write(role) => standing.role >= role,
        }
    }
}

impl Call {
    /// The present moment in GitLab's form.
    pub(crate) fn now(&self) -> String {
        iso(self.forge.now())
    }

    /// One page of a listing.
    pub(crate) fn page(&self, items: Vec<Value>) -> Reply {
        Ok(page::paged(items, &self.params, &self.own_url(), &self.query))
    }

    /// One page by keyset.
    pub(crate) fn page_by_id(&self, items: &[Value]) -> Response {
        page::paged_by_id(items, &self.params, &self.own_url(), &self.query)
    }

    /// The viewer as the author of something.
    pub(crate) fn author(&self, world: &World) -> Value {
        view::author_of(world, self.forge.url(), self.viewer.user)
    }

    fn own_url(&self) -> String {
        format!("{}{}", self.forge.url(), self.path)
    }

    /// A project that the viewer may use in this way; 404 when it may not be seen, 403 when the role is too low.
    pub(crate) fn project(&self, world: &World, reference: &str, need: Need) -> Result<Project, ApiError> {
        let missing = || ApiError::not_found("Project");
        let project = world.find_project(reference).ok_or_else(missing)?;
        let standing = world.standing_in_project(self.viewer.user, project);
        if !standing.sees() {
            return Err(missing());
        }
        let writable = !project.archived || matches!(need, Need::Read(_));
        self.check(need.met_by(standing) && writable)?;
        Ok(project.clone())
    }

    /// A group that the viewer may use in this way.
    pub(crate) fn group(&self, world: &World, reference: &str, need: Need) -> Result<Group, ApiError> {
        let missing = || ApiError::not_found("Group");
        let group = world.find_group(reference).ok_or_else(missing)?;
        let standing = world.standing_in_group(self.viewer.user, group);
        if !standing.sees() {
            return Err(missing());
        }
        self.check(need.met_by(standing))?;
        Ok(group.clone())
    }

    fn check(&self, holds: bool) -> Result<(), ApiError> {
        match self.viewer.user {
            _ if holds => Ok(()),
            Some(_) => Err(ApiError::forbidden()),
            None => Err(ApiError::unauthorized()),
        }
    }
}
