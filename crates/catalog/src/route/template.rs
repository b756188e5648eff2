//! Path templates as GitLab writes them: `/projects/:id/jobs/(:job_id/)artifacts/*path`.

/// One part of a segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Piece {
    /// Text that must be there.
    Literal(String),
    /// A parameter: at least one character.
    Capture(String),
}

/// What one segment of a path may be, most specific first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Segment {
    /// This text.
    Static(String),
    /// Text and parameters mixed: `binary-:architecture`.
    Pattern(Vec<Piece>),
    /// Anything.
    Param(String),
    /// One segment or more.
    Rest(String),
}

impl Segment {
    /// The parameters in order.
    pub(crate) fn captures(&self) -> Vec<&str> {
        match self {
            Self::Static(_) => Vec::new(),
            Self::Param(name) | Self::Rest(name) => vec![name],
            Self::Pattern(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Capture(name) => Some(name.as_str()),
                    Piece::Literal(_) => None,
                })
                .collect(),
        }
    }

    /// The segment without the names of its parameters: what two templates are compared by.
    fn shape(&self) -> String {
        match self {
            Self::Static(text) => text.clone(),
            Self::Param(_) => ":".to_owned(),
            Self::Rest(_) => "*".to_owned(),
            Self::Pattern(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.as_str(),
                    Piece::Capture(_) => ":",
                })
                .collect(),
        }
    }
}

/// A template with each optional part written out or left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// The text as GitLab's tables have it.
    pub(crate) text: String,
    /// The parameters in path order, those of optional parts included.
    pub(crate) parameters: Vec<String>,
    /// Every way to write out the optional parts.
    pub(crate) variants: Vec<Vec<Segment>>,
}

/// What two templates are compared by: they match the same paths exactly if they share a shape.
pub(crate) fn shape(variant: &[Segment]) -> String {
    variant.iter().map(|segment| format!("/{}", segment.shape())).collect()
}

/// The texts that a template may be, with parentheses opened; `\(` and `\)` stand for themselves.
fn expand(text: &str) -> Result<Vec<String>, String> {
    let Some(open) = find_bare(text, '(') else {
        return match find_bare(text, ')') {
            Some(_) => Err("`)` without `(`".to_owned()),
            None => Ok(vec![text.to_owned()]),
        };
    };
    let (before, rest) = text.split_at(open);
    let inner_and_after = rest.strip_prefix('(').unwrap_or(rest);
    let close = find_bare(inner_and_after, ')').ok_or("`(` without `)`")?;
    let (inner, rest) = inner_and_after.split_at(close);
    if find_bare(inner, '(').is_some() {
        return Err("optional parts cannot be nested".to_owned());
    }
    let tails = expand(rest.strip_prefix(')').unwrap_or(rest))?;
    let with = tails.iter().map(|tail| format!("{before}{inner}{tail}"));
    let without = tails.iter().map(|tail| format!("{before}{tail}"));
    Ok(with.chain(without).collect())
}

fn find_bare(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, char)| {
        let bare = !escaped && char == wanted;
        escaped = char == '\\' && !escaped;
        bare.then_some(at)
    })
}

impl Template {
    /// Reads a template as the catalogue's files have it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(format!("the path `{text}` does not start with `/`"));
        }
        let mut parameters: Vec<String> = Vec::new();
        let mut variants: Vec<Vec<Segment>> = Vec::new();
        for written in expand(text)? {
            let variant = variant(&written)?;
            for name in variant.iter().flat_map(Segment::captures) {
                if !parameters.iter().any(|known| known == name) {
                    parameters.push(name.to_owned());
                }
            }
            if !variants.iter().any(|known| shape(known) == shape(&variant)) {
                variants.push(variant);
            }
        }
        if parameters.len() > super::Params::LIMIT {
            return Err(format!("more than {} parameters", super::Params::LIMIT));
        }
        Ok(Self { text: text.replace("\\(", "(").replace("\\)", ")"), parameters, variants })
    }
}

fn variant(written: &str) -> Result<Vec<Segment>, String> {
    let body = written.strip_prefix('/').unwrap_or(written);
    let body = body.strip_suffix('/').unwrap_or(body);
    let segments: Vec<Segment> =
        body.split('/').map(|text| segment(&text.replace('\\', ""))).collect::<Result<_, _>>()?;
    let mut names: Vec<&str> = segments.iter().flat_map(Segment::captures).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err("a parameter is named twice".to_owned());
    }
    Ok(segments)
}

fn segment(text: &str) -> Result<Segment, String> {
    if text.is_empty() {
        return Err("an empty segment".to_owned());
    }
    let pieces = pieces(text)?;
    Ok(match pieces.as_slice() {
        [Piece::Literal(text)] => Segment::Static(text.clone()),
        [Piece::Capture(name)] if text.starts_with(':') => Segment::Param(name.clone()),
        [Piece::Capture(name)] => Segment::Rest(name.clone()),
        _ => Segment::Pattern(pieces),
    })
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut left = text;
    while !left.is_empty() {
        let (piece, after) = match left.strip_prefix([':', '*']) {
            Some(named) => {
                let end = named.find(|c: char| !is_name_char(c)).unwrap_or(named.len());
                let (name, after) = named.split_at(end);
                if name.is_empty() {
                    return Err(format!("a parameter without a name in `{text}`"));
                }
                if matches!(pieces.last(), Some(Piece::Capture(_))) {
                    return Err(format!("two parameters without text between them in `{text}`"));
                }
                (Piece::Capture(name.to_owned()), after)
            }
            None => {
                let (literal, after) = left.split_at(left.find([':', '*']).unwrap_or(left.len()));
                if let Some(char) = literal.chars().find(|c| !is_path_char(*c)) {
                    return Err(format!("`{char}` in the path"));
                }
                (Piece::Literal(literal.to_owned()), after)
            }
        };
        pieces.push(piece);
        left = after;
    }
    Ok(pieces)
}

const fn is_name_char(char: char) -> bool {
    char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_'
}

const fn is_path_char(char: char) -> bool {
    char.is_ascii_alphanumeric()
        || matches!(char, '-' | '.' | '_' | '~' | '@' | '$' | '(' | ')' | '\'' | ',' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<String> {
        Template::parse(text).unwrap().variants.iter().map(|variant| shape(variant)).collect()
    }

    #[test]
    fn optional_parts_are_written_out_and_left_out() {
        assert_eq!(shapes("/a(/:b)/c"), ["/a/:/c", "/a/c"]);
        assert_eq!(shapes("/a/(-/)b"), ["/a/-/b", "/a/b"]);
        assert_eq!(shapes("/latest(/)(*rest)"), ["/latest/*", "/latest", "/latest:"]);
        let template = Template::parse("/a/(*path/):file_name").unwrap();
        assert_eq!(template.parameters, ["path", "file_name"]);
    }

    #[test]
    fn escaped_parentheses_are_text() {
        let template = Template::parse(r"/v2/Packages\(Id='*name',Version='*version'\)").unwrap();
        assert_eq!(template.text, "/v2/Packages(Id='*name',Version='*version')");
        assert_eq!(template.parameters, ["name", "version"]);
    }

    #[test]
    fn malformed_templates_are_refused() {
        for text in ["a", "//a", "/a b", "/:", "/a(b", "/a)b", "/:a/:a", "/:a*b", "/é", "/a(b(c))"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
