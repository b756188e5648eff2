//! How much the archives within one file may still unpack to.

use std::cell::Cell;
use std::io::{self, Read};

use crate::limits::Limits;

/// What is left for the archives of one file.
pub(super) struct Budget {
    bytes: Cell<u64>,
    members: Cell<u64>,
    spent: Cell<bool>,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            bytes: Cell::new(limits.unpacked),
            members: Cell::new(limits.members),
            spent: Cell::new(false),
        }
    }

    /// Takes one member, if one is left.
    pub(super) fn take_member(&self) -> bool {
        let left = self.members.get().checked_sub(1);
        self.members.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether more bytes came out than there was room for.
    pub(super) fn is_spent(&self) -> bool {
        self.spent.get()
    }

    fn take_bytes(&self, bytes: usize) -> io::Result<()> {
        match self.bytes.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.bytes.set(left);
                Ok(())
            }
            None => {
                self.spent.set(true);
                Err(io::Error::other("unpacks to too much"))
            }
        }
    }
}

/// Counts what a decompressor gives.
pub(super) struct Metered<'b, R> {
    reader: R,
    budget: &'b Budget,
}

impl<'b, R> Metered<'b, R> {
    pub(super) const fn new(reader: R, budget: &'b Budget) -> Self {
        Self { reader, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(room)?;
        self.budget.take_bytes(read)?;
        Ok(read)
    }
}
