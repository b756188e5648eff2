//! One entry of `types`, `fields` or `mutations`: a text, or a table with further permissions and arguments.

use toml::de::DeValue;

use super::fields::{Fields, Value, text_of};
use super::graphql_expression;
use super::place::{Errors, Place};
use super::raw::RawGraphql;
use crate::GraphqlKind;

pub(super) fn read<'a, 't>(
    item: &'a Value<'t>,
    place: Place,
    kind: GraphqlKind,
    around: &Fields<'a, 't>,
    errors: &mut Errors,
) -> Option<RawGraphql> {
    let (text, also, also_on) = if matches!(item.get_ref(), DeValue::Table(_)) {
        let mut fields = around.as_table(item, place, errors)?;
        let name = fields.required_text(errors, "name");
        let also = fields.texts(errors, "also");
        let also_on = fields.texts(errors, "also_on");
        fields.finish(errors);
        (name?, also, also_on)
    } else {
        (text_of(item, place, errors, "an entry")?, Vec::new(), Vec::new())
    };
    let written = errors.note(&text.place, graphql_expression::parse(&text.value, kind))?;
    Some(RawGraphql {
        kind,
        name: written.name,
        arguments: written.arguments,
        methods: written.methods,
        boundaries: written.boundaries,
        also,
        also_on,
        place: text.place,
    })
}
