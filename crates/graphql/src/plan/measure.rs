//! How much a document asks for, counted before anything of it is carried out.

use apollo_compiler::ast::{Definition, Document, FragmentDefinition, Selection};
use apollo_compiler::collections::HashMap;
use apollo_compiler::{Name, Node};

use super::{Fault, Limits, PlanError};

/// Counts a document's aliases, depth, and fields as if each fragment stood wherever it is spread: each fragment is
/// counted once, so that the counting takes no longer than reading the document.
///
/// # Errors
///
/// A document beyond the limits, and fragments that lead back to themselves.
pub(super) fn measure(document: &Document, limits: &Limits, nesting: usize) -> Result<(), PlanError> {
    let fragments = document.definitions.iter().filter_map(Definition::as_fragment_definition);
    let fragments = fragments.map(|fragment| (fragment.name.clone(), fragment)).collect();
    let mut meter = Meter { limits, nesting, fragments, done: HashMap::default(), aliases: 0 };
    let mut fields = 0_usize;
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                let size = meter.set(&operation.selection_set, Size::default())?;
                fields = fields.saturating_add(size.fields);
            }
            Definition::FragmentDefinition(fragment) => {
                meter.fragment(fragment, Size::default())?;
            }
            _ => {}
        }
    }
    if meter.aliases > limits.aliases {
        return Err(PlanError::limit("aliases", limits.aliases));
    }
    if fields > limits.fields {
        return Err(PlanError::limit("fields", limits.fields));
    }
    Ok(())
}

/// What a selection set comes to, with its fragments.
#[derive(Clone, Copy, Default)]
struct Size {
    /// Selection sets of fields within one another.
    depth: usize,
    /// Selection sets of any kind within one another.
    nesting: usize,
    /// Fields, each as often as it stands somewhere.
    fields: usize,
}

struct Meter<'d> {
    limits: &'d Limits,
    nesting: usize,
    fragments: HashMap<Name, &'d Node<FragmentDefinition>>,
    /// What was counted already; nothing while it is being counted.
    done: HashMap<Name, Option<Size>>,
    aliases: usize,
}

impl<'d> Meter<'d> {
    /// The size of a selection set that stands below `above`.
    fn set(&mut self, selections: &'d [Selection], above: Size) -> Result<Size, PlanError> {
        let mut size = Size { depth: 1, nesting: 1, fields: 0 };
        self.check(above, size)?;
        for selection in selections {
            let part = match selection {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.alias.is_some());
                    let mut part = Size { fields: 1, ..Size::default() };
                    if !field.selection_set.is_empty() {
                        let above = Size { depth: above.depth + 1, nesting: above.nesting + 1, fields: 0 };
                        let below = self.set(&field.selection_set, above)?;
                        part.fields = below.fields.saturating_add(1);
                        part.depth = below.depth;
                        part.nesting = below.nesting;
                    }
                    part
                }
                Selection::InlineFragment(inline) => {
                    let above = Size { nesting: above.nesting + 1, ..above };
                    let below = self.set(&inline.selection_set, above)?;
                    Size { depth: below.depth.saturating_sub(1), ..below }
                }
                Selection::FragmentSpread(spread) => {
                    let above = Size { nesting: above.nesting + 1, ..above };
                    let below = self.spread(&spread.fragment_name, above)?;
                    Size { depth: below.depth.saturating_sub(1), ..below }
                }
            };
            size.depth = size.depth.max(part.depth + 1);
            size.nesting = size.nesting.max(part.nesting + 1);
            size.fields = size.fields.saturating_add(part.fields);
        }
        Ok(size)
    }

    /// The size of a fragment that is spread below `above`; one that doesn't exist is for validation to refuse.
    fn spread(&mut self, name: &Name, above: Size) -> Result<Size, PlanError> {
        match self.fragments.get(name).copied() {
            Some(fragment) => {
                let size = self.fragment(fragment, above)?;
                self.check(above, size)?;
                Ok(size)
            }
            None => Ok(Size { depth: 1, nesting: 1, fields: 0 }),
        }
    }

    fn fragment(&mut self, fragment: &'d Node<FragmentDefinition>, above: Size) -> Result<Size, PlanError> {
        match self.done.get(&fragment.name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let message = format!("the fragment `{}` leads back to itself", fragment.name);
                return Err(PlanError::new(Fault::Invalid { unknown_name: false }, message));
            }
            None => {}
        }
        self.done.insert(fragment.name.clone(), None);
        let size = self.set(&fragment.selection_set, above)?;
        self.done.insert(fragment.name.clone(), Some(size));
        Ok(size)
    }

    fn check(&self, above: Size, size: Size) -> Result<(), PlanError> {
        if above.depth + size.depth > self.limits.depth {
            return Err(PlanError::limit("selection sets within one another", self.limits.depth));
        }
        if above.nesting + size.nesting > self.nesting {
            return Err(PlanError::limit("fragments and selection sets within one another", self.nesting));
        }
        Ok(())
    }
}
