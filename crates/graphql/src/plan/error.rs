//! Why there is no plan.

use std::fmt;

use serde_json::{Value, json};

use super::Position;

/// At most so many complaints are told at once.
const MOST_COMPLAINTS: usize = 20;

/// Why a document isn't planned: nothing of it is forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// What kind of fault it is.
    pub fault: Fault,
    /// What is wrong, at least one.
    pub complaints: Vec<Complaint>,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It asks for more than the limits allow.
    Limit,
    /// It is no GraphQL.
    Syntax,
    /// It doesn't fit the schema, or not as far as the schema is known.
    Invalid {
        /// Whether it names a type, field, argument or value that the schema lacks: a newer schema may have it.
        unknown_name: bool,
    },
    /// It is valid, but this gate doesn't carry it out.
    Unsupported,
    /// Its variables don't fit it.
    Variables,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What.
    pub message: Box<str>,
    /// Where in the client's document, where that is known.
    pub position: Option<Position>,
}

impl PlanError {
    pub(crate) fn new(fault: Fault, message: impl Into<Box<str>>) -> Self {
        Self { fault, complaints: vec![Complaint { message: message.into(), position: None }] }
    }

    pub(crate) fn at(fault: Fault, message: impl Into<Box<str>>, position: Option<Position>) -> Self {
        Self { fault, complaints: vec![Complaint { message: message.into(), position }] }
    }

    pub(crate) fn limit(what: &str, most: usize) -> Self {
        Self::new(Fault::Limit, format!("the document has more than {most} {what}"))
    }

    pub(crate) fn all(fault: Fault, complaints: impl IntoIterator<Item = Complaint>) -> Self {
        Self { fault, complaints: complaints.into_iter().take(MOST_COMPLAINTS).collect() }
    }

    /// The answer to a request whose document isn't planned: `errors` and no `data`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let entries: Vec<Value> = self.complaints.iter().map(Complaint::to_json).collect();
        json!({ "errors": entries })
    }
}

impl Complaint {
    fn to_json(&self) -> Value {
        match self.position {
            Some(Position { line, column }) => {
                json!({ "message": self.message, "locations": [{ "line": line, "column": column }] })
            }
            None => json!({ "message": self.message }),
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> = self.complaints.iter().map(|complaint| &*complaint.message).collect();
        out.write_str(&messages.join("; "))
    }
}

impl std::error::Error for PlanError {}
