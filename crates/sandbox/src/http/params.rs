//! Parameters of a request: query and body in one map, as Grape hands them to an endpoint.

use ::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::error::ApiError;

/// The parameters of a request by name. What the body says wins over the query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    /// Reads query and body; a body of another type than JSON or a form adds nothing.
    pub(crate) fn read(query: &str, headers: &HeaderMap, body: &[u8]) -> Result<Self, ApiError> {
        let mut params = Self::default();
        params.add_form(query.as_bytes());
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            params.add_form(body);
        } else if kind.contains("json") && !body.is_empty() {
            params.add_json(body)?;
        }
        Ok(params)
    }

    fn add_json(&mut self, body: &[u8]) -> Result<(), ApiError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => self.0.extend(map),
            Ok(_) => {}
            Err(_) => return Err(ApiError::bad_parameter("The provided params are invalid.")),
        }
        Ok(())
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in form_urlencoded::parse(form) {
            let value = Value::String(value.into_owned());
            let Some(name) = name.strip_suffix("[]") else {
                self.0.insert(name.into_owned(), value);
                continue;
            };
            match self.0.entry(name.to_owned()).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(list) => list.push(value),
                other => *other = value,
            }
        }
    }

    /// A parameter as it came.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text; numbers and booleans read as texts too.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
            other => Some(other.to_string()),
        }
    }

    /// A text, or 400 naming what is missing.
    pub(crate) fn required(&self, name: &str) -> Result<String, ApiError> {
        let value = self.text(name).filter(|text| !text.is_empty());
        value.ok_or_else(|| ApiError::bad_parameter(&format!("{name} is missing")))
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)?.as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// A list of texts: an array, or one text with commas.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let items = match self.0.get(name)? {
            Value::Array(items) => items.iter().map(plain_text).collect(),
            Value::Null => return None,
            other => plain_text(other).split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>(),
        };
        Some(items.into_iter().filter(|item| !item.is_empty()).collect())
    }

    /// A list of ids.
    pub(crate) fn numbers(&self, name: &str) -> Option<Vec<u64>> {
        Some(self.list(name)?.iter().filter_map(|item| item.parse().ok()).collect())
    }

    /// A value for a record: what came, or a default.
    pub(crate) fn or(&self, name: &str, default: impl Into<Value>) -> Value {
        self.0.get(name).cloned().unwrap_or_else(|| default.into())
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_wins_over_the_query_and_lists_come_in_three_forms() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        let body = br#"{"title":"b","labels":"x, y","ids":[1,2]}"#;
        let params = Params::read("title=a&iids[]=3&iids[]=4&owned=true", &headers, body).unwrap();
        assert_eq!(params.text("title").unwrap(), "b");
        assert_eq!(params.list("labels").unwrap(), ["x", "y"]);
        assert_eq!(params.numbers("ids").unwrap(), [1, 2]);
        assert_eq!(params.numbers("iids").unwrap(), [3, 4]);
        assert_eq!(params.flag("owned"), Some(true));
    }
}
