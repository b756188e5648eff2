//! What a document asks for, as a tree that requests are written from and answers are read beside.

mod arguments;
mod cache;
mod collect;
mod directives;
mod document;
mod error;
mod limits;
mod lines;
mod measure;
mod merge;
mod model;
mod nodes;
mod probes;
mod reader;
mod requirements;
mod root;
mod seek;
mod shape;
mod text;
mod tree;
mod variables;

use apollo_compiler::executable::Operation;

use crate::Schema;
use crate::guard::Guards;

pub use cache::PlanCache;
pub use error::{Complaint, Fault, PlanError};
pub use limits::Limits;
pub use model::{
    Abstract, Container, Field, Kind, Leaf, LocatedBy, Object, Plan, Position, Root, Shape, Value,
    VariableDefinition,
};
pub use requirements::{At, Candidate, Requirement, RootCheck, requirements};
pub use variables::{Variables, strict};

/// A schema, and what guards it.
#[derive(Clone, Copy, Debug)]
pub struct Guarded<'s> {
    /// The schema of an instance.
    pub schema: &'s Schema,
    /// Its guards.
    pub guards: &'s Guards,
}

/// Plans the operation of a document that a request means.
///
/// # Errors
///
/// A document that doesn't fit the schema or the limits, that asks for what isn't carried out here, or whose directives
/// lack their variables.
pub fn plan(
    guarded: &Guarded<'_>,
    document: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Plan, PlanError> {
    planned(guarded, document, operation_name, variables, limits).map(|(plan, _)| plan)
}

/// A plan, and the variables whose values it holds for: those that directives asked for.
fn planned(
    guarded: &Guarded<'_>,
    text: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<(Plan, Vec<Box<str>>), PlanError> {
    let document = document::Document::read(guarded.schema, text, limits)?;
    let (operation, kind) = document.operation(operation_name)?;
    let collector =
        collect::Collector::new(guarded.schema, &document.executable, operation, variables, limits.fields);
    let writer = arguments::Writer::new(guarded.schema, operation);
    let nonce = document.nonce.clone();
    let mut builder = tree::Builder::new(guarded, text, limits, nonce, collector, writer);
    let (root, mut roots) = root::root(guarded, &mut builder, operation, kind)?;
    let used = root::used_variables(&mut roots, operation);
    let plan = Plan {
        kind,
        name: operation.name.as_ref().map(|name| name.as_str().into()),
        root,
        roots: roots.into(),
        variables: definitions(operation, &used)?,
    };
    Ok((plan, document.switches))
}

fn definitions(operation: &Operation, used: &[usize]) -> Result<Box<[VariableDefinition]>, PlanError> {
    let definitions = used.iter().filter_map(|index| operation.variables.get(*index));
    let write = |definition: &apollo_compiler::Node<apollo_compiler::ast::VariableDefinition>| {
        let mut text = definition.ty.to_string();
        if let Some(default) = &definition.default_value {
            text.push_str(" = ");
            text::write_value(&mut text, default, &mut |_| ())?;
        }
        Ok(VariableDefinition {
            name: definition.name.as_str().into(),
            definition: text.into(),
            is_nullable: !definition.ty.is_non_null(),
            default: definition.default_value.as_ref().map(|default| text::read_constant(default)),
        })
    };
    definitions.map(write).collect()
}
