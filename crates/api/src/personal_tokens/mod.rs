//! Personal access tokens, one file per verb.

pub(crate) mod associations;
pub(crate) mod create;
pub(crate) mod create_for_user;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod revoke_self;
pub(crate) mod rotate;
pub(crate) mod rotate_self;
pub(crate) mod show;
pub(crate) mod show_self;

use narrowgate_store::TokenId;

use crate::caller::Caller;
use crate::wire::Problem;

/// The number in a path.
pub(crate) fn number(text: &str, name: &str) -> Result<u64, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|_| digits);
    number.map(i64::unsigned_abs).ok_or_else(|| Problem::parameters(&[format!("{name} is invalid")]))
}

/// The token's number in a path.
pub(crate) fn token_id(text: &str) -> Result<TokenId, Problem> {
    number(text, "id").map(|id| TokenId(id.cast_signed()))
}

/// The token that the caller came with.
fn own_id(caller: &Caller) -> Result<TokenId, Problem> {
    let own = caller.token.as_ref().map(|token| token.id);
    own.ok_or_else(|| Problem::bad_request("this token was not made by Narrowgate"))
}
