//! The nearest name to a mistyped one.

/// The candidate with the least edit distance, if it is near enough to be a slip.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(128).collect();
    let tolerated = (name.len() / 3).max(2);
    candidates
        .map(|candidate| (distance(&name, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerated)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, row by row.
fn distance(left: &[char], right: &str) -> usize {
    let mut row: Vec<usize> = (0..=left.len()).collect();
    for (line, wanted) in right.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (cell, held) in row.iter_mut().skip(1).zip(left) {
            let changed = diagonal + usize::from(*held != wanted);
            diagonal = *cell;
            *cell = changed.min(*cell + 1).min(before + 1);
            before = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_edits() {
        for (left, right, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(&left.chars().collect::<Vec<_>>(), right), expected, "{left} {right}");
        }
    }

    #[test]
    fn finds_slips_and_nothing_far_off() {
        let names = ["read_job", "run_job", "read_work_item"];
        assert_eq!(nearest("read_jobs", names.into_iter()), Some("read_job"));
        assert_eq!(nearest("raed_job", names.into_iter()), Some("read_job"));
        assert_eq!(nearest("destroy_everything", names.into_iter()), None);
    }
}
