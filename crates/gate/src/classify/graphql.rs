//! Requests to GraphQL.

use narrowgate_catalog::Method;
use narrowgate_policy::Reason;

use super::Route;
use crate::refusal::Refusal;

/// Documents come by GET and POST.
pub(super) fn route<'p>(method: Method) -> Result<Route<'p>, Refusal> {
    match method {
        Method::Get | Method::Head | Method::Post => Ok(Route::Graphql),
        Method::Put | Method::Patch | Method::Delete => Err(Refusal::reason(Reason::NotCovered)),
    }
}
