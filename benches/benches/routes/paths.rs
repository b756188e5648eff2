//! One path for each REST template.

use narrowgate_catalog::{Catalog, Method, Operation, OperationId, Surface};

/// A template and a path that it matches.
pub(crate) struct Sample {
    pub(crate) method: Method,
    pub(crate) operation: OperationId,
    pub(crate) path: String,
    template: String,
}

/// A sample for each operation, shuffled by a fixed rule so that neighbours in the file are no neighbours in the run.
pub(crate) fn samples(catalog: &Catalog) -> Vec<Sample> {
    let rest = catalog.operations().filter(|operation| operation.surface == Surface::Rest);
    let mut samples: Vec<Sample> = rest.map(Sample::of).collect();
    samples.sort_by_key(|sample| sample.operation.index().wrapping_mul(2_654_435_761) % 65_521);
    samples
}

impl Sample {
    fn of(operation: &Operation) -> Self {
        let template = without_optional_parts(&operation.template);
        // Within quotes a wildcard is a part of one segment.
        let tail = if template.contains('\'') { "one.two" } else { "one/two/three" };
        Self {
            method: operation.method,
            operation: operation.id,
            path: rewrite(&template, |kind, name| match (kind, name) {
                (':', "id") => "acme%2Fweb".to_owned(),
                (':', _) => "4217".to_owned(),
                _ => tail.to_owned(),
            }),
            template,
        }
    }

    /// The template in a router's own brackets; names are numbered, since some routers refuse one that comes twice.
    pub(crate) fn template(&self, open: char, close: char) -> String {
        let mut count = 0;
        rewrite(&self.template, |kind, _| {
            count += 1;
            let star = if kind == '*' { "*" } else { "" };
            format!("{open}{star}p{count}{close}")
        })
    }
}

/// `/a/(-/)b` becomes `/a/b`. Parentheses of a call, `()` and `(Id='…')`, stand for themselves.
fn without_optional_parts(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, inner)) = rest.split_once('(') {
        text += before;
        match inner.split_once(')') {
            Some((part, after)) if !part.is_empty() && !part.contains('=') => rest = after,
            _ => {
                text.push('(');
                rest = inner;
            }
        }
    }
    text += rest;
    text.trim_end_matches('/').to_owned()
}

/// Puts something else for each `:name` and `*name`.
fn rewrite(template: &str, mut put: impl FnMut(char, &str) -> String) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find([':', '*']) {
        let (before, parameter) = rest.split_at(at);
        let name = parameter.get(1..).unwrap_or_default();
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        text += before;
        text += &put(parameter.chars().next().unwrap_or(':'), name);
        rest = after;
    }
    text + rest
}
