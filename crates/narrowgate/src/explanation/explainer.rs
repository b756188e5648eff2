//! Plugs the gate in behind the control plane's questions about it.

use std::sync::OnceLock;

use async_trait::async_trait;
use narrowgate_api::own::explain::{
    Document, DocumentExplanationView, Explainer, ExplainerError, ExplanationView, Sender,
};
use narrowgate_api::own::needs::DocumentNeedsView;
use narrowgate_catalog::Catalog;
use narrowgate_gate::{ExplainError, Gate, WeakGate};
use narrowgate_store::ConnectionId;

use super::{document, request};
use crate::document::complaints;
use crate::request_line;

/// The gate, once it is there: it holds the control plane, which holds this.
pub(crate) struct GateExplainer {
    catalog: &'static Catalog,
    gate: OnceLock<WeakGate>,
}

impl GateExplainer {
    pub(crate) const fn new(catalog: &'static Catalog) -> Self {
        Self { catalog, gate: OnceLock::new() }
    }

    /// Says which gate it is; the first one counts.
    pub(crate) fn attach(&self, gate: &Gate) {
        self.gate.get_or_init(|| gate.downgrade());
    }

    fn gate(&self) -> Result<Gate, ExplainerError> {
        self.gate.get().and_then(WeakGate::upgrade).ok_or(ExplainerError::Nobody)
    }
}

#[async_trait]
impl Explainer for GateExplainer {
    async fn request(
        &self,
        sender: Sender<'_>,
        method: &str,
        target: &str,
    ) -> Result<ExplanationView, ExplainerError> {
        let target = request_line::target(target);
        let explained = self.gate()?.explain(of_gate(sender), method, &target).await.map_err(failed)?;
        Ok(request(self.catalog, method, &target, &explained))
    }

    async fn document(
        &self,
        sender: Sender<'_>,
        asked: Document<'_>,
    ) -> Result<DocumentExplanationView, ExplainerError> {
        let gate = self.gate()?;
        let explained = gate.explain_graphql(of_gate(sender), as_asked(asked)).await.map_err(failed)?;
        Ok(document(self.catalog, &explained))
    }

    async fn needs(
        &self,
        connection: ConnectionId,
        asked: Document<'_>,
    ) -> Result<DocumentNeedsView, ExplainerError> {
        let needed = self.gate()?.graphql_needs(connection, as_asked(asked)).await.map_err(failed)?;
        Ok(DocumentNeedsView::new(self.catalog, &needed))
    }
}

const fn of_gate(sender: Sender<'_>) -> narrowgate_gate::Sender<'_> {
    let Sender { token, address, sudo } = sender;
    narrowgate_gate::Sender { token, address, sudo }
}

const fn as_asked(document: Document<'_>) -> narrowgate_gate::Document<'_> {
    let Document { query, operation_name, variables } = document;
    narrowgate_gate::Document { query, operation_name, variables }
}

fn failed(error: ExplainError) -> ExplainerError {
    match error {
        ExplainError::Document(problem) => ExplainerError::Document(complaints(&problem).join("; ")),
        ExplainError::Failed(text) => ExplainerError::Instance(text),
        ExplainError::Store(error) => ExplainerError::Store(error),
        ExplainError::NoConnection => ExplainerError::Nobody,
    }
}
