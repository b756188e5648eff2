//! GraphQL: the root fields before anything is forwarded, and what only the answer decides.

use std::sync::Arc;

use narrowgate_graphql::answer::FilterOptions;
use narrowgate_graphql::needs::{self, Needed};
use narrowgate_graphql::plan::{Kind, PlanError, Position};
use narrowgate_policy::Decision;
use narrowgate_store::ConnectionId;
use narrowgate_store::tokens::Token;

use super::{ExplainError, Sender, as_denial};
use crate::authenticate;
use crate::classify::Route;
use crate::core::Core;
use crate::decide::Asker;
use crate::graphql::course::Course;
use crate::graphql::envelope::{Envelope, Request};
use crate::graphql::{Planned, Session, plan};
use crate::refusal::Refusal;
use crate::{rules, ways};

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

/// What the gate would do with a document, and what it would leave to the answer.
#[derive(Clone, Debug)]
pub struct GraphqlExplanation {
    /// The token, if there is one with that text.
    pub token: Option<Arc<Token>>,
    /// The decision about the request as a whole: where it is refused nothing else is looked at.
    pub decision: Decision,
    /// What was wrong with the request, when it was refused before a decision.
    pub detail: Option<&'static str>,
    /// How the document is dealt with, if the request as a whole is allowed.
    pub way: Option<GraphqlWay>,
}

/// How a document is dealt with.
#[derive(Clone, Debug)]
pub enum GraphqlWay {
    /// Nobody answers it, and this is why.
    Unanswered(String),
    /// Narrowgate answers it, and holds each field to the token's privileges.
    Own,
    /// It is passed on by the token's scopes; nothing in it is looked at.
    Scopes,
    /// Each root field and each object is decided.
    Objects {
        /// Whether it reads or changes.
        kind: Kind,
        /// The root fields, in their order.
        fields: Vec<ExplainedField>,
    },
}

/// One root field.
#[derive(Clone, Debug)]
pub struct ExplainedField {
    /// Its key in the answer.
    pub key: Box<str>,
    /// Its name in the schema.
    pub name: Box<str>,
    /// Where it stands in the document.
    pub position: Position,
    /// Why it isn't forwarded, if it isn't: the message, and what stands under `extensions.narrowgate`.
    pub refusal: Option<narrowgate_graphql::Refusal>,
    /// Whether its arguments decide nothing: it is forwarded, and all of it is left to the answer.
    pub is_open: bool,
    /// What is decided object by object when the answer is there.
    pub later: Vec<Needed>,
}

impl Document<'_> {
    fn to_request(self) -> Request {
        Request {
            query: Some(self.query.to_owned()),
            operation_name: self.operation_name.map(str::to_owned),
            variables: self.variables.map(str::to_owned),
        }
    }
}

pub(super) async fn explain(
    core: &Core,
    sender: Sender<'_>,
    document: Document<'_>,
    token: Option<Arc<Token>>,
) -> Result<GraphqlExplanation, ExplainError> {
    match go(core, sender, document).await {
        Ok((decision, way)) => Ok(GraphqlExplanation { token, decision, detail: None, way: Some(way?) }),
        Err(refusal) => {
            let (denial, detail) = as_denial(refusal)?;
            Ok(GraphqlExplanation { token, decision: Decision::Deny(denial), detail, way: None })
        }
    }
}

async fn go(
    core: &Core,
    sender: Sender<'_>,
    document: Document<'_>,
) -> Result<(Decision, Result<GraphqlWay, PlanError>), Refusal> {
    let principal = authenticate::by_digest(core, sender.token).await?;
    if let Some(denial) = authenticate::barred(core, &principal, sender.address) {
        return Err(denial.into());
    }
    if sender.sudo.is_some() {
        let bearer = authenticate::Bearer::Token(Arc::clone(&principal));
        ways::check_acting(core, Some(&Route::Graphql), &bearer)?;
    }
    let enforced = rules::admit(core, &principal).await?;
    let asker = Asker { core, principal: &principal, address: sender.address, enforced: &enforced };
    let envelope = Envelope::of(document.to_request());
    let scopes = envelope.scopes();
    let course = Course::of(core, &envelope, &principal, &enforced);
    let allowed = course.admit(asker, scopes)?;
    let way = match course {
        Course::Unanswered(reason) => Ok(GraphqlWay::Unanswered(reason)),
        Course::OwnByGrants | Course::OwnByScopes => Ok(GraphqlWay::Own),
        Course::ByScopes => Ok(GraphqlWay::Scopes),
        Course::ByObjects => {
            let options = FilterOptions { report_withheld: true };
            // No request is sent, so that none has an id.
            let session = Session::begin(asker, scopes, &envelope, options, "").await?;
            session.into_only().map(|planned| objects(&planned))
        }
    };
    Ok((Decision::Allow { basis: allowed.basis, would_deny: allowed.would_deny }, way))
}

fn objects(planned: &Planned) -> GraphqlWay {
    let Planned { plan, variables, decided, .. } = planned;
    let refusals = decided.refused.iter().cloned().chain(std::iter::repeat(None));
    let fields = plan.root.fields.iter().zip(refusals).enumerate();
    let fields = fields.map(|(index, (field, refusal))| ExplainedField {
        key: field.key.clone(),
        name: field.name.clone(),
        position: field.position,
        later: if refusal.is_none() { needs::of_answer(plan, index, variables) } else { Vec::new() },
        refusal,
        is_open: planned.is_open(index),
    });
    GraphqlWay::Objects { kind: plan.kind, fields: fields.collect() }
}

pub(super) async fn needs(
    core: &Core,
    connection: ConnectionId,
    document: Document<'_>,
) -> Result<Vec<Needed>, ExplainError> {
    let generation = core.tokens.generation();
    let link = authenticate::link(core, connection, generation).await.map_err(failed)?;
    let link = link.ok_or(ExplainError::NoConnection)?;
    let planned = plan(core, &link, document.query, &document.to_request()).await.map_err(failed)??;
    Ok(needs::of(&planned.plan, &planned.variables))
}

/// What stands in the way where nothing is decided, so that nothing can be refused.
fn failed(refusal: Refusal) -> ExplainError {
    match as_denial(refusal) {
        Err(failure) => failure,
        Ok((denial, detail)) => ExplainError::Failed(detail.unwrap_or_else(|| denial.reason.sentence())),
    }
}
