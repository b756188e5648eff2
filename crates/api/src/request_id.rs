//! Error bodies name the request, as those of the gate do: the id leads to the cause in the log.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use serde_json::Value;

use crate::caller::Caller;
use crate::own::Peer;

/// An error's body, with the place (a JSON pointer) where the request's id belongs. Passed as a response extension.
#[derive(Clone, Debug)]
pub(crate) struct Nameless {
    pub(crate) body: Value,
    pub(crate) place: &'static str,
}

/// Puts the request's id into the body of an error.
pub(crate) async fn name(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let of_caller = extensions.get::<Caller>().map(|caller| caller.request_id.clone());
    let id = of_caller.or_else(|| extensions.get::<Peer>().map(|peer| peer.request_id.clone()));
    let mut response = next.run(request).await;
    let (Some(id), Some(Nameless { mut body, place })) = (id, response.extensions_mut().remove()) else {
        return response;
    };
    if let Some(Value::Object(fields)) = body.pointer_mut(place) {
        fields.insert("request_id".to_owned(), id.into());
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(body.to_string());
    }
    response
}
