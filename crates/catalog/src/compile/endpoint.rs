//! `GET /projects/:id/jobs`.

use super::place::{Errors, Located};
use super::raw::RawEndpoint;
use crate::Method;
use crate::route::template::Template;

/// Reads a method and a template.
pub(super) fn read(text: &Located<String>, replace: bool, errors: &mut Errors) -> Option<RawEndpoint> {
    let (method, template) = errors.note(&text.place, parse(&text.value))?;
    Some(RawEndpoint { method, template, place: text.place.clone(), replace })
}

fn parse(text: &str) -> Result<(Method, Template), String> {
    let (method, path) = text
        .split_once(' ')
        .ok_or_else(|| format!("`{text}` is not a method and a path: `GET /projects/:id`"))?;
    let method = Method::try_from(method).map_err(|error| format!("`{method}` is {error}"))?;
    let template = Template::parse(path).map_err(|message| format!("`{path}`: {message}"))?;
    Ok((method, template))
}
