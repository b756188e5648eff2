//! Places that only the instance can tell: whose a bare id is.

use narrowgate_catalog::{Argument, BoundaryType, LookupRef};
use narrowgate_gitlab::{Container, Reference};
use percent_encoding::percent_decode_str;
use smallvec::{SmallVec, smallvec};

use super::{FoundPlace, Search, group, project};
use crate::classify::values::in_query;
use crate::receive::Violation;
use crate::refusal::Refusal;

type Values = SmallVec<[String; 1]>;

/// The places that a look-up gives, if they are of the wanted kind: the other kinds are alternatives of their own.
pub(super) async fn places(
    search: &Search<'_>,
    kind: BoundaryType,
    reference: &'static LookupRef,
) -> Result<SmallVec<[FoundPlace; 1]>, Refusal> {
    let mut places = SmallVec::new();
    for arguments in arguments(search, reference)? {
        places.extend(one(search, kind, reference, &arguments).await?);
    }
    Ok(places)
}

async fn one(
    search: &Search<'_>,
    kind: BoundaryType,
    reference: &'static LookupRef,
    values: &[String],
) -> Result<Option<FoundPlace>, Refusal> {
    let lookup = search.eyes.core.catalog.lookup(reference.lookup);
    let names = reference.arguments.iter().map(|(name, _)| name.as_str());
    let arguments: SmallVec<[(&str, &str); 2]> = names.zip(values.iter().map(String::as_str)).collect();
    let directory = &search.eyes.core.directory;
    let container = directory.lookup(search.eyes.identity, lookup, &arguments, search.candidates).await?;
    let found = match container {
        None => None,
        Some(container) if container.boundary() != kind => return Ok(None),
        Some(Container::User) => Some(FoundPlace::User),
        Some(Container::Instance) => Some(FoundPlace::Instance),
        Some(Container::Project(id)) => project(search.eyes, &Reference::Id(id)).await?,
        Some(Container::Group(id)) => group(search.eyes, &Reference::Id(id)).await?,
    };
    Ok(Some(found.unwrap_or(FoundPlace::NotFound(kind))))
}

/// The values of a look-up's arguments: one row, or one for each item of a list. None if the request leaves one out.
fn arguments(search: &Search<'_>, reference: &'static LookupRef) -> Result<Vec<Values>, Refusal> {
    let mut rows: Vec<Values> = vec![smallvec![]];
    for (_, argument) in &reference.arguments {
        let values = value(search, argument)?;
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(move |value| {
                    let mut longer = row.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect();
    }
    Ok(rows)
}

fn value(search: &Search<'_>, argument: &'static Argument) -> Result<Values, Refusal> {
    match argument {
        Argument::Path(index) => match search.params.get(*index) {
            Some(raw) => {
                let text = percent_decode_str(raw).decode_utf8().map_err(|_| Violation::InvalidUtf8)?;
                Ok(smallvec![text.into_owned()])
            }
            None => Ok(smallvec![]),
        },
        Argument::Query(name) => Ok(in_query(search.query, name)?.into_iter().collect()),
        Argument::Body(name) => Ok(search.values.get(name)?),
    }
}
