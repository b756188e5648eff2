//! Reading TOML tables key by key, so that every error has its line and no key goes unread.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place::{Errors, Located, Place, Source};

/// A value of a file.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The keys of one table that have not been read yet.
pub(super) struct Fields<'a, 't> {
    source: &'a Source<'a>,
    left: BTreeMap<&'a str, (Place, &'a Value<'t>)>,
    pub(super) place: Place,
}

impl<'a, 't> Fields<'a, 't> {
    pub(super) fn new(source: &'a Source<'a>, table: &'a DeTable<'t>, place: Place) -> Self {
        let entry = |(key, value): (&'a Spanned<_>, &'a Value<'t>)| {
            let name: &std::borrow::Cow<'t, str> = key.get_ref();
            (name.as_ref(), (source.place(&key.span()), value))
        };
        Self { source, left: table.iter().map(entry).collect(), place }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// The value of a key.
    pub(super) fn take(&mut self, key: &str) -> Option<(Place, &'a Value<'t>)> {
        self.left.remove(key)
    }

    /// The next key that has not been read, with its value.
    pub(super) fn take_next(&mut self) -> Option<(Located<String>, &'a Value<'t>)> {
        let (key, (place, value)) = self.left.pop_first()?;
        Some((Located { value: key.to_owned(), place }, value))
    }

    pub(super) fn text(&mut self, errors: &mut Errors, key: &str) -> Option<Located<String>> {
        let (place, value) = self.take(key)?;
        text_of(value, place, errors, key)
    }

    pub(super) fn required_text(&mut self, errors: &mut Errors, key: &str) -> Option<Located<String>> {
        if !self.has(key) {
            errors.add(&self.place, format!("`{key}` is missing"));
        }
        self.text(errors, key)
    }

    pub(super) fn flag(&mut self, errors: &mut Errors, key: &str) -> bool {
        match self.take(key) {
            None => false,
            Some((_, value)) if matches!(value.get_ref(), DeValue::Boolean(_)) => {
                matches!(value.get_ref(), DeValue::Boolean(true))
            }
            Some((place, _)) => {
                errors.add(&place, format!("`{key}` must be true or false"));
                false
            }
        }
    }

    /// The items of a list, each with its own line; empty if the key is absent.
    pub(super) fn list(&mut self, errors: &mut Errors, key: &str) -> Vec<(Place, &'a Value<'t>)> {
        let Some((place, value)) = self.take(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            errors.add(&place, format!("`{key}` must be a list"));
            return Vec::new();
        };
        items.iter().map(|item| (self.source.place(&item.span()), item)).collect()
    }

    pub(super) fn texts(&mut self, errors: &mut Errors, key: &str) -> Vec<Located<String>> {
        let items = self.list(errors, key);
        items.into_iter().filter_map(|(place, item)| text_of(item, place, errors, key)).collect()
    }

    /// A text, or a list of texts.
    pub(super) fn text_or_texts(&mut self, errors: &mut Errors, key: &str) -> Vec<Located<String>> {
        match self.left.get(key) {
            Some((_, value)) if matches!(value.get_ref(), DeValue::Array(_)) => self.texts(errors, key),
            _ => self.text(errors, key).into_iter().collect(),
        }
    }

    /// The table under a key.
    pub(super) fn table(&mut self, errors: &mut Errors, key: &str) -> Option<Fields<'a, 't>> {
        let (place, value) = self.take(key)?;
        self.as_table(value, place, errors)
    }

    /// A value that must be a table.
    pub(super) fn as_table(
        &self,
        value: &'a Value<'t>,
        place: Place,
        errors: &mut Errors,
    ) -> Option<Fields<'a, 't>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(Fields::new(self.source, table, place));
        }
        errors.add(&place, "a table is expected here");
        None
    }

    /// Notes every key that nothing has read.
    pub(super) fn finish(self, errors: &mut Errors) {
        for (key, (place, _)) in self.left {
            errors.add(&place, format!("unknown key `{key}`"));
        }
    }
}

/// A value that must be a string.
pub(super) fn text_of(
    value: &Value<'_>,
    place: Place,
    errors: &mut Errors,
    key: &str,
) -> Option<Located<String>> {
    match value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(Located { value: text.to_string(), place }),
        _ => {
            errors.add(&place, format!("`{key}` must be text"));
            None
        }
    }
}
