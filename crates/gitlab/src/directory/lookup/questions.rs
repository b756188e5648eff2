//! How often the instance is asked on a client's behalf.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Questions that the look-ups of one request may still put to the projects and groups that a token selects. Who holds a
/// token must not be able to make the gateway ask without end.
#[derive(Debug)]
pub struct Questions(AtomicUsize);

impl Questions {
    /// So many.
    #[must_use]
    pub const fn at_most(most: usize) -> Self {
        Self(AtomicUsize::new(most))
    }

    /// As many as there are left of those wanted.
    pub(super) fn take(&self, wanted: usize) -> usize {
        let take = |left: usize| Some(left.saturating_sub(wanted));
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        left.unwrap_or_else(|left| left).min(wanted)
    }

    fn give_back(&self, unused: usize) {
        self.0.fetch_add(unused, Ordering::Relaxed);
    }
}

/// The part of them that one way of a look-up has.
pub(super) struct Share<'q> {
    pub(super) all: &'q Questions,
    pub(super) left: usize,
}

impl Share<'_> {
    /// As many as there are left of those wanted.
    pub(super) fn take(&mut self, wanted: usize) -> usize {
        let taken = self.all.take(wanted.min(self.left));
        self.left -= taken;
        taken
    }

    /// What was known needs no question of the request, but one of this way, so that it ends.
    pub(super) fn give_back(&self, unused: usize) {
        self.all.give_back(unused);
    }
}
