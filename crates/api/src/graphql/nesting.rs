//! Bounds how deep a document goes, before a parser that calls itself reads it.

/// Deeper than any document that makes sense, and far from the end of the stack.
const DEEPEST: usize = 100;

/// Whether brackets nest deeper than is read. Those in texts count too: they nest nowhere near as deep.
pub(super) fn is_too_deep(document: &str) -> bool {
    let mut depth: usize = 0;
    document.bytes().any(|byte| {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}
