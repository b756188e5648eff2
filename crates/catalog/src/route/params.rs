//! The raw texts that a path gives to a template's parameters.

use crate::Operation;

/// Values of the matched template's parameters, undecoded, stored inline.
///
/// Position `i` belongs to [`Operation::parameters`]`[i]`. A parameter within an optional part has no value when the
/// path leaves that part out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'p> {
    values: [Option<&'p str>; Params::LIMIT],
}

impl<'p> Params<'p> {
    /// How many parameters a template may have.
    pub const LIMIT: usize = 12;

    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: [None; Self::LIMIT] }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new();
    }

    pub(crate) fn set(&mut self, index: usize, value: &'p str) {
        if let Some(slot) = self.values.get_mut(index) {
            *slot = Some(value);
        }
    }

    /// The value at a position.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'p str> {
        self.values.get(index).copied().flatten()
    }

    /// The value of a parameter of the matched operation.
    #[must_use]
    pub fn by_name(&self, operation: &Operation, name: &str) -> Option<&'p str> {
        operation.parameters.iter().position(|parameter| parameter == name).and_then(|index| self.get(index))
    }

    /// Names and values of the matched operation, in path order.
    pub fn pairs<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = (&'a str, &'p str)> + 'a {
        operation
            .parameters
            .iter()
            .enumerate()
            .filter_map(|(index, name)| self.get(index).map(|value| (name.as_str(), value)))
    }
}
