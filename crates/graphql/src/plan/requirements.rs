//! What must hold before a field is carried out, with the values of its arguments.

use narrowgate_catalog::{BoundaryType, PermissionId};

use super::reader::Reader;
use super::{Container, Fault, Field, Plan, PlanError, Variables};
use crate::guard::{Alternative, ArgumentPath, FieldGuard, Names, Need, Source};
use crate::{GlobalId, Named, Reference};

/// Places that the arguments of one field may name.
const MOST_PLACES: usize = 1_000;

/// What must hold before a root field is forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootCheck {
    /// Whether the catalogue says what the field needs.
    pub is_covered: bool,
    /// All of these must hold.
    pub requirements: Vec<Requirement>,
}

/// Any of these admits; without any, no place was named: not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The candidates, in check order.
    pub any: Vec<Candidate>,
}

/// Permissions, all of them, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// All of these are needed.
    pub permissions: Box<[PermissionId]>,
    /// Where.
    pub at: At,
}

/// Where permissions are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// At a place that an argument names.
    Place {
        /// What must come out. For the user: a record of the owner's own; for the instance: one of no project or group.
        boundary: BoundaryType,
        /// What the argument names.
        named: Named,
    },
    /// At the place of the object that the field is asked of, if it is of this kind.
    Parent(BoundaryType),
    /// The token's owner.
    User,
    /// The instance.
    Instance,
}

impl Plan {
    /// What must hold before each root field is forwarded, in their order.
    ///
    /// # Errors
    ///
    /// Variables that don't fit: a missing one that has to be there, and values that name no place where one is named.
    pub fn root_checks(&self, variables: &Variables) -> Result<Vec<RootCheck>, PlanError> {
        self.check_variables(variables)?;
        let pairs = self.roots.iter().zip(&self.root.fields);
        let checks = pairs.map(|(root, field)| {
            let mut found = match &root.guard {
                Some(guard) => requirements(guard, field, self, variables)?,
                None => Vec::new(),
            };
            if let Some(container) = &root.container {
                let own = of_container(container, &Reader::new(field, self, variables))?;
                found.extend(own.into_iter().filter(|own| !found.contains(own)).collect::<Vec<_>>());
            }
            Ok(RootCheck { is_covered: root.is_covered, requirements: found })
        });
        checks.collect()
    }

    fn check_variables(&self, variables: &Variables) -> Result<(), PlanError> {
        for definition in self.variables.iter().filter(|definition| !definition.is_nullable) {
            let is_there = match variables.get(&definition.name) {
                Some(value) => !value.is_null(),
                None => definition.default.is_some(),
            };
            if !is_there {
                let message = format!("the variable `{}` needs a value", definition.name);
                return Err(PlanError::new(Fault::Variables, message));
            }
        }
        Ok(())
    }
}

/// What a guard demands of a field with these arguments. Of a list each element has its own requirement.
///
/// # Errors
///
/// Values that name no place where one is named: a wrong type, or what is no global id.
pub fn requirements(
    guard: &FieldGuard,
    field: &Field,
    plan: &Plan,
    variables: &Variables,
) -> Result<Vec<Requirement>, PlanError> {
    let reader = Reader::new(field, plan, variables);
    let mut found = Vec::new();
    for need in &guard.needs {
        found.extend(of_need(need, &reader)?);
    }
    Ok(found)
}

/// An argument that is given, and each place that it names.
struct Given<'n> {
    steps: &'n [Box<str>],
    places: Vec<String>,
}

fn of_need(need: &Need, reader: &Reader<'_>) -> Result<Vec<Requirement>, PlanError> {
    let given = given(need, reader)?;
    if need.optional && given.is_empty() {
        return Ok(Vec::new());
    }
    let rounds = given.iter().try_fold(1_usize, |rounds, given| rounds.checked_mul(given.places.len()));
    let rounds = rounds.filter(|rounds| *rounds <= MOST_PLACES).ok_or_else(|| {
        PlanError::new(Fault::Limit, format!("arguments name more than {MOST_PLACES} places"))
    })?;
    let requirement = |round| Ok(Requirement { any: candidates(need, &picked(round, &given))? });
    (0..rounds).map(requirement).collect()
}

/// The arguments of a need that are given, each once.
fn given<'n>(need: &'n Need, reader: &Reader<'_>) -> Result<Vec<Given<'n>>, PlanError> {
    let mut given: Vec<Given<'n>> = Vec::new();
    for source in need.any.iter().flat_map(|alternative| &alternative.sources) {
        let Source::Argument(path) = source else { continue };
        let steps = &*path.steps;
        if given.iter().all(|given| given.steps != steps) {
            given.extend(reader.places(steps)?.map(|places| Given { steps, places }));
        }
    }
    Ok(given)
}

/// One place of each argument; the rounds go through all combinations.
fn picked<'g>(mut round: usize, given: &'g [Given<'_>]) -> Vec<(&'g [Box<str>], &'g str)> {
    let pick = |given: &'g Given<'_>| {
        let at = round % given.places.len();
        round /= given.places.len();
        Some((given.steps, given.places.get(at)?.as_str()))
    };
    given.iter().filter_map(pick).collect()
}

fn candidates(need: &Need, picked: &[(&[Box<str>], &str)]) -> Result<Vec<Candidate>, PlanError> {
    let place = |path: &ArgumentPath| picked.iter().find(|(steps, _)| *steps == &*path.steps);
    let mut candidates = Vec::new();
    for Alternative { permissions, sources } in &need.any {
        let names_none =
            sources.iter().all(|source| !matches!(source, Source::Argument(path) if place(path).is_some()));
        for source in sources {
            let at = match source {
                Source::Argument(path) => match place(path) {
                    Some((_, text)) => At::Place { boundary: path.boundary, named: named(path, text)? },
                    None => continue,
                },
                Source::Parent(boundary) => At::Parent(*boundary),
                Source::User if names_none => At::User,
                Source::Instance if names_none => At::Instance,
                Source::User | Source::Instance => continue,
            };
            candidates.push(Candidate { permissions: permissions.clone(), at });
        }
    }
    Ok(candidates)
}

/// What the rules of a container demand of each place that its argument names.
fn of_container(container: &Container, reader: &Reader<'_>) -> Result<Vec<Requirement>, PlanError> {
    let argument = &container.argument;
    let mut found = Vec::new();
    for place in reader.places(&argument.steps)?.unwrap_or_default() {
        let named = named(argument, &place)?;
        let mut any = Vec::new();
        for rule in &container.rules.any {
            let has_place = rule
                .boundaries
                .iter()
                .any(|boundary| matches!(boundary, BoundaryType::Project | BoundaryType::Group));
            let at = rule.boundaries.iter().filter_map(|&boundary| match boundary {
                BoundaryType::Instance => Some(At::Instance),
                BoundaryType::User if !has_place => Some(At::User),
                _ if boundary == argument.boundary => Some(At::Place { boundary, named: named.clone() }),
                _ => None,
            });
            any.extend(at.map(|at| Candidate { permissions: rule.permissions.clone(), at }));
        }
        found.push(Requirement { any });
    }
    Ok(found)
}

fn named(path: &ArgumentPath, text: &str) -> Result<Named, PlanError> {
    match path.names {
        Names::FullPath => Ok(match path.boundary {
            BoundaryType::Project => Named::Project(Reference::Path(text.to_owned())),
            BoundaryType::Group => Named::Group(Reference::Path(text.to_owned())),
            BoundaryType::User => Named::OwnNamespace(text.to_owned()),
            BoundaryType::Instance => Named::Container(text.to_owned()),
        }),
        Names::GlobalId => {
            let id = GlobalId::parse(text).ok_or_else(|| misfit(&path.steps, "is no global id"))?;
            Ok(Named::from(id))
        }
    }
}

fn misfit(steps: &[Box<str>], how: &str) -> PlanError {
    PlanError::new(Fault::Variables, format!("the argument `{}` {how}", steps.join(".")))
}
