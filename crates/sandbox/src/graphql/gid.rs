//! Global ids: `gid://gitlab/Ci::Pipeline/7`.

/// What GitLab tells discussions apart by: 40 hexadecimal digits.
const DISCUSSION: &str = "Discussion";

/// A global id of a model and a number.
pub(crate) fn write(model: &str, number: u64) -> String {
    match model {
        DISCUSSION => format!("gid://gitlab/{model}/{:024x}{number:016x}", number.rotate_left(29)),
        _ => format!("gid://gitlab/{model}/{number}"),
    }
}

/// The model and the number of a global id.
pub(crate) fn parse(text: &str) -> Option<(&str, u64)> {
    let (model, id) = text.strip_prefix("gid://gitlab/")?.rsplit_once('/')?;
    let number = match (model, id.len()) {
        (DISCUSSION, 40) => u64::from_str_radix(id.get(24..)?, 16).ok()?,
        _ => id.parse().ok()?,
    };
    Some((model, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (model, number) in [("Ci::Pipeline", 7), ("Discussion", 20_000_042)] {
            assert_eq!(parse(&write(model, number)), Some((model, number)));
        }
        let discussion = write("Discussion", 20_000_042);
        let (_, id) = discussion.rsplit_once('/').unwrap();
        assert!(id.len() == 40 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
        assert_eq!(parse("gid://gitlab/Ci::Pipeline/x"), None);
    }
}
