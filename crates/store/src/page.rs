//! Pages of a list.

/// Which part of a list to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many items to skip.
    pub offset: u32,
    /// How many items to read at most.
    pub limit: u32,
}

impl Page {
    /// Everything, as far as a number reaches.
    pub const ALL: Self = Self { offset: 0, limit: u32::MAX };

    /// Page `number` (from one) of `size` items, as GitLab's `page` and `per_page` count.
    #[must_use]
    pub const fn numbered(number: u32, size: u32) -> Self {
        Self { offset: number.saturating_sub(1).saturating_mul(size), limit: size }
    }
}

/// How many items a list is counted to. GitLab too leaves out the totals of longer ones.
pub const COUNTED: u64 = 10_000;

/// One page and the size of the whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// How many items all pages hold together; `None` for more than [`COUNTED`], unless it is known without counting.
    pub total: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_pages_from_one() {
        assert_eq!(Page::numbered(1, 20), Page { offset: 0, limit: 20 });
        assert_eq!(Page::numbered(3, 20), Page { offset: 40, limit: 20 });
        assert_eq!(Page::numbered(0, 20).offset, 0);
        assert_eq!(Page::numbered(u32::MAX, 100).offset, u32::MAX);
    }
}
