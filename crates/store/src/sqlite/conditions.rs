//! A `where` clause put together from the parts that a filter asks for.

use sqlx::Arguments as _;
use sqlx::sqlite::SqliteArguments;

use crate::error::StoreError;

/// Conditions that must all hold, and the values they compare with.
#[derive(Default)]
pub(super) struct Conditions {
    text: String,
    values: Vec<Value>,
}

/// A value that a condition compares with.
pub(super) enum Value {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Conditions {
    /// Adds a condition with one `?`, which stands for the value. Only text of this crate goes into the statement.
    pub(super) fn compare(&mut self, condition: &'static str, value: impl Into<Value>) {
        let number = self.bind(value);
        self.hold(&condition.replace('?', &number));
    }

    /// As [`Self::compare`], where there is a value.
    pub(super) fn compare_some(&mut self, condition: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.compare(condition, value);
        }
    }

    /// Adds a condition whose values, if it has any, stand in it as [`Self::bind`] gave them.
    pub(super) fn require(&mut self, condition: &str) {
        self.hold(condition);
    }

    /// Adds a condition that a column has one of some values; none, where there are no values.
    pub(super) fn any_of(
        &mut self,
        column: &'static str,
        values: impl IntoIterator<Item = impl Into<Value>>,
    ) {
        let parameters: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        if !parameters.is_empty() {
            self.hold(&format!("{column} in ({})", parameters.join(", ")));
        }
    }

    fn hold(&mut self, condition: &str) {
        self.text.push_str(if self.text.is_empty() { "where " } else { " and " });
        self.text.push_str(condition);
    }

    /// Adds a value and gives the parameter that stands for it.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The clause, beginning with `where`; empty without conditions.
    pub(super) fn clause(&self) -> &str {
        &self.text
    }

    /// The values in the order of their parameters.
    pub(super) fn arguments(&self) -> Result<SqliteArguments, StoreError> {
        let mut arguments = SqliteArguments::default();
        for value in &self.values {
            match value {
                Value::Number(number) => arguments.add(*number),
                Value::Text(text) => arguments.add(text.clone()),
                Value::Bytes(bytes) => arguments.add(bytes.clone()),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}
