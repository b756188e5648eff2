//! `[lookup.NAME]`: how the instance tells which container a bare id belongs to. `[global_ids]`: the look-up of each model.

use super::fields::{Fields, text_of};
use super::names;
use super::place::{Errors, Located};
use super::raw::{Raw, RawLookup};
use crate::{
    BoundaryType, Condition, ContainerAt, Encoding, ListPath, Listed, LookupAnswer, PointerReads, Then,
};

pub(super) fn read(fields: &mut Fields<'_, '_>, raw: &mut Raw, errors: &mut Errors) {
    if let Some(mut models) = fields.table(errors, "global_ids") {
        while let Some((model, value)) = models.take_next() {
            let lookup = text_of(value, model.place.clone(), errors, "a look-up");
            raw.global_ids.extend(lookup.map(|lookup| (model, lookup)));
        }
    }
    let Some(mut tables) = fields.table(errors, "lookup") else { return };
    while let Some((name, value)) = tables.take_next() {
        let Some(table) = tables.as_table(value, name.place.clone(), errors) else { continue };
        errors.note(&name.place, names::check_snake(&name.value));
        raw.lookups.extend(read_lookup(name, table, errors));
    }
}

fn read_lookup(name: Located<String>, mut fields: Fields<'_, '_>, errors: &mut Errors) -> Option<RawLookup> {
    let about = fields.required_text(errors, "about");
    let arguments: Vec<String> =
        fields.texts(errors, "arguments").into_iter().map(|text| text.value).collect();
    if arguments.is_empty() {
        errors.add(&fields.place, "`arguments` is missing");
    }
    let answer = read_answer(&mut fields, &arguments, errors);
    let mut otherwise = Vec::new();
    for (place, item) in fields.list(errors, "otherwise") {
        let Some(mut other) = fields.as_table(item, place, errors) else { continue };
        otherwise.extend(read_answer(&mut other, &arguments, errors));
        other.finish(errors);
    }
    fields.finish(errors);
    Some(RawLookup { name, about: about?.value, arguments, answer: answer?, otherwise })
}

fn read_answer(
    fields: &mut Fields<'_, '_>,
    arguments: &[String],
    errors: &mut Errors,
) -> Option<LookupAnswer> {
    let kinds =
        ["get", "graphql", "decode", "in_projects", "listed_in_projects", "listed_in_groups", "unanswerable"];
    let given: Vec<&str> = kinds.into_iter().filter(|kind| fields.has(kind)).collect();
    let [kind] = given.as_slice() else {
        errors.add(
            &fields.place,
            "a look-up has one of `get`, `graphql`, `decode`, `in_projects`, `listed_in_projects`, `listed_in_groups` and `unanswerable`",
        );
        return None;
    };
    match *kind {
        "listed_in_projects" => return read_listed(fields, BoundaryType::Project, kind, arguments, errors),
        "listed_in_groups" => return read_listed(fields, BoundaryType::Group, kind, arguments, errors),
        _ => {}
    }
    let text = fields.text(errors, kind)?;
    match *kind {
        "get" => {
            check_placeholders(&text, arguments, false, errors);
            Some(LookupAnswer::Get { path: text.value, containers: read_containers(fields, errors) })
        }
        "graphql" => {
            let containers = read_containers(fields, errors);
            let asks = text.value.contains("$id") || text.value.contains("$number");
            let compares = |at: &ContainerAt| at.when.as_ref().is_some_and(|when| when.equals == "{id}");
            if !(asks || containers.iter().all(compares)) || arguments != ["id"] {
                errors.add(&text.place, "a look-up by GraphQL has the argument `id` and asks for `$id`");
            }
            Some(LookupAnswer::Graphql { document: text.value, containers })
        }
        "in_projects" => {
            check_placeholders(&text, arguments, true, errors);
            Some(LookupAnswer::InProjects { path: text.value })
        }
        "decode" => {
            let encoding = errors.note(&text.place, encoding(&text.value));
            let boundary = fields.required_text(errors, "boundary");
            let boundary = boundary.and_then(|text| errors.note(&text.place, names::boundary(&text.value)));
            Some(LookupAnswer::Decode {
                encoding: encoding?,
                boundary: boundary?,
                argument: arguments.first()?.clone(),
            })
        }
        _ => Some(LookupAnswer::Unanswerable { reason: text.value }),
    }
}

fn read_listed(
    fields: &mut Fields<'_, '_>,
    within: BoundaryType,
    kind: &str,
    arguments: &[String],
    errors: &mut Errors,
) -> Option<LookupAnswer> {
    if arguments != ["id"] {
        errors.add(&fields.place, "a look-up in lists has the argument `id`");
    }
    let top_level = fields.flag(errors, "top_level");
    if top_level && within != BoundaryType::Group {
        errors.add(&fields.place, "`top_level` is said of groups");
    }
    let lists = fields.text_or_texts(errors, kind);
    let lists: Option<Vec<ListPath>> = lists.iter().map(|text| read_list(text, false, errors)).collect();
    let then = match (fields.text(errors, "then_of"), fields.text(errors, "then_within")) {
        (None, None) => None,
        (Some(text), None) => read_then_of(&text, errors),
        (None, Some(text)) => Some(Then { of: None, list: read_list(&text, true, errors)? }),
        (Some(text), Some(_)) => {
            errors.add(&text.place, "`then_of` and `then_within` exclude each other");
            None
        }
    };
    let lists = lists.filter(|lists| !lists.is_empty())?;
    Some(LookupAnswer::Listed(Listed { within, top_level, lists, then }))
}

fn read_list(text: &Located<String>, has_each: bool, errors: &mut Errors) -> Option<ListPath> {
    if text.value.contains("$each") != has_each {
        errors.add(&text.place, "`$each` stands in `then_within`, and nowhere else");
    }
    let blanks = text.value.replace("$each", "").replace("$owner", "").replace("$id", "");
    if blanks.contains('$') {
        errors.add(&text.place, "the arguments of a list have `$id`, `$owner` and `$each`, and no other");
    }
    errors.note(&text.place, ListPath::parse(&text.value))
}

/// `package.packageFiles[]`: the root field that shows the record, and the list of it.
fn read_then_of(text: &Located<String>, errors: &mut Errors) -> Option<Then> {
    let Some((root, list)) = read_list(text, false, errors)?.root() else {
        errors.add(&text.place, "`then_of` is a field of the query, without arguments, and a list below it");
        return None;
    };
    Some(Then { of: Some(root), list })
}

fn encoding(name: &str) -> Result<Encoding, String> {
    match name {
        "plus_path" => Ok(Encoding::PlusPath),
        "base64_group_iid" => Ok(Encoding::Base64GroupIid),
        _ => Err(format!("`{name}` is not an encoding: plus_path or base64_group_iid")),
    }
}

fn read_containers(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<ContainerAt> {
    let items = fields.list(errors, "containers");
    if items.is_empty() {
        errors.add(&fields.place, "`containers` is missing");
    }
    let mut containers = Vec::new();
    for (place, item) in items {
        let Some(mut table) = fields.as_table(item, place, errors) else { continue };
        let when = table.table(errors, "when").and_then(|when| read_condition(when, errors));
        let boundary = BoundaryType::ALL.into_iter().find(|boundary| table.has(boundary.as_str()));
        match boundary {
            Some(boundary) => containers.extend(read_pointer(&mut table, boundary, when, errors)),
            None => errors
                .add(&table.place, "a container is a `project`, a `group`, the `user` or the `instance`"),
        }
        table.finish(errors);
    }
    containers
}

fn read_pointer(
    table: &mut Fields<'_, '_>,
    boundary: BoundaryType,
    when: Option<Condition>,
    errors: &mut Errors,
) -> Option<ContainerAt> {
    if boundary == BoundaryType::Instance {
        table.flag(errors, boundary.as_str());
        return Some(ContainerAt { boundary, pointer: String::new(), reads: PointerReads::Id, when });
    }
    let pointer = table.text(errors, boundary.as_str())?;
    if !pointer.value.starts_with('/') {
        errors.add(&pointer.place, format!("`{}` is not a JSON pointer", pointer.value));
    }
    let reads = match table.text(errors, "reads") {
        Some(text) if text.value == "page" => PointerReads::Page,
        Some(text) => {
            errors.add(&text.place, "`reads` is `page`, or absent for an id");
            PointerReads::Id
        }
        None => PointerReads::Id,
    };
    Some(ContainerAt { boundary, pointer: pointer.value, reads, when })
}

fn read_condition(mut fields: Fields<'_, '_>, errors: &mut Errors) -> Option<Condition> {
    let pointer = fields.required_text(errors, "pointer");
    let equals = fields.required_text(errors, "equals");
    fields.finish(errors);
    Some(Condition { pointer: pointer?.value, equals: equals?.value })
}

/// Each `{placeholder}` of a path is an argument, `{argument.scope}`, or the project that is asked.
fn check_placeholders(path: &Located<String>, arguments: &[String], in_projects: bool, errors: &mut Errors) {
    let names = path.value.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest));
    for name in names {
        let argument = name.strip_suffix(".scope").unwrap_or(name);
        if !(arguments.iter().any(|known| known == argument) || in_projects && name == "project") {
            errors.add(&path.place, format!("the look-up has no argument `{name}`"));
        }
    }
}
