//! The parameters of a request, from query and body, with GitLab's words for what is wrong with them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use narrowgate_store::time::{Date, Timestamp};
use serde_json::{Map, Value};

use super::problem::Problem;
use super::{multipart, nested};
use crate::authority::Expiry;

/// Parameters by name, and what was found wrong while reading them.
pub(crate) struct Params {
    values: Map<String, Value>,
    complaints: Vec<String>,
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or("application/json").to_owned();
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut values = nested::parse(query.as_bytes()).ok_or_else(Problem::unreadable)?;
        values.extend(match media_type.as_str() {
            "multipart/form-data" => multipart::read(request, state).await?,
            media_type => {
                let body = Bytes::from_request(request, state).await.map_err(|_| Problem::too_large())?;
                read_body(media_type, &body)?
            }
        });
        Ok(Self::of(values))
    }
}

fn read_body(media_type: &str, body: &[u8]) -> Result<Map<String, Value>, Problem> {
    match media_type {
        _ if body.is_empty() => Ok(Map::new()),
        "application/json" => serde_json::from_slice(body).map_err(|_| Problem::unreadable()),
        "application/x-www-form-urlencoded" => nested::parse(body).ok_or_else(Problem::unreadable),
        other => Err(Problem::unsupported(other)),
    }
}

impl Params {
    pub(crate) fn of(values: Map<String, Value>) -> Self {
        Self { values, complaints: Vec::new() }
    }

    /// The parameters, or a 400 with everything that was wrong.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.complaints.is_empty() { Ok(()) } else { Err(Problem::parameters(&self.complaints)) }
    }

    /// What was wrong so far.
    pub(crate) fn complaints(&self) -> &[String] {
        &self.complaints
    }

    pub(crate) fn complain(&mut self, complaint: impl Into<String>) {
        self.complaints.push(complaint.into());
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_null())
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.values.remove(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let read = |value: Value| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        self.read(name, "is invalid", read)
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let read = |value: Value| match value {
            Value::Bool(flag) => Some(flag),
            // As GitLab's parameters are read; python-gitlab sends `True` and `False`.
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "1" | "on" | "yes" | "y" => Some(true),
                "false" | "f" | "0" | "off" | "no" | "n" => Some(false),
                _ => None,
            },
            _ => None,
        };
        self.read(name, "is invalid", read)
    }

    pub(crate) fn number(&mut self, name: &str) -> Option<u64> {
        self.read(name, "is invalid", |value| as_number(&value))
    }

    pub(crate) fn date(&mut self, name: &str) -> Option<Date> {
        self.text_as(name, "is invalid", |text| Date::parse(text).ok())
    }

    /// A day on which a token shall expire; an explicit `null` is a wish for none.
    pub(crate) fn expiry(&mut self, name: &str) -> Expiry {
        match self.values.get(name) {
            Some(Value::Null) => Expiry::Never,
            _ => self.date(name).into(),
        }
    }

    pub(crate) fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.text_as(name, "is invalid", |text| Timestamp::parse(text).ok())
    }

    /// One of a few words.
    pub(crate) fn choice<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.text_as(name, "does not have a valid value", read)
    }

    /// A list of texts; GitLab also takes them in one text, with commas between.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.read(name, "is invalid", |value| as_texts(&value))
    }

    /// A list of numbers; GitLab also takes them in one text, with commas between.
    pub(crate) fn numbers(&mut self, name: &str) -> Option<Vec<u64>> {
        let read = |value: Value| match &value {
            Value::Array(items) => items.iter().map(as_number).collect(),
            Value::Number(_) => as_number(&value).map(|number| vec![number]),
            _ => as_texts(&value)?.iter().map(|text| text.parse().ok()).collect(),
        };
        self.read(name, "is invalid", read)
    }

    /// An empty text counts as absent, as on GitLab.
    fn text_as<T>(&mut self, name: &str, complaint: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name).filter(|text| !text.is_empty())?;
        let value = read(&text);
        if value.is_none() {
            self.complain(format!("{name} {complaint}"));
        }
        value
    }

    fn read<T>(&mut self, name: &str, complaint: &str, read: impl Fn(Value) -> Option<T>) -> Option<T> {
        let value = read(self.take(name)?);
        if value.is_none() {
            self.complain(format!("{name} {complaint}"));
        }
        value
    }
}

fn as_number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        value => value.as_u64(),
    }
}

fn as_texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::String(text) => {
            Some(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
        }
        _ => None,
    }
}
