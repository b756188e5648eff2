//! The values that a request gives to its document's variables.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::{Fault, PlanError};

/// The values of variables, by name.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: HashMap<Box<str>, Given>,
}

#[derive(Clone, Debug)]
struct Given {
    raw: Box<RawValue>,
    value: Value,
}

impl Variables {
    /// Reads the JSON of a request's `variables`: an object, or as GitLab takes it, a string that holds one. Nothing,
    /// `null` and the empty string hold none.
    ///
    /// # Errors
    ///
    /// What is no object, and what two readers could read differently: an object, however deep, that has a key twice.
    pub fn parse(json: Option<&str>) -> Result<Self, PlanError> {
        let Some(json) = json.map(str::trim).filter(|json| !json.is_empty() && *json != "null") else {
            return Ok(Self::default());
        };
        if json.starts_with('"') {
            let inner: String = serde_json::from_str(json).map_err(|problem| unreadable(&problem))?;
            return match inner.trim() {
                "" | "null" => Ok(Self::default()),
                object => Self::parse_object(object),
            };
        }
        Self::parse_object(json)
    }

    fn parse_object(json: &str) -> Result<Self, PlanError> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let raw = reader.deserialize_map(Entries).map_err(|problem| unreadable(&problem))?;
        reader.end().map_err(|problem| unreadable(&problem))?;
        let mut values = HashMap::with_capacity(raw.len());
        for (name, raw) in raw {
            let value = strict(raw.get()).map_err(|problem| unreadable(&problem))?;
            if values.insert(name.clone(), Given { raw, value }).is_some() {
                return Err(PlanError::new(
                    Fault::Variables,
                    format!("the variable `{name}` is given twice"),
                ));
            }
        }
        Ok(Self { values })
    }

    /// The value of a variable; `None` where the request has none, not even null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        Some(&self.values.get(name)?.value)
    }

    /// The value as the request wrote it.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&RawValue> {
        Some(&self.values.get(name)?.raw)
    }
}

fn unreadable(problem: &serde_json::Error) -> PlanError {
    PlanError::new(Fault::Variables, format!("the variables can't be read: {problem}"))
}

/// Reads JSON in which no object, however deep, has a key twice.
///
/// # Errors
///
/// What is no JSON, and a key that is there twice.
pub fn strict(json: &str) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = Strict.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<(Box<str>, Box<RawValue>)>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            read.push(entry);
        }
        Ok(read)
    }
}

#[derive(Clone, Copy)]
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if read.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` is given twice")));
            }
            read.insert(key, value);
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(json: &str) -> Result<Variables, PlanError> {
        Variables::parse(Some(json))
    }

    #[test]
    fn an_object_or_a_string_that_holds_one_is_read() {
        for json in [r#"{"a": [1, {"b": null}]}"#, r#""{\"a\": [1, {\"b\": null}]}""#] {
            assert_eq!(parse(json).unwrap().get("a"), Some(&json!([1, {"b": null}])), "{json}");
        }
        for json in ["", " ", "null", "{}", r#""""#, r#""null""#, r#""{}""#] {
            assert_eq!(parse(json).unwrap().get("a"), None, "{json}");
        }
        assert_eq!(Variables::parse(None).unwrap().get("a"), None);
    }

    #[test]
    fn values_are_kept_as_they_were_written() {
        let variables =
            parse(r#"{"n": 1.10, "big": 123456789012345678901234567890, "s": "\u00e9\/"}"#).unwrap();
        let raw = |name| variables.raw(name).unwrap().get();
        assert_eq!(raw("n"), "1.10");
        assert_eq!(raw("big"), "123456789012345678901234567890");
        assert_eq!(raw("s"), r#""\u00e9\/""#);
        assert_eq!(variables.get("s"), Some(&json!("\u{e9}/")));
    }

    #[test]
    fn whatever_two_readers_could_read_differently_is_refused() {
        for json in [
            r#"{"a": 1, "a": 1}"#,
            r#"{"a": 1, "\u0061": 2}"#,
            r#"{"a": {"b": 1, "b": 2}}"#,
            r#"{"a": [[{"b": {"c": 1, "c": 1}}]]}"#,
            r#""{\"a\": 1, \"a\": 2}""#,
            "[]",
            "1",
            "true",
            r#""[]""#,
            r#""\"{}\"""#,
            r#"{"a": 1} x"#,
            r#"{"a": 1,}"#,
            r#"{"a": /* */ 1}"#,
            r#"{"a": "\ud800"}"#,
            r#"{"a": 1e999}"#,
            r#"{"a": NaN}"#,
        ] {
            assert_eq!(parse(json).unwrap_err().fault, Fault::Variables, "{json}");
        }
        let deep = format!(r#"{{"a": {}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(parse(&deep).unwrap_err().fault, Fault::Variables);
    }
}
