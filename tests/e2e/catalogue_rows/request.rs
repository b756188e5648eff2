//! A request made from an operation's template.

use std::collections::BTreeMap;

use narrowgate_catalog::{Operation, Surface};
use narrowgate_tests::{Bearer, Reply};
use serde_json::{Map, Value, json};

/// The start of the header's name that marks a request; its check's number follows.
pub(super) const MARK: &str = "x-check-";

/// A request that has yet to be told what it names.
pub(super) struct Draft {
    at_root: bool,
    method: String,
    template: String,
    path: BTreeMap<usize, String>,
    query: Vec<String>,
    body: Map<String, Value>,
}

/// What a request carries as its credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    /// The bearer's token, in the usual header.
    Token,
    /// The bearer's token, as `Authorization: Bearer`.
    TokenAsBearer,
    /// Something that is not Narrowgate's, in a header of this name.
    Header(String),
    /// Something that is not Narrowgate's, in a query parameter of this name.
    Parameter(String),
}

/// What stands for a credential that is not Narrowgate's.
const FOREIGN: &str = "foreign-0123456789";

/// A request, ready to be sent by anybody.
#[derive(Clone)]
pub(super) struct Request {
    at_root: bool,
    method: String,
    path: String,
    query: String,
    body: Option<Value>,
}

impl Draft {
    /// A request for the operation, with the optional parts of its template or without.
    pub(super) fn of(operation: &Operation, optional_parts: bool) -> Self {
        Self {
            at_root: operation.surface == Surface::Scim,
            method: operation.method.as_str().to_owned(),
            template: settle(&operation.template, optional_parts),
            path: BTreeMap::new(),
            query: Vec::new(),
            body: Map::new(),
        }
    }

    /// Puts `value` for the path parameter at `index`.
    pub(super) fn path(&mut self, index: usize, value: &str) {
        self.path.insert(index, value.to_owned());
    }

    /// Puts `value` for the path parameter at `index`, unless there is one.
    pub(super) fn path_if_unnamed(&mut self, index: usize, value: &str) {
        self.path.entry(index).or_insert_with(|| value.to_owned());
    }

    /// Adds a query parameter.
    pub(super) fn query(&mut self, name: &str, value: &str) {
        self.query.push(format!("{name}={value}"));
    }

    /// Adds a parameter of the body; `a[][b]` is the field `b` of the only item of the list `a`.
    pub(super) fn body(&mut self, name: &str, value: &str) {
        let value = value.parse::<u64>().map_or_else(|_| json!(value), |number| json!(number));
        match name.split_once("[][") {
            Some((list, field)) => {
                self.body.insert(list.to_owned(), json!([{ field.trim_end_matches(']'): value }]))
            }
            None => self.body.insert(name.to_owned(), value),
        };
    }

    pub(super) fn finish(self) -> Request {
        let mut filled = String::new();
        let mut rest = self.template.as_str();
        let mut index = 0;
        while let Some(at) = rest.find([':', '*']) {
            let (before, parameter) = rest.split_at(at);
            let end = parameter[1..]
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .map_or(parameter.len(), |end| end + 1);
            let name = &parameter[1..end];
            filled.push_str(before);
            filled.push_str(&self.path.get(&index).cloned().unwrap_or_else(|| sample(name)));
            rest = &parameter[end..];
            index += 1;
        }
        filled.push_str(rest);
        let body = (!self.body.is_empty()).then_some(Value::Object(self.body));
        Request {
            at_root: self.at_root,
            method: self.method,
            path: filled,
            query: self.query.join("&"),
            body,
        }
    }
}

/// Whether the template has parts that a request may leave out.
pub(super) fn has_optional_parts(operation: &Operation) -> bool {
    settle(&operation.template, true) != settle(&operation.template, false)
}

/// Keeps or drops what stands in parentheses; those of NuGet's paths are part of the path.
fn settle(template: &str, keep: bool) -> String {
    let mut settled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('(') {
        let (inner, behind) = after.split_once(')').expect("parentheses are closed");
        settled.push_str(before);
        if !inner.contains(['/', ':']) && !inner.starts_with('*') {
            settled.push_str(&format!("({inner})"));
        } else if keep {
            settled.push_str(inner);
        }
        rest = behind;
    }
    // The catalogue's backslashes keep parentheses literal.
    (settled + rest).replace('\\', "")
}

/// A value for a parameter that names no boundary: nothing that the sandbox has, so that nothing is lost.
fn sample(name: &str) -> String {
    if name.ends_with("id") { "990001".to_owned() } else { "x1".to_owned() }
}

impl Request {
    /// Method and path, for messages.
    pub(super) fn line(&self) -> String {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let body = self.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
        format!("{} {}{query}{body}", self.method, self.path)
    }

    /// The path below `/api/v4`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Sends it with the mark of check `number`.
    pub(super) async fn send(&self, bearer: &Bearer, credential: &Credential, number: usize) -> Reply {
        let mut query = self.query.clone();
        if let Credential::Parameter(name) = credential {
            query = format!("{name}={FOREIGN}");
        }
        let target = if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) };
        let mut call = bearer.call(&self.method, &target).header(&format!("{MARK}{number}"), "1");
        if self.at_root {
            call = call.at_root(&target);
        }
        call = match credential {
            Credential::TokenAsBearer => {
                call.without_token().header("authorization", &format!("Bearer {}", bearer.text()))
            }
            Credential::Header(name) if name == "Authorization" => {
                call.header(name, &format!("Bearer {FOREIGN}"))
            }
            Credential::Header(name) => call.header(name, FOREIGN),
            Credential::Token | Credential::Parameter(_) => call,
        };
        match &self.body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }
}
