//! How much a document may ask for.

/// Bounds on documents, plans and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Lexical tokens of a document; white space is one, too.
    pub tokens: usize,
    /// Selection sets within one another, after fragments.
    pub depth: usize,
    /// Aliases of a document.
    pub aliases: usize,
    /// Fields of a plan, after fragments; where a value may be of several types, each of these counts as one, too.
    pub fields: usize,
    /// Probes of a plan.
    pub probes: usize,
    /// Documents of one request.
    pub batch: usize,
    /// Bytes of an answer that is held in memory.
    pub response_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 * 1024,
            tokens: 10_000,
            depth: 30,
            aliases: 200,
            fields: 5_000,
            probes: 2_000,
            batch: 20,
            response_bytes: 16 * 1024 * 1024,
        }
    }
}
