//! How much a request in GraphQL may ask for.

use anyhow::{Result, ensure};
use clap::Args;
use narrowgate_gate::GraphqlConfig;
use narrowgate_graphql::SchemaLimits;
use narrowgate_graphql::plan::Limits;
use serde::Serialize;

use super::Settings;

/// Bounds on documents, plans and answers.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[command(next_help_heading = "GraphQL")]
pub(crate) struct GraphqlFlags {
    /// Bytes of a GraphQL document. [default: 65536]
    #[arg(long, env = "NARROWGATE_GRAPHQL_DOCUMENT_BYTES", value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_document_bytes: Option<usize>,
    /// Words and signs of a GraphQL document. [default: 10000]
    #[arg(long, env = "NARROWGATE_GRAPHQL_TOKENS", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_tokens: Option<usize>,
    /// Selections within one another, with fragments in their places. [default: 30]
    #[arg(long, env = "NARROWGATE_GRAPHQL_DEPTH", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_depth: Option<usize>,
    /// Aliases of a GraphQL document. [default: 200]
    #[arg(long, env = "NARROWGATE_GRAPHQL_ALIASES", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_aliases: Option<usize>,
    /// Fields that are asked of the instance, with fragments in their places and hidden ones. [default: 5000]
    #[arg(long, env = "NARROWGATE_GRAPHQL_FIELDS", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_fields: Option<usize>,
    /// Hidden fields that tell where objects belong. [default: 2000]
    #[arg(long, env = "NARROWGATE_GRAPHQL_PROBES", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_probes: Option<usize>,
    /// Documents of one request. [default: 20]
    #[arg(long, env = "NARROWGATE_GRAPHQL_BATCH", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_batch: Option<usize>,
    /// Bytes of an answer to GraphQL, which is held in memory until it is decided. [default: 16777216]
    #[arg(long, env = "NARROWGATE_GRAPHQL_RESPONSE_BYTES", value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_response_bytes: Option<usize>,
    /// Bytes with which the instance may describe its GraphQL schema. [default: 33554432]
    #[arg(long, env = "NARROWGATE_GRAPHQL_SCHEMA_BYTES", value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    graphql_schema_bytes: Option<usize>,
}

impl Settings {
    /// What holds for GraphQL.
    ///
    /// # Errors
    /// A bound of zero, which nothing would be within.
    pub(crate) fn graphql(&self) -> Result<GraphqlConfig> {
        let limits = Limits {
            document_bytes: self.graphql_document_bytes,
            tokens: self.graphql_tokens,
            depth: self.graphql_depth,
            aliases: self.graphql_aliases,
            fields: self.graphql_fields,
            probes: self.graphql_probes,
            batch: self.graphql_batch,
            response_bytes: self.graphql_response_bytes,
        };
        let Limits { document_bytes, tokens, depth, fields, batch, response_bytes, .. } = limits;
        for (name, bound) in [
            ("graphql_document_bytes", document_bytes),
            ("graphql_tokens", tokens),
            ("graphql_depth", depth),
            ("graphql_fields", fields),
            ("graphql_batch", batch),
            ("graphql_response_bytes", response_bytes),
            ("graphql_schema_bytes", self.graphql_schema_bytes),
        ] {
            ensure!(bound > 0, "`{name}` is 0, which leaves nothing to ask for");
        }
        let schema = SchemaLimits { bytes: self.graphql_schema_bytes, ..SchemaLimits::default() };
        Ok(GraphqlConfig { limits, schema, ..GraphqlConfig::default() })
    }
}
