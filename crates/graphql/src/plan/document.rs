//! Reading a document: what it asks for at most, whether it fits the schema, and which operation is meant.

use apollo_compiler::ast::{self, Definition, OperationType, Selection};
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::executable::Operation;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node, introspection};

use super::error::Complaint;
use super::lines::Lines;
use super::{Fault, Kind, Limits, PlanError, directives, measure};
use crate::Schema;

/// Selection sets, fragments and values within one another, for each level of selection sets that is allowed.
const NESTING: usize = 2;
/// Lists and input objects within one another, at least.
const VALUES: usize = 40;
/// What the names of faults begin with that a newer schema may not have.
const UNKNOWN: &str = "Undefined";
const INVALID: Fault = Fault::Invalid { unknown_name: false };

/// A document that fits the schema and the limits.
pub(super) struct Document {
    pub(super) executable: Valid<ExecutableDocument>,
    /// What no key of the document begins with.
    pub(super) nonce: String,
    /// The variables that its directives ask for.
    pub(super) switches: Vec<Box<str>>,
}

impl Document {
    /// # Errors
    ///
    /// Each [`Fault`] but [`Fault::Variables`].
    pub(super) fn read(schema: &Schema, text: &str, limits: &Limits) -> Result<Self, PlanError> {
        if text.len() > limits.document_bytes {
            return Err(PlanError::limit("bytes", limits.document_bytes));
        }
        let nesting = limits.depth.saturating_mul(NESTING).saturating_add(VALUES);
        let ast = parse(text, limits, nesting)?;
        measure::measure(&ast, limits, nesting)?;
        let executable = ast
            .to_executable_validate(schema.as_apollo())
            .map_err(|invalid| invalid_document(&invalid.errors, text))?;
        Ok(Self { nonce: nonce(&ast), switches: directives::switches(&ast)?, executable })
    }

    /// The operation that a request means, as the specification has it: by its name, or the only one.
    ///
    /// # Errors
    ///
    /// No such operation, several to choose from, or a subscription.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<(&Node<Operation>, Kind), PlanError> {
        let name = name.filter(|name| !name.is_empty());
        let operation = self.executable.operations.get(name).map_err(|_| {
            let message = match name {
                Some(name) => format!("the document has no operation named `{name}`"),
                None => "the document has several operations: `operationName` must name one".to_owned(),
            };
            PlanError::new(INVALID, message)
        })?;
        let kind = match operation.operation_type {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => {
                return Err(PlanError::new(Fault::Unsupported, "subscriptions aren't supported"));
            }
        };
        if operation.root_fields(&self.executable).any(|field| field.name.starts_with("__")) {
            introspection::check_max_depth(&self.executable, operation)
                .map_err(|_| PlanError::new(Fault::Limit, "the document asks too deeply about the schema"))?;
        }
        Ok((operation, kind))
    }
}

fn parse(text: &str, limits: &Limits, nesting: usize) -> Result<ast::Document, PlanError> {
    let mut parser = ast::Document::parser().token_limit(limits.tokens).recursion_limit(nesting);
    match parser.parse_ast(text, "query") {
        Ok(document) => Ok(document),
        Err(_) if parser.tokens_reached() > limits.tokens => Err(PlanError::limit("tokens", limits.tokens)),
        Err(_) if parser.recursion_reached() > nesting => {
            Err(PlanError::limit("selection sets or values within one another", nesting))
        }
        Err(broken) => Err(PlanError::all(Fault::Syntax, complaints(&broken.errors, text))),
    }
}

fn invalid_document(errors: &DiagnosticList, text: &str) -> PlanError {
    let names = || errors.iter().filter_map(|problem| problem.error.unstable_error_name());
    let unknown_name = names().any(|name| name.starts_with(UNKNOWN));
    PlanError::all(Fault::Invalid { unknown_name }, complaints(errors, text))
}

fn complaints(errors: &DiagnosticList, text: &str) -> impl Iterator<Item = Complaint> {
    let lines = Lines::new(text);
    errors.iter().map(move |problem| {
        let position = problem.error.location().map(|span| lines.position(span.offset()));
        Complaint { message: problem.error.to_string().into(), position }
    })
}

/// The first of `ng0_`, `ng1_`, … that no key of the document begins with.
fn nonce(document: &ast::Document) -> String {
    let mut taken = Vec::new();
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                collect_nonces(&operation.selection_set, &mut taken);
            }
            Definition::FragmentDefinition(fragment) => {
                collect_nonces(&fragment.selection_set, &mut taken);
            }
            _ => {}
        }
    }
    taken.sort_unstable();
    taken.dedup();
    let free = taken.iter().zip(0..).find(|(taken, number)| **taken != *number);
    format!("ng{}_", free.map_or(taken.len() as u64, |(_, number)| number))
}

fn collect_nonces(selections: &[Selection], taken: &mut Vec<u64>) {
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                taken.extend(read_nonce(field.response_name()));
                collect_nonces(&field.selection_set, taken);
            }
            Selection::InlineFragment(inline) => collect_nonces(&inline.selection_set, taken),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn read_nonce(key: &str) -> Option<u64> {
    let (number, _) = key.strip_prefix("ng")?.split_once('_')?;
    number.parse().ok()
}
