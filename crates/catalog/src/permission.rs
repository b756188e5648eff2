//! Permissions as small integers, and sets of them as fixed bitsets.

/// A permission of one compiled catalogue. Stable only within that catalogue: store names, not ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionId(u16);

impl PermissionId {
    /// How many permissions a catalogue may hold.
    pub const LIMIT: usize = PermissionSet::WORDS * 64;

    /// The id at `index`, or `None` from [`Self::LIMIT`] on.
    #[must_use]
    pub fn new(index: usize) -> Option<Self> {
        if index < Self::LIMIT { u16::try_from(index).ok().map(Self) } else { None }
    }

    /// The position in the catalogue's list of permissions.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of permissions: 1,024 bits, no allocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet([u64; Self::WORDS]);

impl PermissionSet {
    const WORDS: usize = 16;
    /// The set without a member.
    pub const EMPTY: Self = Self([0; Self::WORDS]);

    /// Adds one permission.
    pub fn insert(&mut self, id: PermissionId) {
        if let Some(word) = self.0.get_mut(id.index() / 64) {
            *word |= 1 << (id.index() % 64);
        }
    }

    /// Whether the permission is in the set.
    #[must_use]
    pub fn contains(&self, id: PermissionId) -> bool {
        self.0.get(id.index() / 64).is_some_and(|word| word >> (id.index() % 64) & 1 == 1)
    }

    /// Whether the set has no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many members the set has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether every member is also in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & !theirs == 0)
    }

    /// Adds every member of `other`.
    pub fn union_with(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    /// The members that `other` lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = *self;
        for (mine, theirs) in left.0.iter_mut().zip(&other.0) {
            *mine &= !theirs;
        }
        left
    }

    /// The members, lowest id first.
    pub fn iter(&self) -> impl Iterator<Item = PermissionId> + '_ {
        (0..PermissionId::LIMIT).filter_map(PermissionId::new).filter(|id| self.contains(*id))
    }
}

impl FromIterator<PermissionId> for PermissionSet {
    fn from_iter<T: IntoIterator<Item = PermissionId>>(ids: T) -> Self {
        let mut set = Self::EMPTY;
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}
