//! Receiving GraphQL requests and answering them.

use ::http::{Method, StatusCode};
use axum::body::to_bytes;
use axum::extract::{Request, State};
use serde_json::Value;

use super::answer::{GraphqlObject, Served, Trace, answer, error};
use super::generated::Generated;
use super::request::GraphqlRequest;
use super::world::Worldly;
use crate::forge::Forge;
use crate::http::{ApiError, Arrival, Authentication, Params, Reply, Viewer, json};

/// The largest body that the endpoint takes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// `GET` and `POST /api/graphql`.
pub(crate) async fn endpoint(State(forge): State<Forge>, request: Request) -> Reply {
    let (parts, body) = request.into_parts();
    let viewer = match parts.extensions.get::<Authentication>() {
        Some(Authentication(Err(_))) => return Ok(json(StatusCode::UNAUTHORIZED, &error("Invalid token"))),
        Some(Authentication(Ok(viewer))) => viewer.clone(),
        None => Viewer::default(),
    };
    if viewer.user.is_some() && !viewer.has("api") && !viewer.has("read_api") {
        return Err(ApiError::insufficient_scope("api read_api"));
    }
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| ApiError::bad_parameter("body is unreadable"))?;
    let query = parts.uri.query().unwrap_or_default();
    let read = match serde_json::from_slice::<Value>(&body) {
        Ok(body) if parts.method == Method::POST => {
            GraphqlRequest::read_json(&body).map(|all| (body.is_array(), all))
        }
        _ => {
            let params = Params::read(query, &parts.headers, &body)?;
            GraphqlRequest::of_params(&params).map(|one| (false, vec![one]))
        }
    };
    let (batch, requests) = match read {
        Ok(read) => read,
        Err(refusal) => return Ok(json(StatusCode::UNPROCESSABLE_ENTITY, &error(refusal))),
    };
    if parts.method == Method::GET && requests.iter().any(GraphqlRequest::is_mutation) {
        let refusal = error("Mutations are forbidden in GET requests");
        return Ok(json(StatusCode::UNPROCESSABLE_ENTITY, &refusal));
    }
    let id = parts.extensions.get::<Arrival>().map(|arrival| arrival.id.clone()).unwrap_or_default();
    let answers = execute(forge, viewer, id, requests).await?;
    let body = match (batch, answers) {
        (false, mut answers) => answers.pop().unwrap_or(Value::Null),
        (true, answers) => Value::Array(answers),
    };
    Ok(json(StatusCode::OK, &body))
}

/// What the forge serves to a viewer at this moment.
fn served(forge: &Forge, viewer: Viewer) -> Box<dyn Served> {
    match forge.graphql_schema() {
        Some(file) => Box::new(Generated::new(file.clone(), &forge.world(), forge.url(), viewer.user)),
        None => Box::new(Worldly::new(forge.clone(), viewer)),
    }
}

/// Answers a request as a user, and tells what each object of the answer belongs to.
pub(crate) async fn answer_traced(
    forge: &Forge,
    username: &str,
    request: &Value,
) -> (Value, Vec<GraphqlObject>) {
    let request = match GraphqlRequest::of(request) {
        Ok(request) => request,
        Err(refusal) => return (error(refusal), Vec::new()),
    };
    let user = forge.world().user_named(username).cloned();
    let viewer = Viewer {
        user: user.as_ref().map(|user| user.id),
        admin: user.is_some_and(|user| user.admin),
        scopes: vec!["api".to_owned()],
        ..Viewer::default()
    };
    let trace = Trace::default();
    let (forge, noted) = (forge.clone(), trace.clone());
    let work = move || answer(served(&forge, viewer).as_ref(), &request, &noted).0;
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => (answer, trace.objects()),
        Err(failure) => (error(&failure.to_string()), Vec::new()),
    }
}

/// Executes requests one after another, away from the threads that serve connections.
async fn execute(
    forge: Forge,
    viewer: Viewer,
    id: String,
    requests: Vec<GraphqlRequest>,
) -> Result<Vec<Value>, ApiError> {
    let work = move || {
        let answers = requests.iter().map(|request| {
            let (answer, seen) = answer(served(&forge, viewer.clone()).as_ref(), request, &Trace::default());
            if let Some(seen) = seen {
                forge.recorder().amend(&id, |request| request.graphql.push(seen));
            }
            answer
        });
        answers.collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(|failure| ApiError::internal(&failure))
}
