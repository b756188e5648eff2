//! The query string: decodable, and no parameter that decides about access twice.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::Violation;
use super::path::digit;

/// Parameters that carry a credential.
pub(crate) const CREDENTIALS: [&str; 3] = ["private_token", "access_token", "job_token"];

/// Checks a raw query string.
///
/// # Errors
///
/// The first [`Violation`] found.
pub(crate) fn check(query: &str) -> Result<(), Violation> {
    let mut seen = 0_u32;
    characters(query)?;
    for (name, value) in pairs(query) {
        let name = decode(name)?;
        decode(value)?;
        if let Some(bit) = unique(base_name(&name)) {
            if seen >> bit & 1 == 1 {
                return Err(Violation::RepeatedParameter);
            }
            seen |= 1 << bit;
        }
    }
    Ok(())
}

/// Rack reads a `;` as another `&`, most others don't.
fn characters(query: &str) -> Result<(), Violation> {
    for byte in query.bytes() {
        match byte {
            b';' => return Err(Violation::Semicolon),
            b'\\' => return Err(Violation::Backslash),
            0..=0x1f | 0x7f => return Err(Violation::ControlCharacter),
            b' ' | b'"' | b'<' | b'>' | 0x80.. => return Err(Violation::InvalidCharacter),
            _ => {}
        }
    }
    Ok(())
}

/// The raw name and value of each parameter.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Decodes one name or value.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Violation> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Ok(Cow::Borrowed(text));
    }
    let mut parts = text.split('%');
    parts.next();
    for part in parts {
        let mut bytes = part.bytes();
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            return Err(Violation::InvalidEncoding);
        };
        if high << 4 | low == 0 {
            return Err(Violation::ControlCharacter);
        }
    }
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().map_err(|_| Violation::InvalidUtf8)?;
    Ok(Cow::Owned(text.into_owned()))
}

/// The parameter that Rack makes of a name with brackets: `[sudo]` and `sudo[]` are both `sudo`.
pub(crate) fn base_name(name: &str) -> &str {
    let name = name.trim_matches(|c: char| c == '[' || c == ']' || c.is_whitespace());
    name.split(['[', ']']).next().unwrap_or(name).trim()
}

fn unique(name: &str) -> Option<usize> {
    [
        "private_token",
        "access_token",
        "job_token",
        "sudo",
        "_method",
        "id",
        "project_id",
        "group_id",
        "service",
    ]
    .iter()
    .position(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_queries_pass() {
        for query in ["", "a=1&b=2", "a[]=1&a[]=2", "search=a%20b+c", "not[author]=x", "scope=all&&x"] {
            assert_eq!(check(query), Ok(()), "{query}");
        }
    }

    #[test]
    fn hostile_queries_are_refused() {
        use Violation::*;
        for (query, violation) in [
            ("a=%", InvalidEncoding),
            ("a=%g0", InvalidEncoding),
            ("a=%00", ControlCharacter),
            ("%00=a", ControlCharacter),
            ("a=%ff", InvalidUtf8),
            ("a=1;b=2", Semicolon),
            ("a=\\", Backslash),
            ("private_token=a&private_token=b", RepeatedParameter),
            ("private_token=a&private%5Ftoken=b", RepeatedParameter),
            ("private_token=a&[private_token]=b", RepeatedParameter),
            ("project_id=1&project_id[]=2", RepeatedParameter),
            ("id=1&id=2", RepeatedParameter),
        ] {
            assert_eq!(check(query), Err(violation), "{query}");
        }
    }

    #[test]
    fn brackets_do_not_hide_a_name() {
        for name in ["sudo", "sudo[]", "[sudo]", "sudo[a][b]", "]sudo", " sudo"] {
            assert_eq!(base_name(name), "sudo", "{name}");
        }
    }
}
