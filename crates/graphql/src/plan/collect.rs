//! The fields that an object of one type answers with: the specification's CollectFields.

use apollo_compiler::collections::{HashSet, IndexMap};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node};
use smallvec::SmallVec;

use super::{PlanError, Variables, directives};
use crate::Schema;

/// Selections looked at, for each field that a plan may have.
const LOOKS: usize = 50;

/// The fields of one key, in the document's order: at least one.
pub(super) type Group<'d> = SmallVec<[&'d Node<Field>; 1]>;

/// What selections are collected from.
pub(super) struct Collector<'d> {
    schema: &'d Schema,
    document: &'d Valid<ExecutableDocument>,
    operation: &'d Operation,
    variables: &'d Variables,
    looks: usize,
    most_fields: usize,
}

impl<'d> Collector<'d> {
    pub(super) fn new(
        schema: &'d Schema,
        document: &'d Valid<ExecutableDocument>,
        operation: &'d Operation,
        variables: &'d Variables,
        most_fields: usize,
    ) -> Self {
        let looks = most_fields.saturating_mul(LOOKS);
        Self { schema, document, operation, variables, looks, most_fields }
    }

    /// The fields that these selection sets ask of an object type, by key, in the order of the answer.
    ///
    /// # Errors
    ///
    /// A directive whose variable has no Boolean value, and more looking than a plan may take.
    pub(super) fn collect(
        &mut self,
        object: &Name,
        sets: &[&'d SelectionSet],
    ) -> Result<IndexMap<&'d Name, Group<'d>>, PlanError> {
        let mut groups = IndexMap::default();
        let mut spread = HashSet::default();
        for set in sets {
            self.collect_set(object, set, &mut spread, &mut groups)?;
        }
        Ok(groups)
    }

    fn collect_set(
        &mut self,
        object: &Name,
        set: &'d SelectionSet,
        spread: &mut HashSet<&'d Name>,
        groups: &mut IndexMap<&'d Name, Group<'d>>,
    ) -> Result<(), PlanError> {
        for selection in &set.selections {
            self.looks =
                self.looks.checked_sub(1).ok_or_else(|| PlanError::limit("fields", self.most_fields))?;
            if !directives::counts(selection.directives(), self.operation, self.variables)? {
                continue;
            }
            match selection {
                Selection::Field(field) => groups.entry(field.response_key()).or_default().push(field),
                Selection::InlineFragment(inline) => {
                    let applies = inline.type_condition.as_ref().is_none_or(|on| self.applies(on, object));
                    if applies {
                        self.collect_set(object, &inline.selection_set, spread, groups)?;
                    }
                }
                Selection::FragmentSpread(fragment) => {
                    let Some(definition) = fragment.fragment_def(self.document) else { continue };
                    let is_new = spread.insert(&fragment.fragment_name);
                    if is_new && self.applies(definition.type_condition(), object) {
                        self.collect_set(object, &definition.selection_set, spread, groups)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn applies(&self, condition: &Name, object: &Name) -> bool {
        condition == object || self.schema.as_apollo().is_subtype(condition, object)
    }
}
