//! Tokens of CI jobs, which a CI system asks for and ends.

pub(super) mod end;
pub(super) mod issue;
