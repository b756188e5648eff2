//! Finding permissions and operations by words.

use crate::{Catalog, Operation, Permission};

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Hits<'c> {
    /// Permissions by name.
    pub permissions: Vec<&'c Permission>,
    /// Operations by template and method.
    pub operations: Vec<&'c Operation>,
}

impl Catalog {
    /// Permissions and operations in which every word occurs, whatever its case.
    #[must_use]
    pub fn search(&self, text: &str) -> Hits<'_> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Hits::default();
        }
        let holds = |text: String| {
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let permissions =
            self.permissions().filter(|permission| holds(permission_text(permission))).collect();
        let operations =
            self.operations().filter(|operation| holds(self.operation_text(operation))).collect();
        Hits { permissions, operations }
    }

    fn operation_text(&self, operation: &Operation) -> String {
        let ids = operation.needs().iter().take(1).flat_map(|need| &need.permission_ids);
        let names: Vec<_> = ids.map(|id| self.describe(*id).name.as_str()).collect();
        format!("{} {} {}", operation.method, operation.template, names.join(" "))
    }
}

fn permission_text(permission: &Permission) -> String {
    format!("{} {} {} {}", permission.name, permission.display(), permission.category, permission.about)
}
