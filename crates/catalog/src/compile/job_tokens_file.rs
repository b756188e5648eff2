//! `[[job_tokens]]`: which operations take CI job tokens, and the policies that guard them.

use super::fields::Fields;
use super::place::{Errors, Located};
use super::raw::{JobTokenEntry, OperationPattern, Raw};
use crate::{JobPolicy, JobTokenRule, Method, Surface};

/// Keys whose items are the names of operations.
const NAMED: [(&str, Surface); 3] =
    [("git", Surface::Git), ("lfs", Surface::Lfs), ("registry", Surface::Registry)];

pub(super) fn read(fields: &mut Fields<'_, '_>, raw: &mut Raw, errors: &mut Errors) {
    for (place, item) in fields.list(errors, "job_tokens") {
        let Some(mut table) = fields.as_table(item, place, errors) else { continue };
        let policies = table.texts(errors, "policies");
        let policies =
            policies.iter().filter_map(|text| errors.note(&text.place, policy(&text.value))).collect();
        let own_project_only = table.flag(errors, "own_project_only");
        let push = table.flag(errors, "push");
        let operations = read_operations(&mut table, errors);
        if operations.is_empty() {
            errors.add(&table.place, "no operation is named");
        }
        table.finish(errors);
        raw.job_tokens
            .push(JobTokenEntry { rule: JobTokenRule { policies, own_project_only, push }, operations });
    }
}

fn policy(name: &str) -> Result<JobPolicy, String> {
    JobPolicy::parse(name).ok_or_else(|| format!("`{name}` is not a policy of job tokens"))
}

fn read_operations(table: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<Located<OperationPattern>> {
    let mut operations = Vec::new();
    for Located { value, place } in table.texts(errors, "rest") {
        let pattern = errors.note(&place, route(&value));
        operations.extend(pattern.map(|value| Located { value, place }));
    }
    for (key, surface) in NAMED {
        for Located { value, place } in table.texts(errors, key) {
            let value = OperationPattern { surface, method: None, template: value };
            operations.push(Located { value, place });
        }
    }
    operations
}

/// `GET /projects/:id/jobs`; a `**` at the end stands for any text.
fn route(text: &str) -> Result<OperationPattern, String> {
    let (method, template) = text
        .split_once(' ')
        .ok_or_else(|| format!("`{text}` is not a method and a path: `GET /projects/:id/jobs`"))?;
    let method = Method::try_from(method).map_err(|error| format!("`{method}` is {error}"))?;
    Ok(OperationPattern { surface: Surface::Rest, method: Some(method), template: template.to_owned() })
}

impl OperationPattern {
    /// Whether the pattern names an operation.
    pub(super) fn covers(&self, surface: Surface, method: Method, template: &str) -> bool {
        let path = match self.template.strip_suffix("**") {
            Some(prefix) => template.starts_with(prefix),
            None => template == self.template,
        };
        self.surface == surface && self.method.is_none_or(|own| own == method) && path
    }
}
