//! Lines and columns of a document.

use super::Position;

/// Bytes between two counts of characters.
const STRIDE: usize = 64;

/// Turns byte offsets into positions, in constant time.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where each line starts, the first at 0.
    starts: Vec<usize>,
    /// Characters before each multiple of `STRIDE`; empty where each byte is a character.
    counts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |at: usize| match bytes.get(at) {
            Some(b'\n') => true,
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let after = (0..bytes.len()).filter(|&at| ends_line(at)).map(|at| at + 1);
        let starts = std::iter::once(0).chain(after).collect();
        let counts = if text.is_ascii() { Vec::new() } else { counts(bytes) };
        Self { text, starts, counts }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.characters(offset).saturating_sub(self.characters(start)) + 1;
        Position { line, column }
    }

    /// Characters before a byte.
    fn characters(&self, offset: usize) -> usize {
        let Some(before) = self.counts.get(offset / STRIDE) else { return offset };
        let from = offset - offset % STRIDE;
        before + self.text.as_bytes().get(from..offset).map_or(0, begun)
    }
}

fn counts(bytes: &[u8]) -> Vec<usize> {
    let mut before = 0;
    let mut counts = vec![0];
    for chunk in bytes.chunks(STRIDE) {
        before += begun(chunk);
        counts.push(before);
    }
    counts
}

/// How many characters begin in these bytes.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let text = "a\nbc\r\nd\r\u{e9}\u{1f600}x";
        let lines = Lines::new(text);
        let at = |part: &str| {
            let Position { line, column } = lines.position(text.find(part).unwrap());
            (line, column)
        };
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("c"), (2, 2));
        assert_eq!(at("d"), (3, 1));
        assert_eq!(at("\u{1f600}"), (4, 2));
        assert_eq!(at("x"), (4, 3));
    }

    #[test]
    fn columns_of_long_lines_are_counted_across_strides() {
        let text = "\u{e9}".repeat(100) + "x";
        assert_eq!(Lines::new(&text).position(200), Position { line: 1, column: 101 });
        let text = " ".repeat(1000) + "x";
        assert_eq!(Lines::new(&text).position(1000), Position { line: 1, column: 1001 });
    }
}
