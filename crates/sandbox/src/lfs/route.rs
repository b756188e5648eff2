//! From a path to a part of the LFS protocol.

use ::http::{Method, StatusCode};
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use serde_json::Value;

use super::refusal::LfsError;
use super::{batch, locks, objects};
use crate::forge::Forge;
use crate::git::{Action, Admitted, Repository, admit};

/// The largest body of a batch or lock request.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// What a request below a repository wants of LFS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LfsRequest {
    Batch,
    ListLocks,
    CreateLock,
    VerifyLocks,
    Unlock(String),
    Download { oid: String },
    Upload { oid: String, size: u64 },
}

impl LfsRequest {
    /// Reads method and path below the repository.
    pub(crate) fn parse(method: &Method, below: &str) -> Option<Self> {
        let segments: Vec<&str> = below.trim_start_matches('/').split('/').collect();
        match (method.as_str(), segments.as_slice()) {
            ("POST", ["info", "lfs", "objects", "batch"]) => Some(Self::Batch),
            ("GET", ["info", "lfs", "locks"]) => Some(Self::ListLocks),
            ("POST", ["info", "lfs", "locks"]) => Some(Self::CreateLock),
            ("POST", ["info", "lfs", "locks", "verify"]) => Some(Self::VerifyLocks),
            ("POST", ["info", "lfs", "locks", id, "unlock"]) => Some(Self::Unlock((*id).to_owned())),
            ("GET", ["gitlab-lfs", "objects", oid]) if is_oid(oid) => {
                Some(Self::Download { oid: (*oid).to_owned() })
            }
            ("PUT", ["gitlab-lfs", "objects", oid, size]) if is_oid(oid) => {
                Some(Self::Upload { oid: (*oid).to_owned(), size: size.parse().ok()? })
            }
            _ => None,
        }
    }

    /// What it does to the repository; a batch says so in its body.
    fn action(&self) -> Action {
        match self {
            Self::Download { .. } | Self::ListLocks | Self::Batch => Action::Download,
            Self::Upload { .. } | Self::CreateLock | Self::VerifyLocks | Self::Unlock(_) => Action::Upload,
        }
    }
}

/// Whether a text is a SHA-256 in lower-case hexadecimal.
pub(super) fn is_oid(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Serves a request of the LFS protocol on the repository of this name.
pub(crate) async fn serve(forge: Forge, name: &str, wanted: LfsRequest, request: Request) -> Response {
    match answer(&forge, name, wanted, request).await {
        Ok(response) => response,
        Err(error) => error.render(&forge),
    }
}

async fn answer(
    forge: &Forge,
    name: &str,
    wanted: LfsRequest,
    request: Request,
) -> Result<Response, LfsError> {
    let (parts, body) = request.into_parts();
    if wanted == LfsRequest::Batch {
        let body = read_json(body).await?;
        let action = batch::action(&body)?;
        let admitted = admit(forge, &parts, name, action).map_err(LfsError::Refused)?;
        return batch::answer(forge, project_of(&admitted)?, action, &parts.headers, &body);
    }
    let admitted = admit(forge, &parts, name, wanted.action()).map_err(LfsError::Refused)?;
    let project = project_of(&admitted)?;
    let viewer = &admitted.viewer;
    match wanted {
        LfsRequest::Download { oid } => objects::download(forge, project, &oid).await,
        LfsRequest::Upload { oid, size } => objects::upload(forge, project, &oid, size, body).await,
        LfsRequest::CreateLock => locks::create(forge, project, viewer, &read_json(body).await?),
        LfsRequest::VerifyLocks => Ok(locks::verify(forge, project, viewer)),
        LfsRequest::Unlock(id) => locks::unlock(forge, project, viewer, &id, &read_json(body).await?),
        LfsRequest::ListLocks | LfsRequest::Batch => {
            Ok(locks::list(forge, project, parts.uri.query().unwrap_or_default()))
        }
    }
}

/// Only projects have LFS storage.
fn project_of(admitted: &Admitted) -> Result<u64, LfsError> {
    match admitted.on {
        Repository::Project(id) => Ok(id),
        _ => Err(LfsError::Status(StatusCode::NOT_FOUND, "Not found.")),
    }
}

async fn read_json(body: axum::body::Body) -> Result<Value, LfsError> {
    let invalid = LfsError::Status(StatusCode::UNPROCESSABLE_ENTITY, "The body is not valid.");
    let bytes: Bytes = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| LfsError::Status(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."))?;
    if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes).map_err(|_| invalid) }
}
