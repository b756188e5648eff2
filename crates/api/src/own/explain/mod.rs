//! What the gate would do with a request, and why.

pub(super) mod document;
mod explainer;
pub(super) mod request;
mod view;

use std::net::IpAddr;

pub use explainer::{Document, Explainer, ExplainerError, Sender};
pub use view::{
    DocumentExplanationView, ExplainedFieldView, ExplainedNeedView, ExplainedPlaceView, ExplainedTokenView,
    ExplainedUserView, ExplanationView, LaterView,
};

use super::access;
use super::input::number;
use super::problem::Problem;
use super::state::OwnState;
use crate::caller::Caller;
use narrowgate_store::TokenId;
use narrowgate_store::tokens::Token;

/// The token that is asked about: one that the caller may know of.
async fn asked_about(state: &OwnState, caller: &Caller, id: &str) -> Result<Token, Problem> {
    access::token(state, caller, TokenId(number(id, "id")?)).await
}

/// Where the request would come from: as the body says, or as the question did.
fn address(given: Option<&str>, caller: &Caller) -> Result<IpAddr, Problem> {
    given.map_or(Ok(caller.address), |text| {
        text.parse().map_err(|_| Problem::invalid("address: is no IP address"))
    })
}
