//! Look-ups that GitLab offers only within a project: each project that the token selects is asked.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;

use super::{AT_ONCE, Candidate, Container, Share, candidate, render};
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;

/// The first candidate that knows the thing. An error counts only when no candidate knows it.
pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    template: &str,
    arguments: &[(&str, &str)],
    candidates: &[Candidate],
    share: &mut Share<'_>,
) -> Result<Option<Container>, GitlabError> {
    let projects = candidate::projects(directory, identity, candidates).await?;
    let mut paths: Vec<_> =
        projects.iter().filter_map(|id| Some((*id, fill(template, arguments, *id)?))).collect();
    paths.truncate(share.take(paths.len()));
    let id = render::argument(arguments, "id");
    let asked: Vec<_> =
        paths.into_iter().map(|(project, path)| probe(directory, identity, project, path, id)).collect();
    let mut answers = stream::iter(asked).buffer_unordered(AT_ONCE);
    let mut failure = None;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(Some(container)) => return Ok(Some(container)),
            Ok(None) => {}
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(None), Err)
}

fn fill(template: &str, arguments: &[(&str, &str)], project: u64) -> Option<String> {
    let project = project.to_string();
    let mut all = vec![("project", project.as_str())];
    all.extend(arguments.iter().filter(|(name, _)| *name != "project"));
    render::path(template, &all)
}

async fn probe(
    directory: &Directory,
    identity: &Identity,
    project: u64,
    path: String,
    id: Option<&str>,
) -> Result<Option<Container>, GitlabError> {
    let ask = async {
        let answer = directory.client.get_json(&identity.credential, &path).await?;
        Ok(answer.filter(|answer| is_it(answer, id)).map(|_| Container::Project(project)))
    };
    let known = directory.lookups.get(identity.connection, &path, ask).await?;
    Ok(known.map(|container| *container))
}

/// Whether what was found is what was asked for: a label is found by its title, too, which may look like an id.
fn is_it(answer: &Value, id: Option<&str>) -> bool {
    match (answer.get("id").and_then(Value::as_u64), id) {
        (Some(found), Some(id)) => found.to_string() == id,
        (None, Some(id)) => !id.bytes().all(|byte| byte.is_ascii_digit()),
        (_, None) => true,
    }
}
