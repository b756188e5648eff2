//! `path id`, `body namespace_id|namespace_path`, `lookup runner(id)`: where a request names its boundary.

use std::collections::HashMap;

use crate::{Argument, Lookup, LookupId, LookupRef, Source};

/// What a source expression may refer to.
pub(super) struct Scope<'a> {
    /// The template's parameters.
    pub(super) parameters: &'a [String],
    /// The look-ups by name.
    pub(super) lookups: &'a HashMap<String, LookupId>,
    /// The look-ups by id.
    pub(super) declared: &'a [Lookup],
}

impl Scope<'_> {
    /// Reads a source expression.
    pub(super) fn parse(&self, text: &str) -> Result<Source, String> {
        match text.split_once(' ') {
            None if text == "owner" => Ok(Source::Owner),
            None if text == "instance" => Ok(Source::Instance),
            Some(("path", name)) => self.path(name),
            Some(("query", names)) => Ok(Source::Query { names: alternatives(names)? }),
            Some(("body", names)) => Ok(Source::Body { names: alternatives(names)? }),
            Some(("lookup", call)) => self.lookup(call).map(Source::Lookup),
            _ => Err(format!(
                "`{text}` is not a source: `path NAME`, `query NAME`, `body NAME`, `lookup NAME(ARGUMENT)`, `owner` or `instance`"
            )),
        }
    }

    fn path(&self, name: &str) -> Result<Source, String> {
        self.index(name).map(|index| Source::Path { param: name.to_owned(), index })
    }

    fn index(&self, name: &str) -> Result<usize, String> {
        self.parameters
            .iter()
            .position(|parameter| parameter == name)
            .ok_or_else(|| format!("the path has no parameter `{name}`"))
    }

    fn lookup(&self, call: &str) -> Result<LookupRef, String> {
        let malformed = || format!("`{call}` is not a look-up: `runner(id)`");
        let (name, rest) = call.split_once('(').ok_or_else(malformed)?;
        let given = rest.strip_suffix(')').ok_or_else(malformed)?;
        let given: Vec<&str> = given.split(',').map(str::trim).collect();
        let lookup = *self.lookups.get(name).ok_or_else(|| format!("there is no look-up `{name}`"))?;
        let wanted = self.declared.get(lookup.index()).map_or(&[][..], |lookup| &lookup.arguments);
        if given.len() != wanted.len() {
            return Err(format!("look-up `{name}` takes {} arguments, not {}", wanted.len(), given.len()));
        }
        let argument = |(name, text): (&String, &&str)| Ok((name.clone(), self.argument(text)?));
        let arguments = wanted.iter().zip(&given).map(argument).collect::<Result<_, String>>()?;
        Ok(LookupRef { lookup, arguments })
    }

    fn argument(&self, text: &str) -> Result<Argument, String> {
        match text.split_once(' ') {
            Some(("query", name)) => parameter_name(name).map(Argument::Query),
            Some(("body", name)) => parameter_name(name).map(Argument::Body),
            _ => self.index(text).map(Argument::Path),
        }
    }
}

fn alternatives(names: &str) -> Result<Vec<String>, String> {
    names.split('|').map(parameter_name).collect()
}

/// A parameter, with `[]` and `[field]` for what is nested in lists and objects.
fn parameter_name(name: &str) -> Result<String, String> {
    let well_formed = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'[' | b']'));
    if well_formed { Ok(name.to_owned()) } else { Err(format!("`{name}` is not the name of a parameter")) }
}
