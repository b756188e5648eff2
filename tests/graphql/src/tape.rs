//! Choices, read from a tape of numbers: a shorter tape with smaller numbers makes a simpler case.

/// A tape of choices. Past its end every choice is the first, the simplest one.
#[derive(Debug)]
pub struct Tape<'t> {
    words: std::slice::Iter<'t, u32>,
}

impl<'t> Tape<'t> {
    /// Reads from the start of `words`.
    #[must_use]
    pub fn new(words: &'t [u32]) -> Self {
        Self { words: words.iter() }
    }

    /// A number below `bound`; 0 if `bound` is.
    pub fn below(&mut self, bound: usize) -> usize {
        match self.words.next() {
            Some(word) if bound > 0 => *word as usize % bound,
            _ => 0,
        }
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// One of the items.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.below(items.len()))
    }

    /// A number of any size.
    pub fn number(&mut self) -> u64 {
        self.words.next().copied().unwrap_or_default().into()
    }
}
