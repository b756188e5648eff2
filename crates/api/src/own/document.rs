//! `GET /api/narrowgate/v1/openapi.json`

use axum::Json;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::Components;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, Ref, RefOr};

use super::problem::ProblemBody;
use super::router;
use super::tokens::StateName;

/// What any operation may answer, besides what it describes itself.
const PROBLEMS: [&str; 14] =
    ["400", "401", "403", "404", "405", "409", "413", "415", "422", "429", "500", "502", "503", "504"];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Narrowgate",
        version = "1",
        description = "What Narrowgate knows and GitLab's token API has no words for: tokens by what they reach, editing \
            grants, policies, job tokens, webhooks, leaks and the audit log.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT")
    ),
    components(schemas(ProblemBody, StateName)),
    security(("private_token" = []), ("bearer" = []))
)]
struct Described;

/// The OpenAPI document, made of the handlers' descriptions.
#[must_use]
pub fn document() -> Document {
    let mut document = Described::openapi();
    document.merge(router::described().into_openapi());
    let components = document.components.get_or_insert_with(Components::default);
    components.responses.insert("Problem".to_owned(), RefOr::T(problem()));
    add_schemes(components);
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for status in PROBLEMS {
            let responses = &mut operation.responses.responses;
            responses
                .entry(status.to_owned())
                .or_insert_with(|| RefOr::Ref(Ref::from_response_name("Problem")));
        }
    }
    document
}

fn problem() -> utoipa::openapi::Response {
    let own = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    // What the gate refuses by itself is worded as GitLab words it.
    let gate = ContentBuilder::new().build();
    ResponseBuilder::new()
        .description("What went wrong. Refusals of the gate itself are in GitLab's form.")
        .content("application/problem+json", own)
        .content("application/json", gate)
        .build()
}

fn add_schemes(components: &mut Components) {
    let header = ApiKey::Header(ApiKeyValue::new("PRIVATE-TOKEN"));
    components.add_security_scheme("private_token", SecurityScheme::ApiKey(header));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/openapi.json",
    operation_id = "document",
    tag = "documentation",
    security(()),
    responses((status = 200, description = "This document", body = Object, content_type = "application/json"))
)]
pub(super) async fn handle() -> Response {
    Json(document()).into_response()
}
