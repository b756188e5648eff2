//! Puts arguments into a look-up's path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The value of an argument, unless it is missing or cannot stand in a path.
pub(super) fn argument<'a>(arguments: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    let (_, value) = arguments.iter().find(|(key, _)| *key == name)?;
    let usable = !matches!(*value, "" | "." | "..") && !value.contains(char::is_control);
    usable.then_some(*value)
}

/// The path with each `{name}` replaced by its encoded value; none if one is missing. `{name.scope}` is the npm scope
/// of a value: `acme` of `@acme/web`.
pub(super) fn path(template: &str, arguments: &[(&str, &str)]) -> Option<String> {
    fill(template, |name| Some(utf8_percent_encode(value(arguments, name)?, SEGMENT).to_string()))
}

/// As [`path`], for a text that is compared and not sent.
pub(super) fn text(template: &str, arguments: &[(&str, &str)]) -> Option<String> {
    fill(template, |name| value(arguments, name).map(str::to_owned))
}

fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn value<'a>(arguments: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    match name.strip_suffix(".scope") {
        None => argument(arguments, name),
        Some(name) => npm_scope(argument(arguments, name)?),
    }
}

fn npm_scope(package: &str) -> Option<&str> {
    let (scope, _) = package.strip_prefix('@')?.split_once('/')?;
    (!matches!(scope, "" | "." | "..")).then_some(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_and_encodes() {
        let arguments = [("id", "7"), ("name", "a/b ?&ä")];
        assert_eq!(path("/runners/{id}", &arguments).as_deref(), Some("/runners/7"));
        assert_eq!(path("/x/{name}/y?z={id}", &arguments).as_deref(), Some("/x/a%2Fb%20%3F%26%C3%A4/y?z=7"));
        assert_eq!(path("/x/{other}", &arguments), None);
        for value in ["", ".", "..", "a\nb"] {
            assert_eq!(path("/x/{id}", &[("id", value)]), None, "{value:?}");
        }
        assert_eq!(text("={name}", &arguments).as_deref(), Some("=a/b ?&ä"));
    }

    #[test]
    fn takes_the_npm_scope() {
        for (package, scope) in
            [("@acme/web", Some("/acme")), ("web", None), ("@acme", None), ("@/web", None), ("@../web", None)]
        {
            assert_eq!(path("/{name.scope}", &[("name", package)]).as_deref(), scope, "{package}");
        }
    }
}
