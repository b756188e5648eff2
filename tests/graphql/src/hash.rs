//! Numbers that look random and are always the same.

use std::hash::{DefaultHasher, Hash, Hasher as _};

/// A number made from a value alone.
#[must_use]
pub fn of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A row of numbers made from a value.
#[derive(Clone, Copy, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall alike for equal values.
    #[must_use]
    pub fn of(value: &impl Hash) -> Self {
        Self(of(value))
    }

    /// The next number below `bound`; 0 if `bound` is.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = of(&self.0);
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or_default()
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of the items.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.below(items.len()))
    }
}
