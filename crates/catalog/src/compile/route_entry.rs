//! One entry of a `rest` list: a text, or a table with what its path doesn't say.

use toml::de::DeValue;

use super::endpoint;
use super::fields::{Fields, Value, text_of};
use super::place::{Errors, Place};
use super::raw::{RawBoundary, RawContainer, RawRoute};
use crate::BoundaryType;

pub(super) fn read<'a, 't>(
    item: &'a Value<'t>,
    place: Place,
    around: &Fields<'a, 't>,
    errors: &mut Errors,
) -> Option<RawRoute> {
    if !matches!(item.get_ref(), DeValue::Table(_)) {
        let text = text_of(item, place, errors, "rest")?;
        let endpoint = endpoint::read(&text, false, errors)?;
        return Some(RawRoute {
            endpoint,
            boundaries: Vec::new(),
            also_on: Vec::new(),
            also: Vec::new(),
            public: false,
            withheld: Vec::new(),
        });
    }
    let mut fields = around.as_table(item, place, errors)?;
    let route = fields.required_text(errors, "route");
    let replace = fields.flag(errors, "replace");
    let boundaries = read_boundaries(&mut fields, errors);
    let also_on = fields.list(errors, "also_on");
    let also_on = also_on
        .into_iter()
        .filter_map(|(place, item)| read_container(item, place, &fields, errors))
        .collect();
    let also = fields.texts(errors, "also");
    let public = fields.flag(errors, "public");
    let mut withheld = Vec::new();
    if let Some(mut table) = fields.table(errors, "withheld") {
        while let Some((field, value)) = table.take_next() {
            let permission = text_of(value, field.place, errors, "withheld");
            withheld.extend(permission.map(|permission| (field.value, permission)));
        }
    }
    fields.finish(errors);
    let endpoint = endpoint::read(&route?, replace, errors)?;
    Some(RawRoute { endpoint, boundaries, also_on, also, public, withheld })
}

fn read_boundaries(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<RawBoundary> {
    let mut boundaries = Vec::new();
    for boundary in BoundaryType::ALL {
        if let Some(source) = fields.text(errors, boundary.as_str()) {
            boundaries.push(RawBoundary { boundary, source });
        }
    }
    boundaries
}

fn read_container<'a, 't>(
    item: &'a Value<'t>,
    place: Place,
    around: &Fields<'a, 't>,
    errors: &mut Errors,
) -> Option<RawContainer> {
    let mut fields = around.as_table(item, place, errors)?;
    let optional = fields.flag(errors, "optional");
    let mut boundaries = read_boundaries(&mut fields, errors);
    if boundaries.len() != 1 {
        errors.add(&fields.place, "a further container has exactly one boundary");
    }
    fields.finish(errors);
    boundaries.pop().map(|boundary| RawContainer { boundary, optional })
}
