//! Connecting a GitLab user: the credential is checked on its instance, sealed, and stored.

use anyhow::{Context as _, Result, anyhow, bail};
use narrowgate_gitlab::{Client, ClientConfig, GitlabError, TokenSelf, User};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::{Connection, Credential, NewConnection, credential_context};
use narrowgate_store::time::Date;
use narrowgate_store::{Store, TenantId};
use secrecy::SecretString;

use crate::hint::hinted;
use crate::secrets::random;
use crate::settings::{Settings, seconds};

/// A client of the configured instance.
///
/// # Errors
/// When no instance is configured, or TLS can't be set up.
pub(crate) fn client(settings: &Settings) -> Result<Client> {
    let usual = ClientConfig::default();
    let config = ClientConfig {
        ca_file: settings.ca_file.clone(),
        connect_timeout: seconds(settings.connect_timeout_s),
        // The gate's own questions come before the request they are for: they may not take longer than that.
        timeout: seconds(settings.response_timeout_s).min(usual.timeout),
        ..usual
    };
    Ok(Client::new(settings.instance()?, &config)?)
}

/// What the instance says of a credential.
#[derive(Debug)]
pub(crate) struct Checked {
    user: User,
    about: Option<TokenSelf>,
}

/// Asks the instance whose credential it is and what it may do.
///
/// # Errors
/// When the instance can't be reached, refuses the credential, or has blocked the user.
pub(crate) async fn check(client: &Client, credential: &SecretString) -> Result<Checked> {
    let instance = client.instance().as_str();
    let user = client.current_user(credential).await.map_err(|error| explain(error, instance))?;
    if !matches!(user.state.as_str(), "" | "active") {
        bail!("the user `{}` is {} on {instance}", user.username, user.state);
    }
    let about = client.token_self(credential).await.map_err(|error| explain(error, instance))?;
    Ok(Checked { user, about })
}

fn explain(error: GitlabError, instance: &str) -> anyhow::Error {
    let hint = match error {
        GitlabError::Refused { .. } => {
            "create a personal access token with the scope `api` there, and give that"
        }
        GitlabError::Tls { .. } => "name the certificate authority with `--ca-file FILE`",
        _ => "check the URL, and that the instance answers from here",
    };
    hinted(anyhow!(error).context(format!("cannot check the credential on {instance}")), hint)
}

impl Checked {
    /// What its holder should know before relying on it.
    pub(crate) fn warning(&self) -> Option<String> {
        let Some(about) = &self.about else {
            return Some("the instance does not say what the credential may do".to_owned());
        };
        let whole = about.scopes.iter().any(|scope| scope == "api");
        (!whole).then(|| {
            let scopes = about.scopes.join(", ");
            format!(
                "the credential's scopes are [{scopes}], without `api`: no token can reach further than that"
            )
        })
    }

    /// Seals the credential and stores the connection, or gives the one that is there the new credential.
    ///
    /// # Errors
    /// When the store fails, or the instance names an expiry that is no date.
    pub(crate) async fn store(
        self,
        store: &Store,
        keys: &KeyRing,
        instance: &str,
        credential: &SecretString,
    ) -> Result<Connection> {
        let tenant = TenantId::DEFAULT;
        let context = credential_context(tenant, instance, self.user.id);
        let credential = Credential {
            sealed: keys.seal(credential, &context, &mut random()?)?,
            scopes: self.about.as_ref().map(|about| about.scopes.clone()).unwrap_or_default(),
            expires_at: self.expires_at()?.map(Date::midnight),
        };
        let connections = store.connections();
        let Some(known) = connections.find_by_user(tenant, instance, self.user.id).await? else {
            let User { id: user_id, username, administrator, .. } = self.user;
            let instance_url = instance.to_owned();
            let new = NewConnection { tenant, instance_url, user_id, username, administrator, credential };
            return Ok(connections.add(&new).await?);
        };
        connections.replace_credential(known.id, &credential, store.now()).await?;
        connections.lookup(known.id).await?.context("the connection was removed meanwhile")
    }

    fn expires_at(&self) -> Result<Option<Date>> {
        let text = self.about.as_ref().and_then(|about| about.expires_at.as_deref());
        text.map(Date::parse).transpose().context("the instance names an unreadable expiry")
    }
}
