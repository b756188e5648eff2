//! Who knows what the gate would do.

use std::net::IpAddr;

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;
use narrowgate_store::{ConnectionId, StoreError};

use super::{DocumentExplanationView, ExplanationView};
use crate::own::needs::DocumentNeedsView;

/// Answers what the gate would do, by the gate's own steps. The control plane doesn't know the gate: who knows both plugs
/// this in.
#[async_trait]
pub trait Explainer: Send + Sync {
    /// What would become of a request. `/api/v4` may be left out of `target`, the raw path and query.
    ///
    /// # Errors
    /// [`ExplainerError`]; a refusal is no error.
    async fn request(
        &self,
        sender: Sender<'_>,
        method: &str,
        target: &str,
    ) -> Result<ExplanationView, ExplainerError>;

    /// What would become of a document of GraphQL.
    ///
    /// # Errors
    /// [`ExplainerError`]; a refusal is no error.
    async fn document(
        &self,
        sender: Sender<'_>,
        document: Document<'_>,
    ) -> Result<DocumentExplanationView, ExplainerError>;

    /// What a document takes, against the schema of a connection.
    ///
    /// # Errors
    /// [`ExplainerError`].
    async fn needs(
        &self,
        connection: ConnectionId,
        document: Document<'_>,
    ) -> Result<DocumentNeedsView, ExplainerError>;
}

/// Who would send a request.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The digest of the token that it would carry.
    pub token: &'a TokenDigest,
    /// Where it would come from.
    pub address: IpAddr,
    /// The user that it would act as, by name or id.
    pub sudo: Option<&'a str>,
}

/// A document, and what goes with it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'d> {
    /// Its text.
    pub query: &'d str,
    /// Which of its operations is meant; none where it has but one.
    pub operation_name: Option<&'d str>,
    /// The values of its variables: the text of a JSON object.
    pub variables: Option<&'d str>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExplainerError {
    /// The document can't be carried out: what is wrong with it, for its author.
    #[error("the document can't be carried out: {0}")]
    Document(String),
    /// The instance could not be asked.
    #[error("the instance could not be asked: {0}")]
    Instance(&'static str),
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody is there to answer.
    #[error("no gate is there to answer")]
    Nobody,
}
