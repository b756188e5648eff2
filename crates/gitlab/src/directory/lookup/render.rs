//! Puts arguments into a look-up's path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The value of an argument, unless it is missing or cannot stand in a path.
pub(super) fn argument<'a>(arguments: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    let (_, value) = arguments.iter().find(|(key, _)| *key == name)?;
    let usable = !matches!(*value, "" | "." | "..") && !value.contains(char::is_control);
    usable.then_some(*value)
}

/// The path with each `{name}` replaced by its encoded value; none if one is missing.
pub(super) fn path(template: &str, arguments: &[(&str, &str)]) -> Option<String> {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        path.push_str(before);
        path.extend(utf8_percent_encode(argument(arguments, name)?, SEGMENT));
        rest = after;
    }
    path.push_str(rest);
    Some(path)
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
    }
}
