//! The rows of GitLab's tables.

use std::collections::BTreeSet;
use std::fmt;

use narrowgate_graphql_tests::schema;

/// What a row names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Type,
    Field,
    Mutation,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) boundary: String,
    pub(super) permissions: Vec<String>,
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?} {} on {}: {}", self.kind, self.name, self.boundary, self.permissions.join(" + "))
    }
}

impl Row {
    /// `Query` and `project` of `Query.project`.
    pub(super) fn field(&self) -> Option<(&str, &str)> {
        self.name.split_once('.')
    }

    /// `jobPlay` of `JobPlay`.
    pub(super) fn mutation(&self) -> String {
        let mut letters = self.name.chars();
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
    }

    fn is_in_schema(&self) -> bool {
        let schema = schema::gitlab().as_apollo();
        match self.kind {
            Kind::Type => schema.get_object(&self.name).is_some(),
            Kind::Field => self.field().is_some_and(|(owner, field)| schema.type_field(owner, field).is_ok()),
            Kind::Mutation => schema.type_field("Mutation", &self.mutation()).is_ok(),
        }
    }
}

/// The rows of both tables whose names GitLab's schema has, each once.
pub(super) fn rows() -> BTreeSet<Row> {
    let tables =
        [include_str!("../../conformance/graphql_18.tsv"), include_str!("../../conformance/graphql.tsv")];
    tables.iter().flat_map(|table| table.lines().skip(1)).map(row).filter(Row::is_in_schema).collect()
}

fn row(line: &str) -> Row {
    let columns: Vec<&str> = line.split('\t').collect();
    let kind = match columns[4] {
        "Type" => Kind::Type,
        "Field" => Kind::Field,
        "Mutation" => Kind::Mutation,
        other => panic!("`{other}` is no kind of row"),
    };
    let own = (columns[2], columns[1]);
    // `Delete Award Emoji`
    let also = columns.get(6).unwrap_or(&"").split(';').filter_map(|shown| shown.trim().split_once(' '));
    let permissions =
        std::iter::once(own).chain(also).map(|(action, resource)| permission(action, resource)).collect();
    Row { kind, name: columns[5].to_owned(), boundary: columns[3].to_owned(), permissions }
}

/// `read_ci_cd_setting` of `Read` and `CI/CD Setting`.
fn permission(action: &str, resource: &str) -> String {
    let shown = format!("{resource}: {action}");
    let catalog = narrowgate_catalog::Catalog::embedded();
    let found = catalog
        .permissions()
        .find(|permission| permission.display().to_string().eq_ignore_ascii_case(&shown));
    found.unwrap_or_else(|| panic!("no permission is shown as `{shown}`")).name.clone()
}
