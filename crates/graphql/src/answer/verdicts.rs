//! What the caller decided, asked once for each kind of thing at each spot.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use narrowgate_catalog::BoundaryType;

use super::judge::{Judge, Standing, Way};
use super::needs::{Needs, address};
use super::report::telling;
use super::tree::Spot;
use crate::Refusal;
use crate::guard::{Class, Rule, Rules};
use crate::plan::Field;

/// A refusal's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RefusalId(usize);

/// What is decided: objects by their rules, fields by their address in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Rules(u32),
    /// All that these rules are about, below the spot.
    All(u32),
    Field(usize),
    Unclassified,
    Nothing,
}

type Verdict = Result<(), RefusalId>;

pub(super) struct Verdicts<'a, J> {
    judge: &'a mut J,
    needs: &'a Needs,
    known: HashMap<(Subject, Spot), Verdict, RandomState>,
    last: Option<((Subject, Spot), Verdict)>,
    refusals: Vec<Refusal>,
    /// For each refusal the first that is told the same way.
    alike: Vec<RefusalId>,
    by_telling: HashMap<String, RefusalId, RandomState>,
}

impl RefusalId {
    pub(super) const fn index(self) -> usize {
        self.0
    }
}

impl<'a, J: Judge> Verdicts<'a, J> {
    pub(super) fn new(judge: &'a mut J, needs: &'a Needs) -> Self {
        Self {
            judge,
            needs,
            known: HashMap::default(),
            last: None,
            refusals: Vec::new(),
            alike: Vec::new(),
            by_telling: HashMap::default(),
        }
    }

    /// All refusals, by their ids.
    pub(super) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Keeps a refusal.
    pub(super) fn add(&mut self, refusal: Refusal) -> RefusalId {
        let id = RefusalId(self.refusals.len());
        let alike = *self.by_telling.entry(telling(&refusal)).or_insert(id);
        self.refusals.push(refusal);
        self.alike.push(alike);
        id
    }

    /// The first refusal of those that are counted together where a list lacks items.
    pub(super) fn alike(&self, id: RefusalId) -> RefusalId {
        self.alike.get(id.0).copied().unwrap_or(id)
    }

    /// Why nothing is shown that isn't anywhere.
    pub(super) fn of_nothing(&mut self) -> Verdict {
        self.remember((Subject::Nothing, Spot::Unknown), |verdicts| verdicts.judge.judge(&[]))
    }

    /// Whether an object of this class may be shown at this spot.
    pub(super) fn of_class(&mut self, class: &Class, spot: Spot) -> Verdict {
        match class {
            Class::Guarded(guard) => self.of_rules(&guard.rules, spot),
            Class::Unclassified => self.remember((Subject::Unclassified, spot), |verdicts| {
                verdicts.judge.unclassified(&anywhere(spot))
            }),
            Class::Structural | Class::Part | Class::Public => Ok(()),
        }
    }

    fn of_rules(&mut self, rules: &Rules, spot: Spot) -> Verdict {
        self.remember((Subject::Rules(rules.id), spot), |verdicts| {
            let ways = rules.any.iter();
            let ways =
                ways.map(|rule| Way { permissions: &rule.permissions, standings: standings(rule, spot) });
            verdicts.judge.judge(&ways.collect::<Vec<_>>())
        })
    }

    /// Whether a field may be shown of an object that hands this spot down, whatever its value is.
    pub(super) fn of_field(&mut self, field: &Field, spot: Spot) -> Verdict {
        if field.guard.is_some() {
            self.remember((Subject::Field(address(field)), spot), |verdicts| {
                verdicts.judge_field(field, spot)
            })?;
        }
        let mut counted = field.counts.iter();
        counted.try_for_each(|class| match field.counts_if_settled && !self.is_settled(class, spot) {
            true if self.needs.seeks(field) => self.of_all(class, spot),
            true => Ok(()),
            false => self.of_class(class, spot),
        })
    }

    /// Whether a field of the root may be shown whose arguments were decided before: for what it looks for in texts.
    pub(super) fn of_search(&mut self, field: &Field, spot: Spot) -> Verdict {
        if self.needs.seeks(field) { self.of_field(field, spot) } else { Ok(()) }
    }

    /// Whether all objects of this class may be shown that are listed at this spot, wherever each of them is.
    fn of_all(&mut self, class: &Class, spot: Spot) -> Verdict {
        let Class::Guarded(guard) = class else { return self.of_class(class, spot) };
        let rules = &guard.rules;
        self.remember((Subject::All(rules.id), spot), |verdicts| {
            let index = if let Spot::At(index) = spot { Some(index) } else { None };
            let here = index.and_then(|index| {
                verdicts.judge.kind(index).map(|boundary| Standing::Place { index, boundary })
            });
            let ways = rules.any.iter().map(|rule| {
                let mut standings = standings(rule, spot);
                standings.extend(here);
                Way { permissions: &rule.permissions, standings }
            });
            let ways: Vec<_> = ways.collect();
            if here.is_some() { verdicts.judge.judge(&ways) } else { verdicts.judge.judge_all(&ways) }
        })
    }

    /// Whether what is listed at this spot is decided by the spot itself, and not by where each object of the list is: a
    /// list of issues at a project, not a list of projects at a group or at the root.
    fn is_settled(&self, class: &Class, spot: Spot) -> bool {
        let Class::Guarded(guard) = class else { return true };
        let knows = |kind| guard.rules.any.iter().any(|rule| rule.boundaries.contains(&kind));
        let knows_none = !knows(BoundaryType::Project) && !knows(BoundaryType::Group);
        match spot {
            Spot::At(index) => knows_none || self.judge.kind(index).is_none_or(knows),
            Spot::Unknown => true,
            Spot::Nowhere | Spot::Untold | Spot::Inherit | Spot::InheritOrNowhere => knows_none,
        }
    }

    fn judge_field(&mut self, field: &Field, spot: Spot) -> Result<(), Refusal> {
        match self.needs.of(field, spot) {
            Some(mut needs) => needs.try_for_each(|ways| self.judge.judge(&ways)),
            None => self.judge.judge(&[]),
        }
    }

    fn remember(
        &mut self,
        key: (Subject, Spot),
        decide: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Verdict {
        if let Some((last, verdict)) = self.last
            && last == key
        {
            return verdict;
        }
        let verdict = match self.known.get(&key) {
            Some(verdict) => *verdict,
            None => {
                let verdict = decide(self).map_err(|refusal| self.add(refusal));
                self.known.insert(key, verdict);
                verdict
            }
        };
        self.last = Some((key, verdict));
        verdict
    }
}

/// What a rule may hold on for an object at a spot.
///
/// The user counts where a rule knows no projects and groups, and for what is in none of them.
fn standings(rule: &Rule, spot: Spot) -> Vec<Standing> {
    let has_places =
        rule.boundaries.iter().any(|kind| matches!(kind, BoundaryType::Project | BoundaryType::Group));
    if has_places && spot == Spot::Unknown {
        return Vec::new();
    }
    let standing = |boundary: &BoundaryType| match (boundary, spot) {
        (BoundaryType::Instance, _) => Some(Standing::Instance),
        (BoundaryType::User, _) if !has_places => Some(Standing::User),
        (BoundaryType::User, Spot::Nowhere) => Some(Standing::User),
        (BoundaryType::Project | BoundaryType::Group, Spot::At(index)) => {
            Some(Standing::Place { index, boundary: *boundary })
        }
        _ => None,
    };
    rule.boundaries.iter().filter_map(standing).collect()
}

/// All that something may stand on whose needs nobody knows.
fn anywhere(spot: Spot) -> Vec<Standing> {
    match spot {
        Spot::At(index) => [BoundaryType::Project, BoundaryType::Group]
            .map(|boundary| Standing::Place { index, boundary })
            .to_vec(),
        Spot::Nowhere => vec![Standing::User, Standing::Instance],
        Spot::Untold | Spot::Unknown | Spot::Inherit | Spot::InheritOrNowhere => Vec::new(),
    }
}
