//! Recognising tokens in bytes.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Input, MatchKind, Span, packed};
use narrowgate_secret::{ParseTokenError, Prefix, Prefixes, TokenDigest};

use crate::kind::{Checksum, Kind};
use crate::routable;
use crate::rules::{PERSONAL, RULES};
use crate::shape::{Shape, is_word, run};

/// Random digits and checksum of Narrowgate's tokens.
const OUR_DIGITS: usize = 33;

/// Which tokens to look for, besides GitLab's with GitLab's own prefixes.
#[derive(Clone, Debug)]
pub struct PatternSettings {
    /// Narrowgate's prefixes: the usual ones, and others that were configured.
    pub narrowgate: Vec<Prefixes>,
    /// Prefixes that instances give to personal access tokens in place of `glpat-`.
    pub personal: Vec<Prefix>,
    /// Whether tokens are reported whose checksum does not match.
    pub mismatched: bool,
}

impl Default for PatternSettings {
    fn default() -> Self {
        Self { narrowgate: vec![Prefixes::default()], personal: Vec::new(), mismatched: false }
    }
}

/// Everything that is looked for, compiled.
#[derive(Debug)]
pub struct Patterns {
    /// Looks at many bytes at once, where the processor can.
    vectors: Option<packed::Searcher>,
    /// Does otherwise.
    automaton: AhoCorasick,
    rules: Vec<CompiledRule>,
    mismatched: bool,
}

/// What a prefix may begin; two parties may use one.
#[derive(Debug)]
struct CompiledRule {
    prefix: String,
    forms: Vec<Form>,
}

#[derive(Debug)]
enum Form {
    /// A token of Narrowgate's.
    Ours(Kind, Prefixes),
    /// A token of GitLab's; `bounded` where the prefix alone is too common to tell where it starts.
    Gitlab { kind: Kind, shapes: &'static [Shape], bounded: bool },
}

/// The prefixes could not be compiled.
#[derive(Debug, thiserror::Error)]
#[error("cannot compile the token prefixes")]
pub struct PatternsError(#[from] aho_corasick::BuildError);

/// A token in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub kind: Kind,
    /// What its checksum says.
    pub checksum: Checksum,
    /// Where it stands.
    pub range: Range<usize>,
    /// How many of its bytes are prefix, which is no secret.
    pub prefix: usize,
}

impl Patterns {
    /// Compiles what is looked for.
    ///
    /// # Errors
    /// When there are too many prefixes to compile.
    pub fn new(settings: &PatternSettings) -> Result<Self, PatternsError> {
        let mut rules: Vec<CompiledRule> = Vec::new();
        for prefixes in &settings.narrowgate {
            for (prefix, kind) in
                [(prefixes.personal(), Kind::Narrowgate), (prefixes.job(), Kind::NarrowgateJob)]
            {
                add(&mut rules, prefix.as_str(), Form::Ours(kind, prefixes.clone()));
            }
        }
        for (prefix, kind, shapes) in RULES {
            add(&mut rules, prefix, Form::Gitlab { kind, shapes, bounded: false });
        }
        for prefix in &settings.personal {
            let form = Form::Gitlab { kind: Kind::Personal, shapes: PERSONAL, bounded: true };
            add(&mut rules, prefix.as_str(), form);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(rules.iter().map(|rule| &rule.prefix))?;
        let mut vectors = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).builder();
        let vectors = vectors.extend(rules.iter().map(|rule| &rule.prefix)).build();
        Ok(Self { vectors, automaton, rules, mismatched: settings.mismatched })
    }

    /// The next prefix.
    fn prefix(&self, bytes: &[u8], from: usize) -> Option<aho_corasick::Match> {
        let span = Span { start: from, end: bytes.len() };
        match &self.vectors {
            Some(vectors) => vectors.find_in(bytes, span),
            None => self.automaton.find(Input::new(bytes).span(span)),
        }
    }

    /// The tokens in `bytes`, in their order, without overlaps.
    pub fn find<'p>(&'p self, bytes: &'p [u8]) -> impl Iterator<Item = Match> + 'p {
        self.find_from(bytes, 0)
    }

    /// As [`Self::find`], for tokens that start at `from` or later; what stands before is context.
    pub(crate) fn find_from<'p>(
        &'p self,
        bytes: &'p [u8],
        mut from: usize,
    ) -> impl Iterator<Item = Match> + 'p {
        std::iter::from_fn(move || {
            loop {
                let hit = self.prefix(bytes, from)?;
                let rule = self.rules.get(hit.pattern().as_usize())?;
                if let Some(found) = self.judge(rule, bytes, hit.range()) {
                    from = found.range.end;
                    return Some(found);
                }
                // A shorter prefix may start within this one.
                from = hit.start() + 1;
            }
        })
    }

    fn judge(&self, rule: &CompiledRule, bytes: &[u8], prefix: Range<usize>) -> Option<Match> {
        let found = rule.forms.iter().filter_map(|form| form.judge(bytes, prefix.clone()));
        let (kind, checksum, end) = found
            .filter(|(_, checksum, _)| self.mismatched || *checksum != Checksum::Mismatched)
            .min_by_key(|(_, checksum, _)| *checksum)?;
        Some(Match { kind, checksum, range: prefix.start..end, prefix: prefix.len() })
    }
}

fn add(rules: &mut Vec<CompiledRule>, prefix: &str, form: Form) {
    match rules.iter_mut().find(|rule| rule.prefix == prefix) {
        Some(rule) => rule.forms.push(form),
        None => rules.push(CompiledRule { prefix: prefix.to_owned(), forms: vec![form] }),
    }
}

impl Form {
    fn judge(&self, bytes: &[u8], prefix: Range<usize>) -> Option<(Kind, Checksum, usize)> {
        match self {
            Self::Ours(kind, prefixes) => {
                let (checksum, end) = ours(bytes, &prefix, prefixes)?;
                Some((*kind, checksum, end))
            }
            Self::Gitlab { kind, shapes, bounded } => {
                if let Some((end, checksum)) = routable::find(bytes, prefix.start, prefix.end) {
                    return Some((*kind, checksum, end));
                }
                if *bounded && !starts_word(bytes, prefix.start) {
                    return None;
                }
                let rest = bytes.get(prefix.end..)?;
                let length = shapes.iter().find_map(|shape| shape.measure(rest))?;
                Some((*kind, Checksum::Absent, prefix.end + length))
            }
        }
    }
}

/// A token of Narrowgate's. With a valid checksum it needs no bounds: chance makes one in four thousand million.
fn ours(bytes: &[u8], prefix: &Range<usize>, prefixes: &Prefixes) -> Option<(Checksum, usize)> {
    let end = prefix.end + OUR_DIGITS;
    let text = std::str::from_utf8(bytes.get(prefix.start..end)?).ok()?;
    match TokenDigest::parse(text, prefixes) {
        Ok(_) => Some((Checksum::Valid, end)),
        Err(ParseTokenError::Checksum) if run(bytes.get(prefix.end..)?, is_word) == OUR_DIGITS => {
            Some((Checksum::Mismatched, end))
        }
        Err(_) => None,
    }
}

/// How many bytes before a token are looked at.
pub(crate) const CONTEXT: usize = 3;

/// Whether a word can start here: after anything but a letter, a digit, `-` or `_`, and after escapes such as `\n` and
/// `%3D`, which end in a letter.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at.saturating_sub(CONTEXT)..at).unwrap_or_default() {
        [b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        [.., b'\\', _] => true,
        [.., before] => !is_word(*before),
        [] => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(settings: &PatternSettings, text: &str) -> Vec<(Kind, Checksum, String)> {
        let patterns = Patterns::new(settings).unwrap();
        let cut = |found: Match| (found.kind, found.checksum, text[found.range].to_owned());
        patterns.find(text.as_bytes()).map(cut).collect()
    }

    #[test]
    fn every_prefix_is_found_and_cut_out() {
        let word = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6A7b8C9d0E1f2";
        for (prefix, kind, shapes) in RULES {
            let body = match shapes[0] {
                Shape::Word(length) | Shape::WordAtLeast(length) => word[..length].to_owned(),
                Shape::Hex(length) => "0123456789abcdef".repeat(3)[..length].to_owned(),
                Shape::Partitioned(length) => format!("64_{}", &word[..length]),
                Shape::PathBound => format!("{}-12", "0123456789abcdef".repeat(4)),
                Shape::Jwt => unreachable!("never first"),
            };
            let token = format!("{prefix}{body}");
            let expected = vec![(kind, Checksum::Absent, token.clone())];
            assert_eq!(found(&PatternSettings::default(), &format!("a=\"{token}\"\n")), expected);
            assert_eq!(found(&PatternSettings::default(), &token), expected);
        }
    }

    #[test]
    fn prefixes_of_an_instance_need_a_word_to_start() {
        let settings = PatternSettings { personal: vec!["ac-".parse().unwrap()], ..Default::default() };
        let token = "ac-A1b2C3d4E5f6G7h8I9j0";
        for before in ["", " ", "\"", "\\n", "%3D", ":"] {
            assert_eq!(found(&settings, &format!("{before}{token} ")).len(), 1, "{before}");
        }
        for before in ["x", "-", "_", "9", "xyz"] {
            assert_eq!(found(&settings, &format!("{before}{token} ")), [], "{before}");
        }
    }

    #[test]
    fn one_prefix_of_two_parties_finds_both() {
        let own = Prefixes::new("glpat-".parse().unwrap(), "glcbt-".parse().unwrap()).unwrap();
        let settings = PatternSettings { narrowgate: vec![own.clone()], ..Default::default() };
        let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(7);
        let token = narrowgate_secret::mint(own.personal(), &mut random);
        assert_eq!(found(&settings, token.expose())[0].0, Kind::Narrowgate);
        assert_eq!(found(&settings, "glpat-A1b2C3d4E5f6G7h8I9j0")[0].0, Kind::Personal);
    }

    #[test]
    fn mismatched_checksums_show_on_request() {
        let text = format!("ngpat-{}", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q");
        assert_eq!(found(&PatternSettings::default(), &text), []);
        let settings = PatternSettings { mismatched: true, ..Default::default() };
        assert_eq!(found(&settings, &text), [(Kind::Narrowgate, Checksum::Mismatched, text.clone())]);
    }
}
