//! How deep a document may be.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};

/// GitLab's limits for visitors and for users.
const VISITOR: usize = 15;
const USER: usize = 20;

/// Why an operation is refused as a whole. Introspection may be as deep as it likes.
pub(super) fn refusal(
    document: &ExecutableDocument,
    operation: &Operation,
    signed_in: bool,
) -> Option<String> {
    let limit = if signed_in { USER } else { VISITOR };
    let depth = depth(document, &operation.selection_set);
    (depth > limit).then(|| format!("Query has depth of {depth}, which exceeds max depth of {limit}"))
}

fn depth(document: &ExecutableDocument, set: &SelectionSet) -> usize {
    let of = |selection: &Selection| match selection {
        Selection::Field(field) if field.name.starts_with("__") => 0,
        Selection::Field(field) => 1 + depth(document, &field.selection_set),
        Selection::InlineFragment(inline) => depth(document, &inline.selection_set),
        Selection::FragmentSpread(spread) => {
            spread.fragment_def(document).map_or(0, |fragment| depth(document, &fragment.selection_set))
        }
    };
    set.selections.iter().map(of).max().unwrap_or(0)
}
