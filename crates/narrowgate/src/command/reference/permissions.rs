//! Every permission as pages, one for each category.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use narrowgate_catalog::{Catalog, Operation, Permission};

use crate::catalog_files::title;

/// The pages by their path below the reference.
pub(super) fn pages() -> BTreeMap<String, String> {
    let catalog = Catalog::embedded();
    let mut categories: BTreeMap<&str, Vec<&Permission>> = BTreeMap::new();
    for permission in catalog.permissions() {
        categories.entry(&permission.category).or_default().push(permission);
    }
    let mut pages = BTreeMap::new();
    let mut index = format!(
        "# Permissions\n\n{} permissions in {} categories.\n\n",
        catalog.permissions().len(),
        categories.len()
    );
    for (category, permissions) in categories {
        let file = format!("{}.md", file_name(category));
        // Writing into a `String` cannot fail.
        let _ = writeln!(index, "- [{category}]({file}): {} permissions", permissions.len());
        pages.insert(format!("permissions/{file}"), page(catalog, category, &permissions));
    }
    pages.insert("permissions/README.md".to_owned(), index);
    pages
}

fn page(catalog: &Catalog, category: &str, permissions: &[&Permission]) -> String {
    let mut text = format!("# {category}\n\n");
    text.push_str(
        "| permission | shown as | boundaries | role | operations |\n| --- | --- | --- | --- | --- |\n",
    );
    for permission in permissions {
        let boundaries: Vec<&str> = permission.boundaries.iter().map(|found| found.as_str()).collect();
        let operations: Vec<String> =
            catalog.operations().filter(|operation| guards(permission, operation)).map(cell).collect();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            permission.name,
            permission.display(),
            boundaries.join(", "),
            permission.role,
            operations.join("<br>"),
        );
    }
    text
}

fn guards(permission: &Permission, operation: &Operation) -> bool {
    operation.needs().iter().any(|need| need.permissions.contains(permission.id))
}

fn cell(operation: &Operation) -> String {
    format!("`{}`", title(operation))
}

/// `CI/CD` is `ci_cd`.
fn file_name(category: &str) -> String {
    let words: Vec<String> = category
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("_")
}
