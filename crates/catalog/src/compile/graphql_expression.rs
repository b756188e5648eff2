//! `JobPlay(id: project)`, `Label via project|group on project, group`.

use super::names;
use crate::{BoundaryType, GraphqlKind};

/// A GraphQL entry as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) name: String,
    /// The arguments that name the boundary, in the order of the boundaries; a single one stands for all.
    pub(super) arguments: Vec<String>,
    /// The object's methods that lead to it, likewise.
    pub(super) methods: Vec<String>,
    /// The boundaries, if they are not the permission's.
    pub(super) boundaries: Vec<BoundaryType>,
}

/// Reads an entry.
pub(super) fn parse(text: &str, kind: GraphqlKind) -> Result<Written, String> {
    let (text, boundaries) = match text.split_once(" on ") {
        Some((text, list)) => (text, list.split(", ").map(names::boundary).collect::<Result<_, _>>()?),
        None => (text, Vec::new()),
    };
    let (text, via) = text.split_once(" via ").map_or((text, None), |(text, via)| (text, Some(via)));
    let (name, call) = match text.split_once('(') {
        Some((name, call)) => {
            (name, Some(call.strip_suffix(')').ok_or_else(|| format!("`)` is missing in `{text}`"))?))
        }
        None => (text, None),
    };
    let (argument, method) = match call {
        Some(call) => {
            call.split_once(": ").map_or((Some(call), None), |(arg, method)| (Some(arg), Some(method)))
        }
        None => (None, None),
    };
    if method.is_some() && via.is_some() {
        return Err(format!("`{text}` gives its method twice"));
    }
    check_name(name, kind)?;
    let list = |text: Option<&str>| {
        text.map(|text| text.split('|').map(str::to_owned).collect()).unwrap_or_default()
    };
    let written = Written {
        name: name.to_owned(),
        arguments: list(argument),
        methods: list(method.or(via)),
        boundaries,
    };
    check_words(&written)?;
    Ok(written)
}

fn check_name(name: &str, kind: GraphqlKind) -> Result<(), String> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let well_formed = match kind {
        GraphqlKind::Field => name.split_once('.').is_some_and(|(owner, field)| word(owner) && word(field)),
        GraphqlKind::Type | GraphqlKind::Mutation => word(name),
    };
    let wanted = match kind {
        GraphqlKind::Type => "type",
        GraphqlKind::Field => "field: `Project.jobs`",
        GraphqlKind::Mutation => "mutation",
    };
    if well_formed { Ok(()) } else { Err(format!("`{name}` is not the name of a {wanted}")) }
}

fn check_words(written: &Written) -> Result<(), String> {
    let word = |word: &&String| !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match written.arguments.iter().chain(&written.methods).find(word) {
        Some(wrong) => Err(format!("`{wrong}` is not the name of an argument or method")),
        None => Ok(()),
    }
}

/// The entry that belongs to the boundary at `index`: a single one stands for all, an empty one for none.
pub(super) fn at(list: &[String], index: usize) -> Option<String> {
    let entry = if list.len() == 1 { list.first() } else { list.get(index) };
    entry.filter(|entry| !entry.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read() {
        let play = parse("JobPlay(id: project)", GraphqlKind::Mutation).unwrap();
        assert_eq!((play.arguments, play.methods), (vec!["id".to_owned()], vec!["project".to_owned()]));
        let snippet =
            parse("CreateSnippet(projectPath: |user) on project, user", GraphqlKind::Mutation).unwrap();
        assert_eq!(snippet.boundaries, [BoundaryType::Project, BoundaryType::User]);
        assert_eq!(at(&snippet.methods, 0), None);
        assert_eq!(at(&snippet.methods, 1).as_deref(), Some("user"));
        assert_eq!(parse("Label via project|group", GraphqlKind::Type).unwrap().methods.len(), 2);
    }

    #[test]
    fn malformed_entries_are_refused() {
        for text in ["", "A(", "A b", "A(a-b)", "A on galaxy", "A(b: c) via d"] {
            assert!(parse(text, GraphqlKind::Mutation).is_err(), "{text}");
        }
        assert!(parse("Project", GraphqlKind::Field).is_err());
    }
}
