//! Global ids: `gid://gitlab/Ci::Pipeline/7`.

/// A global id of a model and a number.
pub(crate) fn write(model: &str, number: u64) -> String {
    format!("gid://gitlab/{model}/{number}")
}

/// The model and the number of a global id.
pub(crate) fn parse(text: &str) -> Option<(&str, u64)> {
    let (model, number) = text.strip_prefix("gid://gitlab/")?.rsplit_once('/')?;
    Some((model, number.parse().ok()?))
}
