//! The rows: one for each operation, boundary and way of naming it.

use narrowgate_catalog::{
    BoundarySource, BoundaryType, Catalog, LookupAnswer, Match, Operation, Params, Source, Surface,
};
use narrowgate_tests::world;

use super::answers::{self, Planted};
use super::request::{Draft, Request};

/// A container, or the user or instance, that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Project(u64),
    Group(u64),
    User,
    Instance,
}

impl Place {
    /// Where the operation's own need is put to the test: private, so that no public read interferes.
    const fn first(boundary: BoundaryType) -> Self {
        match boundary {
            BoundaryType::Project => Self::Project(world::WEB),
            BoundaryType::Group => Self::Group(world::PLATFORM),
            BoundaryType::User => Self::User,
            BoundaryType::Instance => Self::Instance,
        }
    }

    /// Another container, for the further needs.
    const fn second(boundary: BoundaryType) -> Self {
        match boundary {
            BoundaryType::Project => Self::Project(world::INFRA),
            BoundaryType::Group => Self::Group(world::ACME),
            other => Self::first(other),
        }
    }

    /// What stands for it in a request.
    pub(super) fn id(self) -> u64 {
        match self {
            Self::Project(id) | Self::Group(id) => id,
            Self::User | Self::Instance => 0,
        }
    }
}

/// One operation at one boundary, named in one way.
pub(super) struct Row<'c> {
    pub(super) operation: &'c Operation,
    /// What must hold, need by need: the place and the permissions.
    pub(super) places: Vec<(Place, &'c [narrowgate_catalog::PermissionId])>,
    pub(super) request: Request,
    /// The look-up that finds the place, and how it is answered.
    pub(super) lookup: Option<Planted>,
    /// The look-up can't be answered: not found, whatever the token holds.
    pub(super) unanswerable: bool,
}

impl Row<'_> {
    /// What messages call it.
    pub(super) fn name(&self) -> String {
        let places: Vec<_> = self.places.iter().map(|(place, _)| format!("{place:?}")).collect();
        format!("{} [{}]", self.request.line(), places.join(" and "))
    }
}

/// Every row of every guarded REST operation. What can't be turned into a request is reported in `wrong`.
pub(super) fn all<'c>(catalog: &'c Catalog, wrong: &mut Vec<String>) -> Vec<Row<'c>> {
    let mut rows = Vec::new();
    for operation in catalog.operations().filter(|operation| operation.surface == Surface::Rest) {
        let Some(first) = operation.needs().first() else { continue };
        for source in &first.boundaries {
            for name in 0..names(&source.source) {
                let row = row(catalog, operation, source, name, rows.len());
                if !is_classified(catalog, &row) {
                    wrong.push(format!(
                        "{}: the request is not classified as {}",
                        row.request.line(),
                        operation.template
                    ));
                }
                rows.push(row);
            }
        }
    }
    rows
}

/// In how many ways a source can be named: a parameter may have several names.
fn names(source: &Source) -> usize {
    match source {
        Source::Query { names } | Source::Body { names } => names.len(),
        _ => 1,
    }
}

fn row<'c>(
    catalog: &'c Catalog,
    operation: &'c Operation,
    source: &BoundarySource,
    name: usize,
    number: usize,
) -> Row<'c> {
    let mut draft = Draft::of(operation);
    let mut row_lookup = None;
    let mut unanswerable = false;
    let mut places = Vec::new();
    for (index, need) in operation.needs().iter().enumerate() {
        let source = if index == 0 { source } else { &need.boundaries[0] };
        let place = if index == 0 { Place::first(source.boundary) } else { Place::second(source.boundary) };
        match &source.source {
            Source::Path { index, .. } => draft.path(*index, &place.id().to_string()),
            Source::Query { names } => {
                draft.query(&names[if index == 0 { name } else { 0 }], &place.id().to_string())
            }
            Source::Body { names } => {
                draft.body(&names[if index == 0 { name } else { 0 }], &place.id().to_string())
            }
            Source::Lookup(reference) => {
                let lookup = catalog.lookup(reference.lookup);
                unanswerable |= matches!(lookup.answer, LookupAnswer::Unanswerable { .. });
                row_lookup = Some(answers::fill(lookup, reference, place, number, &mut draft));
            }
            Source::Owner | Source::Instance => {}
        }
        places.push((place, need.permission_ids.as_slice()));
    }
    Row { operation, places, request: draft.finish(), lookup: row_lookup, unanswerable }
}

fn is_classified(catalog: &Catalog, row: &Row<'_>) -> bool {
    let mut params = Params::default();
    match catalog.classify(row.operation.method, row.request.path(), &mut params) {
        Match::Operation(found) => found.id == row.operation.id,
        _ => false,
    }
}
