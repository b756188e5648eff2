//! What the guards of fields need once their arguments are known.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use narrowgate_catalog::{BoundaryType, PermissionId};

use super::judge::{Standing, Way};
use super::places::Places;
use super::tree::Spot;
use crate::plan::{At, Field, Plan, Requirement, Variables, requirements};

/// What each guarded field of an answer needs, by the field's address in the plan.
#[derive(Debug, Default)]
pub(super) struct Needs {
    of_fields: HashMap<usize, Box<[Alternatives]>, RandomState>,
    /// Fields that look for something in texts.
    seeking: HashSet<usize, RandomState>,
}

/// Any of these.
type Alternatives = Box<[(Box<[PermissionId]>, Basis)]>;

/// What a need stands on.
#[derive(Clone, Copy, Debug)]
enum Basis {
    Standing(Standing),
    /// The place of the object that the field is asked of.
    Parent(BoundaryType),
}

impl Needs {
    /// Reads the arguments of a guarded field, once. Arguments that can't be read name nothing.
    pub(super) fn read(
        &mut self,
        field: &Field,
        plan: &Plan,
        variables: &Variables,
        places: &mut Places<'_>,
    ) {
        if !field.sought_by.is_empty() && field.seeks(plan, variables) {
            self.seeking.insert(address(field));
        }
        let Some(guard) = &field.guard else { return };
        self.of_fields.entry(address(field)).or_insert_with(|| {
            let requirements = requirements(guard, field, plan, variables)
                .unwrap_or_else(|_| vec![Requirement { any: Vec::new() }]);
            requirements.into_iter().map(|requirement| alternatives(requirement, places)).collect()
        });
    }

    /// Whether a field looks for something in texts, or orders by them.
    pub(super) fn seeks(&self, field: &Field) -> bool {
        self.seeking.contains(&address(field))
    }

    /// What a field needs, all of them, each in any of its ways, asked of an object at a spot.
    pub(super) fn of(&self, field: &Field, spot: Spot) -> Option<impl Iterator<Item = Vec<Way<'_>>>> {
        let needs = self.of_fields.get(&address(field))?;
        Some(needs.iter().map(move |any| {
            any.iter()
                .filter_map(|(permissions, basis)| {
                    Some(Way { permissions, standings: vec![standing(*basis, spot)?] })
                })
                .collect()
        }))
    }
}

/// A field's name within one plan.
pub(super) fn address(field: &Field) -> usize {
    std::ptr::from_ref(field).addr()
}

fn alternatives(requirement: Requirement, places: &mut Places<'_>) -> Alternatives {
    let candidates = requirement.any.into_iter().filter_map(|candidate| {
        let basis = match candidate.at {
            At::Place { boundary, named } => match places.at(named) {
                Spot::At(index) => Basis::Standing(Standing::Place { index, boundary }),
                _ => return None,
            },
            At::Parent(boundary) => Basis::Parent(boundary),
            At::User => Basis::Standing(Standing::User),
            At::Instance => Basis::Standing(Standing::Instance),
        };
        Some((candidate.permissions, basis))
    });
    candidates.collect()
}

fn standing(basis: Basis, spot: Spot) -> Option<Standing> {
    match (basis, spot) {
        (Basis::Standing(standing), _) => Some(standing),
        (Basis::Parent(boundary), Spot::At(index)) => Some(Standing::Place { index, boundary }),
        (Basis::Parent(BoundaryType::User), Spot::Nowhere) => Some(Standing::User),
        (Basis::Parent(_), _) => None,
    }
}
