//! Ready-made lines for the visitor.

use std::io::{Write as _, stdout};

use anyhow::{Context as _, Result};
use secrecy::ExposeSecret as _;

use super::git::HELPER;
use super::stage::Stage;
use super::story::PERMISSIONS;

/// Mints a token for the visitor and prints what to do with it.
///
/// The token stands in one line, as a variable; never in a URL.
///
/// # Errors
/// When no token can be minted.
pub(super) async fn invite(stage: &Stage) -> Result<()> {
    let token = stage.mint_narrow("maria", "visitor", &PERMISSIONS).await?;
    let (gate, instance) = (stage.url(), stage.instance());
    let token = token.expose_secret();
    let narrowgate = std::env::current_exe().context("cannot tell where this command is")?;
    let (narrowgate, folder) = (narrowgate.display(), stage.folder().display());
    writeln!(
        stdout(),
        r#"
The gate stays up at {gate}, in front of the sandbox at {instance}. To try it yourself, in another terminal:

export NARROWGATE_TOKEN={token}

# What it may do:
curl --silent --show-error --header "PRIVATE-TOKEN: $NARROWGATE_TOKEN" {gate}/api/v4/projects/acme%2Fweb/issues
git -c credential.helper='{HELPER}' clone {gate}/acme/web.git

# What it may not:
curl --silent --show-error --header "PRIVATE-TOKEN: $NARROWGATE_TOKEN" {gate}/api/v4/projects/acme%2Fapi/issues
curl --silent --show-error --header "PRIVATE-TOKEN: $NARROWGATE_TOKEN" --data title=Hello {gate}/api/v4/projects/acme%2Fweb/issues
git -c credential.helper='{HELPER}' clone {gate}/acme/api.git

# And why, with the smallest grant that would allow it:
{narrowgate} explain --database {folder}/narrowgate.db --key-file {folder}/narrowgate.key 'POST /projects/acme%2Fweb/issues'

Ctrl-C stops everything and removes the temporary folder."#
    )?;
    Ok(())
}
