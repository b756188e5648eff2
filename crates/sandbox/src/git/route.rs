//! From a path to a Git service.

use ::http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::access::{Action, Refusal, Repository, Use, permit};
use super::backend;
use crate::forge::Forge;
use crate::http::{ApiError, Viewer, authenticate_basic};

/// A request below a repository, such as `/acme/web` and `/info/refs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitRequest {
    /// The decoded path of the repository, without `.git`.
    pub(crate) name: String,
    /// The rest of the path, with its slash.
    pub(crate) below: String,
}

/// A service of Git's smart HTTP protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    UploadPack,
    ReceivePack,
}

impl GitRequest {
    /// Reads a path; absent when it does not lie below a repository.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let decoded = percent_decode_str(path).decode_utf8().ok()?;
        let (name, below) = decoded.trim_start_matches('/').split_once(".git/")?;
        Some(Self { name: name.to_owned(), below: format!("/{below}") })
    }

    /// The service that a request asks for.
    pub(crate) fn service(&self, method: &Method, uri: &Uri) -> Option<Service> {
        match (method.as_str(), self.below.as_str()) {
            ("GET", "/info/refs") => match query_value(uri, "service")?.as_str() {
                "git-upload-pack" => Some(Service::UploadPack),
                "git-receive-pack" => Some(Service::ReceivePack),
                _ => None,
            },
            ("POST", "/git-upload-pack") => Some(Service::UploadPack),
            ("POST", "/git-receive-pack") => Some(Service::ReceivePack),
            _ => None,
        }
    }
}

impl Service {
    fn action(self) -> Action {
        match self {
            Self::UploadPack => Action::Download,
            Self::ReceivePack => Action::Upload,
        }
    }
}

fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Finds the repository and decides.
pub(crate) fn admit(forge: &Forge, parts: &Parts, name: &str, action: Action) -> Result<Admitted, Refusal> {
    let viewer = authenticate_basic(forge, parts).map_err(|_| Refusal::SignIn)?;
    let world = forge.world();
    let unknown = if viewer.user.is_none() { Refusal::SignIn } else { Refusal::NotFound };
    let on = Repository::find(&world, name).ok_or(unknown)?;
    let permitted = permit(&world, &viewer, on, action)?;
    Ok(Admitted { on, permitted, viewer })
}

/// A request that may go on.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) on: Repository,
    pub(crate) permitted: Use,
    pub(crate) viewer: Viewer,
}

/// A refusal as Git clients see it.
fn refuse(forge: &Forge, refusal: Refusal) -> Response {
    match refusal {
        Refusal::SignIn => sign_in(forge),
        Refusal::NotFound => not_found(),
        Refusal::Forbidden(text) => plain(StatusCode::FORBIDDEN, text),
    }
}

/// Serves a request of Git's smart HTTP protocol.
pub(crate) async fn serve(forge: Forge, found: GitRequest, service: Service, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Admitted { on, permitted, .. } = match admit(&forge, &parts, &found.name, service.action()) {
        Ok(admitted) => admitted,
        Err(refusal) => return refuse(&forge, refusal),
    };
    if let Err(error) = forge.repository(on).await {
        return ApiError::internal(&error).into_response();
    }
    let request = Request::from_parts(parts, body);
    match backend::run(forge.repositories(), on, &found.below, &permitted, request).await {
        Ok(response) => response,
        Err(error) => ApiError::internal(&error).into_response(),
    }
}

/// GitLab sends clients that leave out `.git` to the path with it.
pub(crate) fn redirect_to_git(forge: &Forge, uri: &Uri) -> Option<Response> {
    query_value(uri, "service").filter(|service| service.starts_with("git-"))?;
    let name = uri.path().strip_suffix("/info/refs")?;
    let query = uri.query().unwrap_or_default();
    let location = format!("{}{name}.git/info/refs?{query}", forge.url());
    let mut response = StatusCode::MOVED_PERMANENTLY.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&location).ok()?);
    Some(response)
}

pub(crate) fn sign_in(forge: &Forge) -> Response {
    let text = format!(
        "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect \
         or you're required to use a token instead of a password. If a token was provided, it was either \
         incorrect, expired, or improperly scoped. See \
         {}/help/topics/git/troubleshooting_git.md#error-on-git-fetch-http-basic-access-denied",
        forge.url()
    );
    let mut response = plain(StatusCode::UNAUTHORIZED, &text);
    let challenge = HeaderValue::from_static(r#"Basic realm="GitLab""#);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn not_found() -> Response {
    let text = "The project you were looking for could not be found or you don't have permission to view it.";
    plain(StatusCode::NOT_FOUND, text)
}

fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
