//! A dry run of the steps before `forward`, for people who ask why. Each decision is made by the steps themselves.

mod graphql;
mod place;
mod rest;

use std::net::IpAddr;
use std::sync::Arc;

use narrowgate_graphql::needs::Needed;
use narrowgate_graphql::plan::PlanError;
use narrowgate_policy::{Denial, Reason};
use narrowgate_secret::TokenDigest;
use narrowgate_store::ConnectionId;
use narrowgate_store::tokens::Token;

use crate::Gate;
use crate::refusal::{NO_SUDO, Refusal};

pub use graphql::{Document, ExplainedField, GraphqlExplanation, GraphqlWay};
pub use place::{ExplainedNeed, ExplainedPlace};
pub use rest::{ExplainedUser, Explanation};

/// Who would send a request.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The digest of the token that it would carry.
    pub token: &'a TokenDigest,
    /// Where it would come from.
    pub address: IpAddr,
    /// The user that it would act as, by name or id: the header `Sudo`.
    pub sudo: Option<&'a str>,
}

/// Why no explanation could be given.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The instance could not be asked, or something that is needed for that failed.
    #[error("the request can't be explained: {0}")]
    Failed(&'static str),
    /// The store could not be asked.
    #[error("the store could not be asked")]
    Store(#[from] narrowgate_store::StoreError),
    /// The document isn't carried out.
    #[error("the document can't be carried out: {0}")]
    Document(#[from] PlanError),
    /// The connection isn't there, or is another instance's.
    #[error("there is no such connection to this instance")]
    NoConnection,
}

impl Gate {
    /// Goes through the steps for a request without forwarding it. `target` is the raw path and query; a request with
    /// a body is explained as if the body named no place.
    ///
    /// # Errors
    ///
    /// [`ExplainError`] when the store or the instance could not be asked; a refusal is no error.
    pub async fn explain(
        &self,
        sender: Sender<'_>,
        method: &str,
        target: &str,
    ) -> Result<Explanation, ExplainError> {
        let token = self.token(sender.token).await?;
        rest::explain(&self.core, sender, method, target, token).await
    }

    /// Goes through the steps for a document of GraphQL without forwarding it.
    ///
    /// # Errors
    ///
    /// As [`Self::explain`], and a document that can't be carried out.
    pub async fn explain_graphql(
        &self,
        sender: Sender<'_>,
        document: Document<'_>,
    ) -> Result<GraphqlExplanation, ExplainError> {
        let token = self.token(sender.token).await?;
        graphql::explain(&self.core, sender, document, token).await
    }

    /// What a document takes against the schema of a connection, which is introspected if that was never done.
    ///
    /// # Errors
    ///
    /// As [`Self::explain_graphql`], and a connection that isn't there.
    pub async fn graphql_needs(
        &self,
        connection: ConnectionId,
        document: Document<'_>,
    ) -> Result<Vec<Needed>, ExplainError> {
        graphql::needs(&self.core, connection, document).await
    }

    async fn token(&self, digest: &TokenDigest) -> Result<Option<Arc<Token>>, ExplainError> {
        Ok(self.core.store.tokens().find_by_digest(digest).await?.map(Arc::new))
    }
}

/// A refusal as a denial, with what was wrong beside the reason.
///
/// # Errors
///
/// What failed, which is no refusal.
fn as_denial(refusal: Refusal) -> Result<(Denial, Option<&'static str>), ExplainError> {
    match refusal {
        Refusal::Denied(denial) => Ok((*denial, None)),
        Refusal::Push(push) => Ok((push.denial, None)),
        Refusal::Ambiguous(violation) => Ok((Denial::new(Reason::Ambiguous), Some(violation.text()))),
        Refusal::Sudo => Ok((Denial::new(Reason::SudoNotAllowed), Some(NO_SUDO))),
        Refusal::Moved(_) => Ok((Denial::new(Reason::NotCovered), Some("the path lacks `.git`"))),
        Refusal::Failed(failure) => Err(ExplainError::Failed(failure.text())),
    }
}
