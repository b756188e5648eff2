//! The rows: one for each operation, boundary and way of naming it.

use narrowgate_catalog::{
    BoundarySource, BoundaryType, Catalog, LookupAnswer, Match, Operation, Params, Source, Surface,
};
use narrowgate_tests::world;

use super::answers::{self, Planted};
use super::request::{Draft, Request, has_optional_parts};

/// A container, or the user or instance, that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
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

    /// Another container, for the further needs: no first one covers it.
    const fn second(boundary: BoundaryType) -> Self {
        match boundary {
            BoundaryType::Project => Self::Project(world::MARIA_HOME),
            BoundaryType::Group => Self::Group(world::ACME),
            other => Self::first(other),
        }
    }

    /// What stands for it in the operation's path. A namespace is another thing than its project, with another id, but
    /// of the same full path.
    fn named(self, operation: &Operation) -> String {
        match self {
            Self::Project(world::WEB) if operation.template.starts_with("/namespaces/") => {
                "acme%2Fweb".to_owned()
            }
            place => place.id().to_string(),
        }
    }

    /// Its id; 0 where there is none.
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

    /// Whether the need at `index` is the only one of its place.
    pub(super) fn is_apart(&self, index: usize) -> bool {
        let same = self.places.iter().filter(|(place, _)| *place == self.places[index].0);
        same.count() == 1
    }

    /// Whether the operation's own need could hold elsewhere too.
    pub(super) fn has_alternatives(&self) -> bool {
        self.operation.needs()[0].boundaries.len() > 1
    }

    /// Whether the catalogue takes the request for one of the row's operation.
    pub(super) fn is_classified(&self, catalog: &Catalog) -> bool {
        let mut params = Params::default();
        match catalog.classify(self.operation.method, self.request.path(), &mut params) {
            Match::Operation(found) => found.id == self.operation.id,
            Match::Ambiguous(_) | Match::Uncovered => false,
        }
    }
}

/// Every row of every guarded REST operation.
pub(super) fn all(catalog: &Catalog) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for operation in catalog.operations().filter(|operation| operation.surface == Surface::Rest) {
        let Some(first) = operation.needs().first() else { continue };
        for source in &first.boundaries {
            for name in 0..names(&source.source) {
                let draft = Draft::of(operation, true);
                rows.push(row(catalog, operation, source, name, draft, rows.len()));
            }
        }
        if has_optional_parts(operation) {
            let draft = Draft::of(operation, false);
            rows.push(row(catalog, operation, &first.boundaries[0], 0, draft, rows.len()));
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
    mut draft: Draft,
    number: usize,
) -> Row<'c> {
    let mut row_lookup = None;
    let mut unanswerable = false;
    let mut places = Vec::new();
    for (index, need) in operation.needs().iter().enumerate() {
        let source = if index == 0 { source } else { &need.boundaries[0] };
        let place = if index == 0 { Place::first(source.boundary) } else { Place::second(source.boundary) };
        match &source.source {
            Source::Path { index, .. } => draft.path(*index, &place.named(operation)),
            Source::Query { names } => {
                draft.query(&names[if index == 0 { name } else { 0 }], &place.id().to_string());
            }
            Source::Body { names } => {
                draft.body(&names[if index == 0 { name } else { 0 }], &place.id().to_string());
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
    // The other alternatives of the first need may share the path: it has to name something that exists.
    for other in &operation.needs()[0].boundaries {
        if let Source::Path { index, .. } = &other.source {
            draft.path_if_unnamed(*index, &Place::first(other.boundary).named(operation));
        }
    }
    Row { operation, places, request: draft.finish(), lookup: row_lookup, unanswerable }
}
