//! Grants, arranged so that a check costs the same with one as with a hundred.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::ControlFlow;

use narrowgate_catalog::{PermissionId, PermissionSet};

use crate::selected::{NO_GRANT, SelectedTable, SetIndex};
use crate::{Access, Grant, PermissionList, Place};

/// A token's grants, prepared once per token.
///
/// Grants on the same boundary are merged, selected projects and groups are found by their id, and equal sets of
/// permissions are kept once.
#[derive(Clone, Debug)]
pub struct Grants {
    sets: Box<[PermissionSet]>,
    projects: SelectedTable,
    groups: SelectedTable,
    memberships: SetIndex,
    personal: SetIndex,
    user: SetIndex,
    instance: SetIndex,
}

impl Grants {
    /// Arranges the grants of one token.
    #[must_use]
    pub fn prepare(grants: &[Grant]) -> Self {
        let mut merged = Merged::default();
        grants.iter().for_each(|grant| merged.add(grant));
        merged.arrange()
    }

    /// Whether the grants that apply on `place` have all the permissions between them.
    ///
    /// Without any permission asked for, nothing holds: a need that demands nothing is a mistake in the catalogue.
    #[must_use]
    pub fn hold(&self, permissions: &[PermissionId], place: &Place<'_>) -> bool {
        match permissions {
            [] => false,
            [only] => self.has(*only, place),
            several => several.chunks(64).all(|chunk| self.hold_chunk(chunk, place)),
        }
    }

    /// Whether the grants on all memberships have all the permissions: of a question about no place, but about all of them.
    #[must_use]
    pub fn hold_on_memberships(&self, permissions: &[PermissionId]) -> bool {
        let set = self.sets.get(self.memberships as usize);
        set.is_some_and(|set| !permissions.is_empty() && permissions.iter().all(|id| set.contains(*id)))
    }

    /// The permissions that the grants on `place` lack.
    #[must_use]
    pub fn missing(&self, permissions: &[PermissionId], place: &Place<'_>) -> PermissionList {
        self.survey(permissions, place).1
    }

    /// Whether any grant applies on `place`, whatever it permits.
    #[must_use]
    pub fn cover(&self, place: &Place<'_>) -> bool {
        self.visit(place, |_, _| ControlFlow::Break(())).is_break()
    }

    /// Whether any grant applies on `place`, and the permissions that those which do lack.
    pub(crate) fn survey(&self, permissions: &[PermissionId], place: &Place<'_>) -> (bool, PermissionList) {
        let mut covered = false;
        let mut held = 0;
        let tick = |set: &PermissionSet, _| {
            covered = true;
            held |= ticks(permissions, set);
            ControlFlow::Continue(())
        };
        let _: ControlFlow<()> = self.visit(place, tick);
        let lacks = |(at, id): &(usize, &PermissionId)| match at {
            0..64 => held >> at & 1 == 0,
            _ => !self.has(**id, place),
        };
        let missing = permissions.iter().enumerate().filter(lacks).map(|(_, id)| *id);
        (covered, missing.collect())
    }

    /// Through which grants the token reaches `place`, for explanations.
    #[must_use]
    pub fn reach(&self, place: &Place<'_>) -> Vec<Reach> {
        let mut found = Vec::new();
        let collect = |_: &PermissionSet, reach| {
            found.push(reach);
            ControlFlow::Continue(())
        };
        let _: ControlFlow<()> = self.visit(place, collect);
        found
    }

    /// How many bytes the value occupies, in itself and behind its pointers.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + size_of_val::<[PermissionSet]>(&self.sets)
            + self.projects.size()
            + self.groups.size()
    }

    fn has(&self, permission: PermissionId, place: &Place<'_>) -> bool {
        self.visit(place, |set, _| stop_if(set.contains(permission))).is_break()
    }

    /// Up to 64 permissions, ticked off in one word as the sets are met.
    fn hold_chunk(&self, chunk: &[PermissionId], place: &Place<'_>) -> bool {
        let mut held = 0_u64;
        let all = u64::MAX >> (64 - chunk.len());
        let tick = |set: &PermissionSet, _| {
            held |= ticks(chunk, set);
            stop_if(held == all)
        };
        self.visit(place, tick).is_break()
    }

    /// Shows `look` each set that applies on the place, until it breaks.
    fn visit(
        &self,
        place: &Place<'_>,
        mut look: impl FnMut(&PermissionSet, Reach) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut show = |index: SetIndex, reach| match self.sets.get(index as usize) {
            Some(set) => look(set, reach),
            None => ControlFlow::Continue(()),
        };
        match place {
            Place::User => show(self.user, Reach::User),
            Place::Instance => show(self.instance, Reach::Instance),
            Place::NotFound(_) => ControlFlow::Continue(()),
            Place::Project(project) => {
                show(self.projects.find(project.id), Reach::Project)?;
                self.visit_above(project.ancestors, &mut show)?;
                show(only_if(project.is_membership(), self.memberships), Reach::AllMemberships)?;
                show(only_if(project.personal, self.personal), Reach::PersonalProjects)
            }
            Place::Group(group) => {
                show(self.groups.find(group.id), Reach::Group(group.id))?;
                self.visit_above(group.ancestors, &mut show)?;
                show(only_if(group.is_membership(), self.memberships), Reach::AllMemberships)
            }
        }
    }

    fn visit_above(
        &self,
        ancestors: &[u64],
        show: &mut impl FnMut(SetIndex, Reach) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.groups.is_empty() {
            return ControlFlow::Continue(());
        }
        ancestors.iter().try_for_each(|group| show(self.groups.find(*group), Reach::Group(*group)))
    }
}

/// How a grant reaches a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The project itself is selected.
    Project,
    /// This group is selected: the place itself or one above it.
    Group(u64),
    /// The owner is a member, and the grant covers all memberships.
    AllMemberships,
    /// The project is in the owner's own namespace.
    PersonalProjects,
    /// The grant is on the user.
    User,
    /// The grant is on the instance.
    Instance,
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project => f.write_str("the selected project itself"),
            Self::Group(id) => write!(f, "the selected group {id}"),
            Self::AllMemberships => f.write_str("all memberships"),
            Self::PersonalProjects => f.write_str("personal projects"),
            Self::User => f.write_str("the user"),
            Self::Instance => f.write_str("the instance"),
        }
    }
}

const fn only_if(applies: bool, index: SetIndex) -> SetIndex {
    if applies { index } else { NO_GRANT }
}

/// One bit for each of the first 64 permissions that is in the set.
fn ticks(permissions: &[PermissionId], set: &PermissionSet) -> u64 {
    let ticked = permissions.iter().take(64).enumerate().map(|(bit, id)| u64::from(set.contains(*id)) << bit);
    ticked.fold(0, std::ops::BitOr::bitor)
}

const fn stop_if(done: bool) -> ControlFlow<()> {
    if done { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Grants merged by where they apply.
#[derive(Default)]
struct Merged {
    projects: BTreeMap<u64, PermissionSet>,
    groups: BTreeMap<u64, PermissionSet>,
    memberships: Option<PermissionSet>,
    personal: Option<PermissionSet>,
    user: Option<PermissionSet>,
    instance: Option<PermissionSet>,
}

impl Merged {
    fn add(&mut self, grant: &Grant) {
        let more = &grant.permissions;
        match &grant.access {
            Access::PersonalProjects => merge(&mut self.personal, more),
            Access::AllMemberships => merge(&mut self.memberships, more),
            Access::User => merge(&mut self.user, more),
            Access::Instance => merge(&mut self.instance, more),
            Access::SelectedMemberships { projects, groups } => {
                projects.iter().for_each(|id| self.projects.entry(*id).or_default().union_with(more));
                groups.iter().for_each(|id| self.groups.entry(*id).or_default().union_with(more));
            }
        }
    }

    fn arrange(self) -> Grants {
        let mut sets = Interned::default();
        Grants {
            memberships: sets.index_or_none(self.memberships),
            personal: sets.index_or_none(self.personal),
            user: sets.index_or_none(self.user),
            instance: sets.index_or_none(self.instance),
            projects: sets.select(self.projects),
            groups: sets.select(self.groups),
            sets: sets.list.into(),
        }
    }
}

fn merge(into: &mut Option<PermissionSet>, more: &PermissionSet) {
    into.get_or_insert(PermissionSet::EMPTY).union_with(more);
}

/// Distinct sets, each kept once: a token often selects many projects with the same permissions.
#[derive(Default)]
struct Interned {
    list: Vec<PermissionSet>,
    known: HashMap<PermissionSet, SetIndex>,
}

impl Interned {
    fn index(&mut self, set: PermissionSet) -> SetIndex {
        *self.known.entry(set).or_insert_with(|| {
            self.list.push(set);
            SetIndex::try_from(self.list.len() - 1).unwrap_or(NO_GRANT)
        })
    }

    fn index_or_none(&mut self, set: Option<PermissionSet>) -> SetIndex {
        set.map_or(NO_GRANT, |set| self.index(set))
    }

    fn select(&mut self, by_id: BTreeMap<u64, PermissionSet>) -> SelectedTable {
        SelectedTable::new(by_id.into_iter().map(|(id, set)| (id, self.index(set))).collect())
    }
}
