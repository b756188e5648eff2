//! The projects and groups that grants select.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_graphql::{Result, SimpleObject};
use narrowgate_store::tokens::Resource;
use serde_json::Value;

use crate::authority::AuthorityError;
use crate::caller::Caller;
use crate::graphql::permit;
use crate::graphql::scalar::NamespaceId;
use crate::state::ApiState;

/// More look-ups than this are not made for one request.
const MOST: usize = 100;

/// A project or group.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct Namespace {
    id: NamespaceId,
    full_name: String,
    full_path: String,
    web_url: Option<String>,
    avatar_url: Option<String>,
}

/// What one request has learnt already.
#[derive(Default)]
pub(in crate::graphql) struct Namespaces(Mutex<HashMap<Resource, Option<Namespace>>>);

impl Namespaces {
    /// What the caller's user sees of a project or group; none where nothing is seen.
    pub(super) async fn look_up(
        &self,
        state: &ApiState,
        caller: &Caller,
        resource: Resource,
    ) -> Result<Option<Namespace>> {
        if let Some(known) = self.known(resource) {
            return Ok(known);
        }
        let path = format!("/{}s/{}", resource.kind(), resource.id());
        let answer = state.containers.get_json(&caller.connection, &path).await;
        let answer = answer.map_err(|error| permit::failure(&AuthorityError::Containers(error)))?;
        let found = answer.and_then(|answer| read(resource, &answer));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(resource, found.clone());
        Ok(found)
    }

    fn known(&self, resource: Resource) -> Option<Option<Namespace>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&resource).cloned();
        found.or_else(|| (known.len() >= MOST).then_some(None))
    }
}

fn read(resource: Resource, answer: &Value) -> Option<Namespace> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let (name, path) = match resource {
        Resource::Project(_) => ("name_with_namespace", "path_with_namespace"),
        Resource::Group(_) => ("full_name", "full_path"),
    };
    Some(Namespace {
        id: NamespaceId(resource),
        full_name: text(name)?,
        full_path: text(path)?,
        web_url: text("web_url"),
        avatar_url: text("avatar_url"),
    })
}
