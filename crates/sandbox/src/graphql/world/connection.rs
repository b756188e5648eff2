//! Connections: pages of items.

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Worldly;
use super::item::Item;
use super::object::{Arguments, Node, as_declared, text};
use crate::graphql::answer::Trace;
use crate::world::Container;

/// The most items that GitLab puts on a page.
const PAGE: usize = 100;

/// One page.
pub(super) struct Connection<'s> {
    type_name: String,
    served: &'s Worldly,
    /// The items of the page.
    items: Vec<Item>,
    /// The index of the first of them.
    start: usize,
    total: usize,
    path: String,
    trace: Trace,
}

/// Cursors are positions, counted from 1.
fn cursor(position: usize) -> String {
    STANDARD.encode(position.to_string())
}

fn position(cursor: &str) -> Option<usize> {
    String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?.parse().ok()
}

impl<'s> Connection<'s> {
    pub(super) fn of(
        type_name: &str,
        served: &'s Worldly,
        mut items: Vec<Item>,
        arguments: &Arguments,
        path: &str,
        trace: &Trace,
    ) -> Self {
        let number =
            |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
        let total = items.len();
        let start = text(arguments, "after").and_then(position).unwrap_or(0).min(total);
        let end = text(arguments, "before").and_then(position).map_or(total, |it| it.saturating_sub(1));
        let end = end.clamp(start, total);
        let first = number("first").unwrap_or(PAGE).min(PAGE);
        let (start, end) = match number("last") {
            Some(last) => (end.saturating_sub(last.min(PAGE)).max(start), end),
            None => (start, (start + first).min(end)),
        };
        items = items.into_iter().skip(start).take(end - start).collect();
        Self {
            type_name: type_name.to_owned(),
            served,
            items,
            start,
            total,
            path: path.to_owned(),
            trace: trace.clone(),
        }
    }

    fn node_name(&self) -> &str {
        self.type_name.strip_suffix("Connection").unwrap_or(&self.type_name)
    }

    fn page_info(&self) -> Value {
        let end = self.start + self.items.len();
        let some = |position: usize| (!self.items.is_empty()).then(|| cursor(position));
        json!({
            "has_next_page": end < self.total,
            "has_previous_page": self.start > 0,
            "start_cursor": some(self.start + 1),
            "end_cursor": some(end),
        })
    }
}

impl ObjectValue for Connection<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let key = info.field_selections().first().map_or("", |selection| selection.response_key().as_str());
        let path = format!("{}/{key}", self.path);
        let numbered = self.items.iter().enumerate();
        Ok(match info.field_name() {
            "nodes" => ResolvedValue::list(
                numbered
                    .map(move |(index, item)| {
                        let item = as_declared(item.clone(), self.node_name());
                        ResolvedValue::object(Node::new(
                            self.served,
                            item,
                            format!("{path}/{index}"),
                            &self.trace,
                        ))
                    })
                    .collect::<Vec<_>>(),
            ),
            "edges" => ResolvedValue::list(
                numbered
                    .map(move |(index, item)| {
                        let cursor = cursor(self.start + index + 1);
                        let path = format!("{path}/{index}");
                        ResolvedValue::object(Edge {
                            of: self,
                            type_name: format!("{}Edge", self.node_name()),
                            item: item.clone(),
                            cursor,
                            path,
                        })
                    })
                    .collect::<Vec<_>>(),
            ),
            "pageInfo" => {
                let item = Item::new("PageInfo", Container::Instance, self.page_info());
                ResolvedValue::object(Node::new(self.served, item, path, &self.trace))
            }
            _ => ResolvedValue::leaf(json!(self.total)),
        })
    }
}

struct Edge<'c> {
    of: &'c Connection<'c>,
    type_name: String,
    item: Item,
    cursor: String,
    path: String,
}

impl ObjectValue for Edge<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let key = info.field_selections().first().map_or("", |selection| selection.response_key().as_str());
        Ok(match info.field_name() {
            "node" => {
                let item = as_declared(self.item.clone(), self.of.node_name());
                let path = format!("{}/{key}", self.path);
                ResolvedValue::object(Node::new(self.of.served, item, path, &self.of.trace))
            }
            _ => ResolvedValue::leaf(self.cursor.clone()),
        })
    }
}
