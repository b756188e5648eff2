//! Commits as GitLab writes them.

use std::io;

use serde_json::{Value, json};

use super::open::Opened;
use crate::http::Call;

/// Fields of a commit between unit separators, commits between record separators.
const FORMAT: &str = "--format=%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%s%x1f%B%x1e";

/// The commits that `git log` lists for these arguments.
pub(crate) async fn log(call: &Call, opened: &Opened, args: &[&str]) -> io::Result<Vec<Value>> {
    let mut command = vec!["log", FORMAT];
    command.extend(args);
    let output = opened.text(&command).await?;
    let path = call.forge.world().project_path(&opened.project);
    let page = format!("{}/{path}/-/commit", call.forge.url());
    Ok(output.split('\u{1e}').filter_map(|record| commit(record.trim_start_matches('\n'), &page)).collect())
}

/// One commit.
pub(crate) async fn one(call: &Call, opened: &Opened, sha: &str) -> io::Result<Value> {
    let commits = log(call, opened, &["-1", sha]).await?;
    commits.into_iter().next().ok_or_else(|| io::Error::other("no such commit"))
}

fn commit(record: &str, page: &str) -> Option<Value> {
    let mut fields = record.split('\u{1f}');
    let mut next = || fields.next();
    let (sha, parents) = (next()?, next()?);
    let (author, author_email, authored) = (next()?, next()?, next()?);
    let (committer, committer_email, committed) = (next()?, next()?, next()?);
    let (title, message) = (next()?, next()?);
    Some(json!({
        "id": sha,
        "short_id": sha.get(..8),
        "created_at": moment(committed),
        "parent_ids": parents.split_whitespace().collect::<Vec<_>>(),
        "title": title,
        "message": message.trim_end_matches('\n').to_owned() + if title == message.trim_end() { "" } else { "\n" },
        "author_name": author,
        "author_email": author_email,
        "authored_date": moment(authored),
        "committer_name": committer,
        "committer_email": committer_email,
        "committed_date": moment(committed),
        "trailers": {},
        "extended_trailers": {},
        "web_url": format!("{page}/{sha}"),
    }))
}

/// `2026-01-05T09:00:00+00:00` with GitLab's milliseconds.
fn moment(git: &str) -> String {
    match git.split_at_checked(19) {
        Some((date, zone)) => format!("{date}.000{}", if zone == "Z" { "+00:00" } else { zone }),
        None => git.to_owned(),
    }
}
