//! Where messages may be sent.

use url::Url;

use crate::own::problem::Problem;
use crate::own::state::OwnState;

const LONGEST: usize = 2048;

/// The URL in one spelling.
pub(super) fn check(state: &OwnState, text: &str) -> Result<String, Problem> {
    let url = Url::parse(text).map_err(|error| Problem::invalid(format!("url: {error}")))?;
    let is_plain = url.scheme() == "http" && state.config.plain_webhooks;
    if url.scheme() != "https" && !is_plain {
        return Err(Problem::invalid("url: must begin with https"));
    }
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if has_credentials || url.fragment().is_some() || text.len() > LONGEST {
        return Err(Problem::invalid(format!(
            "url: must not hold credentials or a fragment, nor be longer than {LONGEST} bytes"
        )));
    }
    Ok(url.into())
}
