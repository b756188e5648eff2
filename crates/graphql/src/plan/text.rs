//! Values of a document, written anew and read.

use apollo_compiler::Name;
use apollo_compiler::ast;
use serde_json::{Number, Value as Json};

use super::{Fault, PlanError, Value};

/// Writes a value as GraphQL, and names each variable in it.
///
/// # Errors
///
/// An input object that has a key twice: which one counts is for nobody to guess.
pub(super) fn write_value(
    out: &mut String,
    value: &ast::Value,
    uses: &mut dyn FnMut(&Name),
) -> Result<(), PlanError> {
    match value {
        ast::Value::Null => out.push_str("null"),
        ast::Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        ast::Value::Int(value) => out.push_str(value.as_str()),
        ast::Value::Float(value) => out.push_str(value.as_str()),
        ast::Value::Enum(name) => out.push_str(name),
        ast::Value::String(text) => write_string(out, text),
        ast::Value::Variable(name) => {
            uses(name);
            out.push('$');
            out.push_str(name);
        }
        ast::Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(out, at);
                write_value(out, item, uses)?;
            }
            out.push(']');
        }
        ast::Value::Object(entries) => {
            refuse_repeated(entries.iter().map(|(key, _)| key.as_str()))?;
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                separate(out, at);
                out.push_str(key);
                out.push_str(": ");
                write_value(out, value, uses)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Writes arguments with their parentheses, or nothing.
///
/// # Errors
///
/// See [`write_value`].
pub(super) fn write_arguments(
    out: &mut String,
    arguments: &[apollo_compiler::Node<ast::Argument>],
    uses: &mut dyn FnMut(&Name),
) -> Result<(), PlanError> {
    for (at, argument) in arguments.iter().enumerate() {
        out.push_str(if at == 0 { "(" } else { ", " });
        out.push_str(&argument.name);
        out.push_str(": ");
        write_value(out, &argument.value, uses)?;
    }
    if !arguments.is_empty() {
        out.push(')');
    }
    Ok(())
}

fn separate(out: &mut String, at: usize) {
    if at > 0 {
        out.push_str(", ");
    }
}

fn refuse_repeated<'v>(keys: impl Iterator<Item = &'v str>) -> Result<(), PlanError> {
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => {
            let key = pair.first().copied().unwrap_or_default();
            let message = format!("an input object has the field `{key}` twice");
            Err(PlanError::new(Fault::Invalid { unknown_name: false }, message))
        }
        None => Ok(()),
    }
}

/// Writes a string literal: what can't stand in one as it is, is escaped.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            character if character.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(character))),
            character => out.push(character),
        }
    }
    out.push('"');
}

/// Reads a value; `fallback` is what holds where it is a variable without one.
pub(super) fn read_value(value: &ast::Value, fallback: Option<Json>) -> Value {
    match value {
        ast::Value::Variable(name) => Value::Variable(name.as_str().into(), fallback),
        ast::Value::List(items) if has_variable(value) => {
            Value::List(items.iter().map(|item| read_value(item, None)).collect())
        }
        ast::Value::Object(entries) if has_variable(value) => {
            let read = |(key, value): &(Name, apollo_compiler::Node<ast::Value>)| {
                (key.as_str().into(), read_value(value, None))
            };
            Value::Object(entries.iter().map(read).collect())
        }
        constant => Value::Constant(read_constant(constant)),
    }
}

fn has_variable(value: &ast::Value) -> bool {
    match value {
        ast::Value::Variable(_) => true,
        ast::Value::List(items) => items.iter().any(|item| has_variable(item)),
        ast::Value::Object(entries) => entries.iter().any(|(_, value)| has_variable(value)),
        _ => false,
    }
}

/// A value without variables as JSON. A number that JSON's reader can't hold stays text.
pub(super) fn read_constant(value: &ast::Value) -> Json {
    match value {
        ast::Value::Null | ast::Value::Variable(_) => Json::Null,
        ast::Value::Boolean(value) => Json::Bool(*value),
        ast::Value::Int(value) => number(value.as_str()),
        ast::Value::Float(value) => number(value.as_str()),
        ast::Value::Enum(name) => Json::String(name.as_str().to_owned()),
        ast::Value::String(text) => Json::String(text.clone()),
        ast::Value::List(items) => items.iter().map(|item| read_constant(item)).collect(),
        ast::Value::Object(entries) => {
            entries.iter().map(|(key, value)| (key.as_str().to_owned(), read_constant(value))).collect()
        }
    }
}

fn number(text: &str) -> Json {
    text.parse::<Number>().map_or_else(|_| Json::String(text.to_owned()), Json::Number)
}
