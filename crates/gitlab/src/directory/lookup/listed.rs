//! Look-ups of what GitLab only lists: each project that the token selects is asked for its list.

use serde_json::Value;

use super::{Candidate, Container, candidate, in_projects};
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;

/// The first candidate whose list has the global id.
pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    document: &str,
    global_id: &str,
    candidates: &[Candidate],
) -> Result<Option<Container>, GitlabError> {
    let projects = candidate::projects(directory, identity, candidates).await?;
    let asked = projects.iter().map(|project| probe(directory, identity, *project, document, global_id));
    in_projects::first(asked.collect()).await
}

async fn probe(
    directory: &Directory,
    identity: &Identity,
    project: u64,
    document: &str,
    global_id: &str,
) -> Result<Option<Container>, GitlabError> {
    let document = document.replace("$project", &format!("\"gid://gitlab/Project/{project}\""));
    let key = format!("{global_id} {document}");
    let ask = async {
        let data = directory.client.graphql(&identity.credential, &document).await?;
        Ok(data.filter(|data| has(data, global_id)).map(|_| Container::Project(project)))
    };
    let known = directory.lookups.get(identity.connection, &key, ask).await?;
    Ok(known.map(|container| *container))
}

/// Whether a text stands anywhere in an answer.
fn has(answer: &Value, text: &str) -> bool {
    match answer {
        Value::String(value) => value == text,
        Value::Array(items) => items.iter().any(|item| has(item, text)),
        Value::Object(fields) => fields.values().any(|value| has(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
