//! How much is looked at, so that no archive and no object fills memory or runs for ever.

/// Bounds of a scan. What lies beyond one is skipped, and said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep archives may lie in archives.
    pub depth: usize,
    /// How many members all archives within one file may have together.
    pub members: u64,
    /// How many bytes all archives within one file may unpack to together.
    pub unpacked: u64,
    /// How many bytes one object of a repository, or one zip within an archive, may have: these are held in memory.
    pub held: u64,
    /// How many findings are kept.
    pub findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 4, members: 100_000, unpacked: 4 << 30, held: 64 << 20, findings: 100_000 }
    }
}
