//! What a token is called.

use super::error::AuthorityError;

const LONGEST_TEXT: usize = 255;

/// Checks a name and a description.
pub(super) fn check(name: &str, description: Option<&str>) -> Result<(), AuthorityError> {
    if name.trim().is_empty() {
        return Err(AuthorityError::invalid("name", "can't be blank"));
    }
    let too_long = |text: &str| text.chars().count() > LONGEST_TEXT;
    let field = if too_long(name) {
        "name"
    } else if description.is_some_and(too_long) {
        "description"
    } else {
        return Ok(());
    };
    Err(AuthorityError::invalid(field, format!("is too long (maximum is {LONGEST_TEXT} characters)")))
}
