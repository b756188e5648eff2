//! What messages are signed with.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use narrowgate_secret::Sealed;
use narrowgate_store::TenantId;
use narrowgate_store::webhooks::{Webhook, webhook_context};
use secrecy::{ExposeSecret, SecretString};

use crate::own::problem::Problem;
use crate::own::state::OwnState;

const SHORTEST: usize = 16;
const LONGEST: usize = 255;

/// A secret that the caller chose.
pub(super) fn given(secret: String) -> Result<SecretString, Problem> {
    let secret = SecretString::from(secret);
    if (SHORTEST..=LONGEST).contains(&secret.expose_secret().len()) {
        Ok(secret)
    } else {
        Err(Problem::invalid(format!("secret: must have between {SHORTEST} and {LONGEST} bytes")))
    }
}

/// A new secret.
pub(super) fn make(state: &OwnState) -> SecretString {
    let mut bytes = [0_u8; 32];
    state.api.with_random(|random| random.fill_bytes(&mut bytes));
    SecretString::from(format!("ngwhs-{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
}

/// Seals a secret for the URL that it signs for.
pub(super) fn seal(
    state: &OwnState,
    tenant: TenantId,
    url: &str,
    secret: &SecretString,
) -> Result<Sealed, Problem> {
    let context = webhook_context(tenant, url);
    let sealed = state.api.with_random(|random| state.keys.seal(secret, &context, random));
    sealed.map_err(|error| {
        tracing::error!(%error, "The secret of a webhook could not be sealed");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "sealing_failed", "the secret could not be sealed")
    })
}

/// Opens the secret of a webhook, to be sealed for another URL.
pub(super) fn open(state: &OwnState, webhook: &Webhook) -> Result<SecretString, Problem> {
    let context = webhook_context(webhook.tenant, &webhook.url);
    state.keys.open(&webhook.secret, &context).map_err(|error| {
        tracing::error!(webhook.id = webhook.id.0, %error, "The secret of a webhook cannot be unsealed");
        let detail = "the secret could not be opened: give a new one";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "unsealing_failed", detail)
    })
}
