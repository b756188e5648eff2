//! Where a GraphQL schema is read from.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use narrowgate_gitlab::{Client, ClientConfig, InstanceUrl};
use narrowgate_graphql::schema::{INTROSPECTION_NAME, INTROSPECTION_QUERY};
use narrowgate_graphql::{Schema, SchemaLimits};

use crate::hint::Hint as _;
use crate::runtime::block_on;

/// GitLab takes its time to describe itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// An instance, or a file with its introspection.
#[derive(Clone, Debug)]
pub(crate) enum SchemaSource {
    /// The instance is asked, as anybody may.
    Instance(InstanceUrl),
    /// JSON, with or without `data` around it.
    File(PathBuf),
}

impl FromStr for SchemaSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return InstanceUrl::parse(text).map(Self::Instance).map_err(|error| error.to_string());
        }
        Ok(Self::File(text.into()))
    }
}

impl SchemaSource {
    /// The schema.
    ///
    /// # Errors
    /// When it can't be read, or is none.
    pub(crate) fn read(&self) -> Result<Schema> {
        let limits = SchemaLimits::default();
        let (json, name) = match self {
            Self::File(path) => {
                let json =
                    std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
                (json, path.display().to_string())
            }
            Self::Instance(url) => (block_on(ask(url, limits.bytes))?, url.as_str().to_owned()),
        };
        let schema = Schema::from_introspection(&json, &limits);
        schema
            .with_context(|| format!("`{name}` gives no schema"))
            .hint("a schema is the answer to an introspection query, as JSON")
    }
}

/// Asks an instance for at most so many bytes.
async fn ask(instance: &InstanceUrl, most: usize) -> Result<Vec<u8>> {
    let client = Client::new(instance.clone(), &ClientConfig::default())?;
    let asked = client.describe_schema(None, INTROSPECTION_QUERY, INTROSPECTION_NAME, most, PATIENCE).await;
    asked.with_context(|| format!("cannot ask {} for its schema", instance.as_str()))
}
