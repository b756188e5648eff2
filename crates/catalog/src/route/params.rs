//! The raw texts that a path gives to a template's parameters.

use crate::Operation;

/// Values of the matched template's parameters, undecoded, stored inline.
///
/// Position `i` belongs to [`Operation::parameters`]`[i]`. A parameter within an optional part has no value when the
/// path leaves that part out.
#[derive(Clone, Copy, Debug)]
pub struct Params<'p> {
    path: &'p str,
    /// Where each text begins and ends in the path.
    spans: [(u32, u32); Params::LIMIT],
    /// How many texts the walk has captured so far.
    captured: usize,
    /// The positions that have a value, a bit each.
    present: u16,
}

impl<'p> Params<'p> {
    /// How many parameters a template may have.
    pub const LIMIT: usize = 12;

    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self { path: "", spans: [(0, 0); Self::LIMIT], captured: 0, present: 0 }
    }

    /// The value at a position.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'p str> {
        if index < Self::LIMIT && self.present >> index & 1 == 1 { self.text(index) } else { None }
    }

    fn text(&self, index: usize) -> Option<&'p str> {
        let (start, end) = *self.spans.get(index)?;
        self.path.get(start as usize..end as usize)
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

    /// Forgets every value and takes the path that the next ones are cut from.
    #[inline]
    pub(super) const fn begin(&mut self, path: &'p str) {
        self.path = path;
        self.captured = 0;
        self.present = 0;
    }

    /// How far the walk has captured: what [`Self::rewind`] goes back to.
    #[inline]
    pub(super) const fn mark(&self) -> usize {
        self.captured
    }

    #[inline]
    pub(super) const fn rewind(&mut self, mark: usize) {
        self.captured = mark;
    }

    /// Captures the bytes from `start` to `end`.
    #[inline]
    pub(super) fn capture(&mut self, start: usize, end: usize) {
        if let Some(slot) = self.spans.get_mut(self.captured)
            && let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end))
        {
            *slot = (start, end);
            self.captured += 1;
        }
    }

    /// What was captured last.
    pub(super) fn last_captured(&self) -> Option<&'p str> {
        self.text(self.captured.checked_sub(1)?)
    }

    /// The bytes of what was captured last.
    #[inline]
    pub(super) fn last_captured_bytes(&self) -> &'p [u8] {
        let span = self.captured.checked_sub(1).and_then(|last| self.spans.get(last));
        let bytes = |(start, end): &(u32, u32)| self.path.as_bytes().get(*start as usize..*end as usize);
        span.and_then(bytes).unwrap_or(&[])
    }

    /// Moves what was captured, in path order, to the parameters' positions. `slots` is `None` where the two agree.
    #[inline]
    pub(super) fn settle(&mut self, slots: Option<&[u8]>) {
        let Some(slots) = slots else {
            self.present = (1 << self.captured) - 1;
            return;
        };
        let captured = self.spans;
        self.present = 0;
        for (slot, span) in slots.iter().zip(captured) {
            if let Some(target) = self.spans.get_mut(usize::from(*slot)) {
                *target = span;
                self.present |= 1 << slot;
            }
        }
    }
}

impl Default for Params<'_> {
    fn default() -> Self {
        Self::new()
    }
}
