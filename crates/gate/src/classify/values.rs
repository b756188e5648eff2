//! Values of a request's parameters that say which project or group it is about.

use serde_json::Value;
use smallvec::SmallVec;

use crate::receive::Violation;
use crate::receive::query::{base_name, decode, pairs};

/// A body's parameters, as far as the operation asks for any.
#[derive(Debug, Default)]
pub(crate) enum Values {
    /// Nothing was asked for, or the body has no parameters.
    #[default]
    None,
    /// A form's, decoded.
    Form(Vec<(String, String)>),
    /// A JSON document.
    Json(Value),
}

/// The values found under one name: several for a list.
pub(crate) type Found = SmallVec<[String; 1]>;

impl Values {
    /// What a name holds. `a[][b]` is field `b` of every item of list `a`.
    ///
    /// # Errors
    ///
    /// A parameter twice, or one that is neither text nor number.
    pub(crate) fn get(&self, name: &str) -> Result<Found, Violation> {
        match self {
            Self::None => Ok(Found::new()),
            Self::Form(form) => in_form(form, name),
            Self::Json(document) => in_json(document, name),
        }
    }
}

fn in_form(form: &[(String, String)], name: &str) -> Result<Found, Violation> {
    if name.contains('[') {
        return Ok(form.iter().filter(|pair| pair.0 == name).map(|pair| pair.1.clone()).collect());
    }
    let mut same = form.iter().filter(|pair| base_name(&pair.0) == name);
    match (same.next(), same.next()) {
        (None, _) => Ok(Found::new()),
        (Some((exact, value)), None) if exact == name => Ok(present(value.clone())),
        // `name[]` and the like: GitLab would see a list or a map.
        (Some(_), None) => Err(Violation::InvalidBody),
        (Some(_), Some(_)) => Err(Violation::RepeatedParameter),
    }
}

fn in_json(document: &Value, name: &str) -> Result<Found, Violation> {
    let (list, field) = match name.split_once("[][") {
        Some((list, field)) => (list, field.strip_suffix(']')),
        None => (name, None),
    };
    match (document.get(list), field) {
        (None | Some(Value::Null), _) => Ok(Found::new()),
        (Some(value), None) => text(value),
        (Some(Value::Array(items)), Some(field)) => {
            let values = items.iter().filter_map(|item| item.get(field)).map(text);
            values.collect::<Result<Vec<_>, _>>().map(|found| found.into_iter().flatten().collect())
        }
        (Some(_), Some(_)) => Err(Violation::InvalidBody),
    }
}

fn text(value: &Value) -> Result<Found, Violation> {
    match value {
        Value::Null => Ok(Found::new()),
        Value::String(text) => Ok(present(text.clone())),
        Value::Number(number) => Ok(Found::from_iter([number.to_string()])),
        _ => Err(Violation::InvalidBody),
    }
}

/// GitLab takes an empty parameter for an absent one.
fn present(text: String) -> Found {
    if text.is_empty() { Found::new() } else { Found::from_iter([text]) }
}

/// What a query parameter holds.
///
/// # Errors
///
/// A parameter twice, or one that can't be decoded.
pub(crate) fn in_query(query: &str, name: &str) -> Result<Option<String>, Violation> {
    let mut found = None;
    for (raw, value) in pairs(query) {
        let key = decode(raw)?;
        if base_name(&key) != name {
            continue;
        }
        if key != name {
            return Err(Violation::InvalidEncoding);
        }
        if found.replace(decode(value)?.into_owned()).is_some() {
            return Err(Violation::RepeatedParameter);
        }
    }
    Ok(found.filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_values_are_found() {
        let values = Values::Json(json!({
            "group_id": 7, "namespace": "acme", "empty": null, "map": {"a": 1},
            "entities": [{"to": "a"}, {"to": "b"}, {}],
        }));
        let get = |name: &str| values.get(name).map(|found| found.join(","));
        assert_eq!(get("group_id"), Ok("7".to_owned()));
        assert_eq!(get("namespace"), Ok("acme".to_owned()));
        assert_eq!(get("entities[][to]"), Ok("a,b".to_owned()));
        assert_eq!(get("empty"), Ok(String::new()));
        assert_eq!(get("map"), Err(Violation::InvalidBody));
        assert_eq!(get("namespace[][to]"), Err(Violation::InvalidBody));
    }

    #[test]
    fn form_and_query_values_appear_once() {
        let form = |pairs: &[(&str, &str)]| {
            Values::Form(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
        };
        assert_eq!(form(&[("id", "7")]).get("id").unwrap().as_slice(), ["7"]);
        assert_eq!(form(&[("id", "7"), ("id", "8")]).get("id"), Err(Violation::RepeatedParameter));
        assert_eq!(form(&[("id[]", "7")]).get("id"), Err(Violation::InvalidBody));
        assert_eq!(in_query("a=1&id=7", "id"), Ok(Some("7".to_owned())));
        assert_eq!(in_query("id=7&%69d=8", "id"), Err(Violation::RepeatedParameter));
        assert_eq!(in_query("id[]=7", "id"), Err(Violation::InvalidEncoding));
        assert_eq!(in_query("id=", "id"), Ok(None));
    }
}
