//! Sources as the catalogue's files write them.

use crate::{Argument, Catalog, LookupRef, Operation, Source};

impl Catalog {
    /// `path id`, `lookup runner(id)`: the expression that stands for a source of an operation.
    #[must_use]
    pub fn source_text(&self, operation: &Operation, source: &Source) -> String {
        match source {
            Source::Path { param, .. } => format!("path {param}"),
            Source::Query { names } => format!("query {}", names.join("|")),
            Source::Body { names } => format!("body {}", names.join("|")),
            Source::Lookup(lookup) => self.lookup_text(operation, lookup),
            Source::Owner => "owner".to_owned(),
            Source::Instance => "instance".to_owned(),
        }
    }

    fn lookup_text(&self, operation: &Operation, lookup: &LookupRef) -> String {
        let argument = |(_, argument): &(String, Argument)| match argument {
            Argument::Path(index) => operation.parameters.get(*index).cloned().unwrap_or_default(),
            Argument::Query(name) => format!("query {name}"),
            Argument::Body(name) => format!("body {name}"),
        };
        let arguments: Vec<_> = lookup.arguments.iter().map(argument).collect();
        format!("lookup {}({})", self.lookup(lookup.lookup).name, arguments.join(", "))
    }
}
