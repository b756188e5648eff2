//! `[[credential]]`: endpoints that take another credential than a token of a user.

use super::endpoint;
use super::fields::Fields;
use super::place::Errors;
use super::raw::{Raw, RawCredential};
use crate::Carrier;

pub(super) fn read(fields: &mut Fields<'_, '_>, raw: &mut Raw, errors: &mut Errors) {
    for (place, item) in fields.list(errors, "credential") {
        let Some(mut table) = fields.as_table(item, place, errors) else { continue };
        let reason = table.required_text(errors, "reason");
        let carriers = table.texts(errors, "carriers");
        let carriers =
            carriers.iter().filter_map(|text| errors.note(&text.place, carrier(&text.value))).collect();
        let routes = table.texts(errors, "rest");
        let endpoints = routes.iter().filter_map(|text| endpoint::read(text, false, errors)).collect();
        table.finish(errors);
        if let Some(reason) = reason {
            raw.credentials.push(RawCredential { reason: reason.value, carriers, endpoints });
        }
    }
}

fn carrier(text: &str) -> Result<Carrier, String> {
    match text.split_once(' ') {
        Some(("header", name)) => Ok(Carrier::Header(name.to_owned())),
        Some(("parameter", name)) => Ok(Carrier::Parameter(name.to_owned())),
        _ => Err(format!("`{text}` is not a carrier: `header NAME` or `parameter NAME`")),
    }
}
