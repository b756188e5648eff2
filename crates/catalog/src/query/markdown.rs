//! The permission tables of the documentation.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{BoundaryType, Catalog, GraphqlKind, Operation, Permission, PermissionId, Role, Surface};

/// One Markdown file per category and an index, as `(file name, text)`, sorted by name.
#[must_use]
pub fn markdown_tables(catalog: &Catalog) -> Vec<(String, String)> {
    let tables = Tables::new(catalog);
    let mut categories: BTreeMap<&str, BTreeMap<&str, Vec<&Permission>>> = BTreeMap::new();
    for permission in catalog.permissions() {
        let resources = categories.entry(&permission.category).or_default();
        resources.entry(&permission.resource).or_default().push(permission);
    }
    let mut files = vec![("index.md".to_owned(), index(catalog, &categories))];
    for (category, resources) in &categories {
        let mut text = format!("# {category}\n");
        for (resource, permissions) in resources {
            tables.resource(&mut text, resource, permissions);
        }
        files.push((format!("{}.md", file_stem(category)), text));
    }
    files.sort();
    files
}

fn file_stem(category: &str) -> String {
    let words = category.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}

fn index(catalog: &Catalog, categories: &BTreeMap<&str, BTreeMap<&str, Vec<&Permission>>>) -> String {
    let mut text = format!(
        "# Permissions\n\n{} permissions guard {} operations.\n\n| Category | Resources | Permissions |\n| --- | --- | --- |\n",
        catalog.permissions().len(),
        catalog.operations().len()
    );
    for (category, resources) in categories {
        let permissions: usize = resources.values().map(Vec::len).sum();
        let file = file_stem(category);
        line(&mut text, &format!("| [{category}]({file}.md) | {} | {permissions} |", resources.len()));
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// What each permission guards.
struct Tables<'c> {
    catalog: &'c Catalog,
    operations: BTreeMap<PermissionId, Vec<&'c Operation>>,
}

impl<'c> Tables<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let mut operations: BTreeMap<PermissionId, Vec<&'c Operation>> = BTreeMap::new();
        for operation in catalog.operations() {
            let own = operation.needs().first().and_then(|need| need.permission_ids.first());
            if let Some(id) = own {
                operations.entry(*id).or_default().push(operation);
            }
        }
        Self { catalog, operations }
    }

    fn resource(&self, text: &mut String, resource: &str, permissions: &[&Permission]) {
        let about = permissions.first().map_or("", |permission| permission.about.as_str());
        line(text, &format!("\n## {resource}\n\n{about}.\n"));
        line(text, "| Permission | Shown as | Boundaries | Least role |\n| --- | --- | --- | --- |");
        for permission in permissions {
            let boundaries = words(permission.boundaries.iter().copied().map(BoundaryType::as_str));
            let role = if permission.role == Role::NoAccess { "" } else { permission.role.as_str() };
            line(
                text,
                &format!("| `{}` | {} | {boundaries} | {role} |", permission.name, permission.display()),
            );
        }
        self.operations(text, permissions);
    }

    fn operations(&self, text: &mut String, permissions: &[&Permission]) {
        let rows: Vec<String> = permissions.iter().flat_map(|permission| self.rows(permission)).collect();
        if rows.is_empty() {
            return;
        }
        line(text, "\n| Operation | Needs | On |\n| --- | --- | --- |");
        for row in rows {
            line(text, &row);
        }
    }

    fn rows(&self, permission: &Permission) -> Vec<String> {
        let operations = self.operations.get(&permission.id).into_iter().flatten();
        let mut rows: Vec<String> = operations.map(|operation| self.row(operation)).collect();
        for entry in
            self.catalog.graphql().filter(|entry| entry.permission_ids.first() == Some(&permission.id))
        {
            let kind = match entry.kind {
                GraphqlKind::Type => "type",
                GraphqlKind::Field => "field",
                GraphqlKind::Mutation => "mutation",
            };
            let needs = words(entry.permission_ids.iter().map(|id| self.catalog.describe(*id).name.as_str()));
            let on = words(entry.boundaries.iter().map(|boundary| boundary.boundary.as_str()));
            rows.push(format!("| GraphQL {kind} `{}` | {needs} | {on} |", entry.name));
        }
        rows
    }

    fn row(&self, operation: &Operation) -> String {
        let mut needs = String::new();
        let mut on = String::new();
        for (index, need) in operation.needs().iter().enumerate() {
            let places = words(need.boundaries.iter().map(|source| source.boundary.as_str()));
            if index == 0 {
                needs = words(need.permission_ids.iter().map(|id| self.catalog.describe(*id).name.as_str()));
                on = places;
            } else {
                let hint = if need.optional { " if named" } else { "" };
                // Writing to a String cannot fail.
                let _ = write!(on, "; and {places}{hint}");
            }
        }
        let template = operation.template.replace('|', "\\|");
        let name = match operation.surface {
            Surface::Rest | Surface::Scim | Surface::Narrowgate => {
                format!("`{} {template}`", operation.method)
            }
            Surface::Git => format!("Git: {template}"),
            Surface::Lfs => format!("LFS: {template}"),
            Surface::Registry => format!("Registry: {template}"),
        };
        let public = if operation.public_read { ", free where public" } else { "" };
        format!("| {name} | {needs} | {on}{public} |")
    }
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
