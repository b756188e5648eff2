//! `[[scopes]]`: which scopes of legacy tokens admit which operations.

use super::fields::Fields;
use super::place::{Errors, Located};
use super::raw::{Raw, ScopeRule};
use crate::{Method, Scope, ScopeSet, Surface};

const SURFACES: [(&str, Surface); 5] = [
    ("rest", Surface::Rest),
    ("narrowgate", Surface::Narrowgate),
    ("git", Surface::Git),
    ("lfs", Surface::Lfs),
    ("registry", Surface::Registry),
];

pub(super) fn read(fields: &mut Fields<'_, '_>, raw: &mut Raw, errors: &mut Errors) {
    for (place, item) in fields.list(errors, "scopes") {
        let Some(mut table) = fields.as_table(item, place, errors) else { continue };
        let surface = table.required_text(errors, "surface");
        let surface = surface.and_then(|text| errors.note(&text.place, self::surface(&text.value)));
        let scopes = read_scopes(&table.texts(errors, "allow"), errors);
        let methods = table.texts(errors, "methods");
        let method = |text: &Located<String>, errors: &mut Errors| {
            let method = Method::try_from(text.value.as_str()).map_err(|error| error.to_string());
            errors.note(&text.place, method)
        };
        let methods = methods.iter().filter_map(|text| method(text, errors)).collect();
        let paths = table.texts(errors, "paths");
        table.finish(errors);
        raw.scopes.extend(surface.map(|surface| ScopeRule { scopes, surface, methods, paths }));
    }
}

fn surface(name: &str) -> Result<Surface, String> {
    let found = SURFACES.into_iter().find(|(word, _)| *word == name).map(|(_, surface)| surface);
    found.ok_or_else(|| format!("`{name}` is not a surface: rest, narrowgate, git, lfs or registry"))
}

/// Scopes by name; `*` stands for all.
fn read_scopes(names: &[Located<String>], errors: &mut Errors) -> ScopeSet {
    let mut scopes = ScopeSet::EMPTY;
    for name in names {
        match Scope::parse(&name.value) {
            Some(scope) => scopes.insert(scope),
            None if name.value == "*" => scopes = Scope::ALL.into_iter().collect(),
            None => errors.add(&name.place, format!("`{}` is not a scope", name.value)),
        }
    }
    scopes
}

impl ScopeRule {
    /// Whether the rule speaks of an operation.
    pub(super) fn covers(&self, surface: Surface, method: Method, template: &str) -> bool {
        let path = |pattern: &Located<String>| match pattern.value.strip_suffix('*') {
            Some(prefix) => template.starts_with(prefix),
            None => template == pattern.value,
        };
        self.surface == surface
            && (self.methods.is_empty() || self.methods.contains(&method))
            && (self.paths.is_empty() || self.paths.iter().any(path))
    }
}
