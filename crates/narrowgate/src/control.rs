//! The control plane of one node: what the token commands and the gate's local operations work with.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use narrowgate_api::authority::Actor;
use narrowgate_api::{ApiConfig, ApiState, DirectoryContainers};
use narrowgate_catalog::Catalog;
use narrowgate_gitlab::{Client, Directory, DirectoryConfig, Reference};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::Connection;
use narrowgate_store::{Store, TenantId};
use secrecy::SecretString;

use crate::connect::client;
use crate::hint::{Hint as _, hinted};
use crate::secrets::{existing_keys, random};
use crate::settings::{GateFlags, Settings, StoreFlags};
use crate::{catalog_files, database};

/// Whoever runs Narrowgate on this machine.
pub(crate) const OPERATOR: Actor<'static> = Actor::Operator { tenant: TenantId::DEFAULT };

/// The control plane's state.
///
/// # Errors
/// When the system gives no randomness.
pub(crate) fn api_state(
    settings: &Settings,
    store: Store,
    keys: Arc<KeyRing>,
    directory: Directory,
    catalog: &'static Catalog,
) -> Result<ApiState> {
    let config = ApiConfig {
        default_lifetime_days: settings.default_lifetime_days,
        max_lifetime_days: settings.max_lifetime_days,
        rotated_lifetime_days: settings.rotated_lifetime_days,
        public_url: settings.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        ..ApiConfig::default()
    };
    let containers = Arc::new(DirectoryContainers::new(directory, keys));
    Ok(ApiState::new(store, catalog, containers, Box::new(random()?), config))
}

/// What an operator's command works on: the settings with an instance named, the store, the keys, the connections.
pub(crate) struct Opened {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyRing>,
    connections: Vec<Connection>,
}

impl Opened {
    /// Opens the configured store. Where no instance is named, the first connection's is meant.
    ///
    /// # Errors
    /// When there is no database or no key yet, or nobody is connected.
    pub(crate) async fn open(flags: &StoreFlags) -> Result<Self> {
        let mut settings = Settings::load(flags, &GateFlags::default())?;
        let store = database::open_existing(&settings).await?;
        let keys = Arc::new(existing_keys(&settings)?);
        let mut connections = store.connections().list(TenantId::DEFAULT).await?;
        if settings.instance.is_some() {
            let instance = settings.instance()?;
            connections.retain(|connection| connection.instance_url == instance.as_str());
        }
        let first = connections.first().ok_or_else(|| {
            hinted(anyhow!("no user is connected"), "connect one with `narrowgate connect`")
        })?;
        settings.instance = Some(first.instance_url.clone());
        Ok(Self { settings, store, keys, connections })
    }
}

impl Opened {
    /// The connection of a user by name, or the only one.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn connection(&self, user: Option<&str>) -> Result<&Connection> {
        pick(&self.connections, user)
    }
}

fn pick<'c>(connections: &'c [Connection], user: Option<&str>) -> Result<&'c Connection> {
    let wanted =
        |connection: &&Connection| user.is_none_or(|user| connection.username.eq_ignore_ascii_case(user));
    let mut found = connections.iter().filter(wanted);
    match (found.next(), found.next(), user) {
        (Some(connection), None, _) => Ok(connection),
        (None, _, user) => Err(anyhow!("the user `{}` is not connected", user.unwrap_or_default()))
            .hint("connect that user with `narrowgate connect`"),
        (Some(_), Some(_), None) => {
            Err(anyhow!("more than one user is connected")).hint("say which with `--user NAME`")
        }
        (Some(_), Some(_), Some(user)) => Err(anyhow!("`{user}` is connected on more than one instance"))
            .hint("say which with `--instance URL`"),
    }
}

/// The control plane as the operator sees it, without a gate.
pub(crate) struct Control {
    pub(crate) state: ApiState,
    pub(crate) store: Store,
    keys: Arc<KeyRing>,
    client: Client,
    connections: Vec<Connection>,
}

impl Control {
    /// Opens the configured store for the operator.
    ///
    /// # Errors
    /// As [`Opened::open`].
    pub(crate) async fn open(flags: &StoreFlags) -> Result<Self> {
        let Opened { settings, store, keys, connections } = Opened::open(flags).await?;
        let client = client(&settings)?;
        let directory = Directory::new(client.clone(), &DirectoryConfig::default());
        let catalog = catalog_files::load(settings.catalog.as_deref())?;
        let state = api_state(&settings, store.clone(), Arc::clone(&keys), directory, catalog)?;
        Ok(Self { state, store, keys, client, connections })
    }

    /// As [`Opened::connection`].
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn connection(&self, user: Option<&str>) -> Result<&Connection> {
        pick(&self.connections, user)
    }

    /// The id of a project that a connected user can see.
    ///
    /// # Errors
    /// When there is no such project, or the instance does not answer.
    pub(crate) async fn project_id(&self, owner: &Connection, text: &str) -> Result<u64> {
        let project = self.client.project(&self.credential(owner)?, &reference(text)?).await?;
        project.map(|project| project.id).ok_or_else(|| unseen("project", text, owner))
    }

    /// The id of a group that a connected user can see.
    ///
    /// # Errors
    /// As [`Self::project_id`].
    pub(crate) async fn group_id(&self, owner: &Connection, text: &str) -> Result<u64> {
        let group = self.client.group(&self.credential(owner)?, &reference(text)?).await?;
        group.map(|group| group.id).ok_or_else(|| unseen("group", text, owner))
    }

    fn credential(&self, owner: &Connection) -> Result<SecretString> {
        self.keys
            .open(&owner.credential, &owner.credential_context())
            .with_context(|| format!("cannot open the credential of `{}`", owner.username))
            .hint("name the key that sealed it with `--key-file`, or connect the user again")
    }
}

fn reference(text: &str) -> Result<Reference> {
    Reference::parse_decoded(text)
        .with_context(|| format!("`{text}` names no project or group"))
        .hint("give a number, or a full path such as `acme/web`")
}

fn unseen(what: &str, text: &str, owner: &Connection) -> anyhow::Error {
    let user = &owner.username;
    hinted(anyhow!("`{user}` can see no {what} `{text}`"), "check the path, and the user's memberships")
}
