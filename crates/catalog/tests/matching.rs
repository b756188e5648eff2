//! Matching beside a matcher that tries every template, over random paths; compiling the same files twice.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

use std::sync::LazyLock;

use narrowgate_catalog::{Catalog, Match, Method, Operation, Params, SourceFile, Surface};
use proptest::prelude::*;

/// One segment of a template, with optional parts written out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Static(String),
    Mixed(String),
    Param,
    Rest,
}

struct Plain {
    operation: &'static Operation,
    segments: Vec<Segment>,
}

static PLAIN: LazyLock<Vec<Plain>> = LazyLock::new(|| {
    let operations = Catalog::embedded().operations();
    let rest = operations
        .filter(|operation| matches!(operation.surface, Surface::Rest | Surface::Scim | Surface::Narrowgate));
    rest.flat_map(|operation| {
        written_out(&operation.template)
            .into_iter()
            .map(move |text| Plain { operation, segments: segments(&text) })
    })
    .collect()
});

fn written_out(template: &str) -> Vec<String> {
    if template.contains("/nuget/v2/") {
        return vec![template.to_owned()];
    }
    let Some((before, rest)) = template.split_once('(') else { return vec![template.to_owned()] };
    let (inner, after) = rest.split_once(')').unwrap();
    let tails = written_out(after);
    let with = tails.iter().map(|tail| format!("{before}{inner}{tail}"));
    with.chain(tails.iter().map(|tail| format!("{before}{tail}"))).collect()
}

fn segments(text: &str) -> Vec<Segment> {
    let name = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let segment = |text: &str| match text.split_at(1) {
        (":", rest) if name(rest) => Segment::Param,
        ("*", rest) if name(rest) => Segment::Rest,
        _ if text.contains([':', '*']) => Segment::Mixed(text.to_owned()),
        _ => Segment::Static(text.to_owned()),
    };
    text.trim_matches('/').split('/').map(segment).collect()
}

/// Whether a template matches, in the plainest way.
fn matches(template: &[Segment], path: &[&str]) -> bool {
    let Some((first, after)) = template.split_first() else { return path.is_empty() };
    let Some((segment, rest)) = path.split_first() else { return false };
    match first {
        Segment::Static(text) => text == segment && matches(after, rest),
        Segment::Mixed(text) => mixed(text, segment) && matches(after, rest),
        Segment::Param => matches(after, rest),
        Segment::Rest => (1..=path.len()).any(|taken| matches(after, &path[taken..])),
    }
}

/// Text and parameters within one segment.
fn mixed(pattern: &str, text: &str) -> bool {
    let Some(at) = pattern.find([':', '*']) else { return pattern == text };
    let (literal, named) = pattern.split_at(at);
    let Some(rest) = text.strip_prefix(literal) else { return false };
    let end = named[1..].find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    let after = end.map_or("", |end| &named[end + 1..]);
    (1..=rest.len()).filter(|end| rest.is_char_boundary(*end)).any(|end| mixed(after, &rest[end..]))
}

fn rank(segment: &Segment) -> u8 {
    match segment {
        Segment::Static(_) => 0,
        Segment::Mixed(_) => 1,
        Segment::Param => 2,
        Segment::Rest => 3,
    }
}

/// Whether `better` beats `other` at the first segment in which they differ; after a catch-all in both, neither does.
fn beats(better: &[Segment], other: &[Segment]) -> bool {
    for (left, right) in better.iter().zip(other) {
        if *left == Segment::Rest && *right == Segment::Rest {
            return false;
        }
        if rank(left) != rank(right) {
            return rank(left) < rank(right);
        }
    }
    false
}

/// A path near a template: its text, parameters filled at random, sometimes a segment changed, dropped or added.
fn near_a_template() -> impl Strategy<Value = (Method, String)> {
    let word = prop_oneof![
        "[a-z0-9]{1,6}",
        Just("promote".to_owned()),
        Just("upstreams".to_owned()),
        Just("registries".to_owned()),
        Just("authorize".to_owned()),
        Just("-".to_owned()),
        Just("index".to_owned()),
        Just("acme%2Fweb".to_owned()),
    ];
    let words = proptest::collection::vec(word, 24);
    (any::<prop::sample::Index>(), words, 0..6_usize, any::<prop::sample::Index>()).prop_map(
        |(template, words, change, at)| {
            let plain = template.get(&PLAIN);
            let mut words = words.into_iter();
            let mut next = || words.next().unwrap_or_else(|| "x".to_owned());
            let mut path: Vec<String> = Vec::new();
            for segment in &plain.segments {
                match segment {
                    Segment::Static(text) => path.push(text.clone()),
                    Segment::Mixed(text) => path.push(filled(text)),
                    Segment::Param => path.push(next()),
                    Segment::Rest => path.extend([next(), next()]),
                }
            }
            let at = at.index(path.len());
            match change {
                0 => path[at] = next(),
                1 if path.len() > 1 => drop(path.remove(at)),
                2 => path.insert(at, next()),
                _ => {}
            }
            // HEAD falls back to GET, which the list doesn't know.
            let method =
                if plain.operation.method == Method::Head { Method::Get } else { plain.operation.method };
            (method, format!("/{}", path.join("/")))
        },
    )
}

fn filled(pattern: &str) -> String {
    let mut text = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        if matches!(char, ':' | '*') {
            while chars
                .next_if(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || *next == '_')
                .is_some()
            {}
            text.push('7');
        } else {
            text.push(char);
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_tree_finds_what_the_list_finds((method, path) in near_a_template()) {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let fits = |plain: &&Plain| plain.operation.method == method && matches(&plain.segments, &segments);
        let candidates: Vec<&Plain> = PLAIN.iter().filter(fits).collect();
        let mut params = Params::new();
        match Catalog::embedded().classify(method, &path, &mut params) {
            Match::Operation(found) => {
                let own: Vec<_> = candidates.iter().filter(|plain| plain.operation.id == found.id).collect();
                prop_assert!(!own.is_empty(), "{method} {path} is not {}", found.template);
                let beaten = candidates.iter().find(|other| own.iter().all(|own| beats(&other.segments, &own.segments)));
                let better = beaten.map(|plain| &plain.operation.template);
                prop_assert!(better.is_none(), "{method} {path}: {better:?} beats {}", found.template);
                for (name, value) in params.pairs(found) {
                    prop_assert!(path.contains(value), "{name} = {value}");
                }
            }
            // Only a dot in the last segment makes a path ambiguous.
            Match::Ambiguous(_) => prop_assert!(segments.last().is_some_and(|last| last.contains('.')), "{path}"),
            Match::Uncovered => {
                let missed = candidates.first().map(|plain| &plain.operation.template);
                prop_assert!(missed.is_none(), "{method} {path} is {missed:?}");
            }
        }
    }

    #[test]
    fn no_path_panics(path in "(/[ -~]{0,6}){0,9}|\\PC{0,30}") {
        for method in Method::ALL {
            let _ = Catalog::embedded().classify(method, &path, &mut Params::new());
        }
    }
}

#[test]
fn compiling_is_deterministic() {
    let again = Catalog::compile(&SourceFile::embedded()).unwrap();
    let mut reversed = SourceFile::embedded();
    reversed.reverse();
    let backwards = Catalog::compile(&reversed).unwrap();
    for other in [again, backwards] {
        assert!(Catalog::embedded().permissions().eq(other.permissions()));
        assert!(Catalog::embedded().operations().eq(other.operations()));
        assert!(Catalog::embedded().lookups().eq(other.lookups()));
        assert!(Catalog::embedded().graphql().eq(other.graphql()));
    }
}
