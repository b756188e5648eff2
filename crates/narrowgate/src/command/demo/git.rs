//! The real Git client.

use std::path::Path;

use anyhow::{Context as _, Result};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::process::Command;

use super::reply::Reply;
use crate::hint::Hint as _;

/// Answers Git's question for a password with a variable, so that no token stands in a URL or an argument.
pub(super) const HELPER: &str = "!f() { echo username=token; echo \"password=$NARROWGATE_TOKEN\"; }; f";

/// Runs Git in `folder` with a token and nothing of the visitor's own configuration.
///
/// # Errors
/// When Git can't be started.
pub(super) async fn git(folder: &Path, token: &SecretString, arguments: &[&str]) -> Result<Reply> {
    let helper = format!("credential.helper={HELPER}");
    let output = Command::new("git")
        .args(["-c", "credential.helper=", "-c", &helper, "-c", "init.defaultBranch=main"])
        .args(["-c", "user.name=Visitor", "-c", "user.email=visitor@example.com"])
        .args(arguments)
        .current_dir(folder)
        .env("NARROWGATE_TOKEN", token.expose_secret())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .output()
        .await
        .context("cannot run git")
        .hint("install git, and have it on the PATH")?;
    if output.status.success() {
        return Ok(Reply { status: 200, body: Value::Null });
    }
    Ok(read(&String::from_utf8_lossy(&output.stderr)))
}

/// Reads what Git says of a refusal: the server's own lines come after `remote:`, the status in the last line.
fn read(told: &str) -> Reply {
    let mut remote = told.lines().filter_map(|line| line.strip_prefix("remote: ")).map(str::trim);
    let message = remote.clone().next().or_else(|| told.lines().last()).unwrap_or_default();
    let mut body = json!({ "message": message });
    let reason = remote.find_map(|line| line.strip_prefix("narrowgate: ")?.split(',').next());
    if let (Some(fields), Some(reason)) = (body.as_object_mut(), reason) {
        fields.insert("narrowgate".to_owned(), json!({ "reason": reason }));
    }
    Reply { status: status(told), body }
}

/// The status that Git names when the server refuses; 401 where it only says that it could not log in.
fn status(told: &str) -> u16 {
    let named = told.split("returned error: ").nth(1).and_then(|rest| rest.get(..3)?.parse().ok());
    named.unwrap_or(if told.contains("Authentication failed") { 401 } else { 0 })
}

#[cfg(test)]
mod tests {
    use narrowgate_policy::Reason;

    use super::read;

    #[test]
    fn refusal_is_read_from_what_git_says() {
        let reply = read(
            "Cloning into 'api'...\nremote: Access denied.\nremote: narrowgate: outside_boundary, request 1.\n\
             fatal: unable to access 'http://x/': The requested URL returned error: 403\n",
        );
        assert_eq!((reply.status, reply.reason()), (403, Some(Reason::OutsideBoundary)));
        assert_eq!(reply.why(), "outside_boundary: Access denied.");
    }

    #[test]
    fn refused_credential_is_401_and_other_failures_have_no_status() {
        assert_eq!(read("fatal: Authentication failed for 'http://x/'").status, 401);
        assert_eq!(read("fatal: not a git repository").status, 0);
    }
}
