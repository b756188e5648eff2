//! `[graphql]`: what is said of a GraphQL schema beside permissions.

use toml::de::DeValue;

use super::fields::{Fields, Value, text_of};
use super::place::{Errors, Place};
use super::raw::Raw;
use crate::GraphqlLocator;

pub(super) fn read(fields: &mut Fields<'_, '_>, raw: &mut Raw, errors: &mut Errors) {
    let Some(mut table) = fields.table(errors, "graphql") else { return };
    raw.graphql.parts.extend(table.texts(errors, "parts"));
    raw.graphql.public.extend(table.texts(errors, "public"));
    raw.graphql.elsewhere.extend(table.texts(errors, "elsewhere"));
    raw.graphql.referred.extend(table.texts(errors, "referred"));
    if let Some(mut types) = table.table(errors, "linked") {
        while let Some((name, value)) = types.take_next() {
            let permission = text_of(value, name.place.clone(), errors, "a permission");
            raw.graphql.linked.extend(permission.map(|permission| (name, permission)));
        }
    }
    if let Some(mut types) = table.table(errors, "locate") {
        while let Some((name, value)) = types.take_next() {
            let locators = read_locators(value, &name.place, errors);
            raw.graphql.locators.push((name, locators));
        }
    }
    table.finish(errors);
}

/// A list of paths; without any, objects of the type have no place.
fn read_locators(value: &Value<'_>, place: &Place, errors: &mut Errors) -> Vec<GraphqlLocator> {
    let DeValue::Array(items) = value.get_ref() else {
        errors.add(place, "a list of paths is expected here");
        return Vec::new();
    };
    let texts = items.iter().filter_map(|item| text_of(item, place.clone(), errors, "a path"));
    let texts: Vec<_> = texts.collect();
    texts.into_iter().filter_map(|text| errors.note(place, locator(&text.value))).collect()
}

fn locator(text: &str) -> Result<GraphqlLocator, String> {
    if text == "inherit" {
        return Ok(GraphqlLocator::Inherit);
    }
    let steps: Vec<String> = text.split('.').map(str::to_owned).collect();
    let is_name = |step: &String| {
        step.starts_with(|first: char| first.is_ascii_lowercase())
            && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if steps.iter().all(is_name) {
        Ok(GraphqlLocator::Path(steps))
    } else {
        Err(format!("`{text}` is not a path of fields: `mergeRequest.project.id`"))
    }
}
