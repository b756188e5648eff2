//! From job token entries to the operations they name.

use std::collections::HashMap;

use super::operations::Linked;
use super::place::{Errors, Place};
use super::raw::JobTokenEntry;

/// Sets the rule of each operation that an entry names. An entry that names nothing, or what another entry claims in
/// other words, is a mistake: it would open or close an endpoint that nobody meant.
pub(super) fn link(entries: &[JobTokenEntry], linked: &mut [Linked], errors: &mut Errors) {
    let mut claimed: HashMap<usize, &Place> = HashMap::new();
    for entry in entries {
        for pattern in &entry.operations {
            let mut named = false;
            for (at, Linked { operation, .. }) in linked.iter_mut().enumerate() {
                if !pattern.value.covers(operation.surface, operation.method, &operation.template) {
                    continue;
                }
                named = true;
                match claimed.insert(at, &pattern.place) {
                    Some(_) if operation.job_token == Some(entry.rule) => {}
                    Some(earlier) => errors.add(
                        &pattern.place,
                        format!(
                            "`{} {}` has other terms at {}:{}",
                            operation.method, operation.template, earlier.file, earlier.line
                        ),
                    ),
                    None => operation.job_token = Some(entry.rule),
                }
            }
            if !named {
                errors.add(&pattern.place, format!("no operation is called `{}`", pattern.value.template));
            }
        }
    }
}
