//! Every row of the tables in `tests/conformance` beside the compiled catalogue.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use narrowgate_catalog::{
    BoundaryType, Catalog, GraphqlEntry, GraphqlKind, JobPolicy, JobTokenRule, Match, Method, Need,
    Operation, OperationAccess, Params, Surface,
};

type Row = BTreeMap<String, String>;

fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().unwrap().split('\t').map(str::to_owned).collect();
    let row = |line: &str| header.iter().cloned().zip(line.split('\t').map(str::to_owned)).collect();
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

fn snake(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

fn permission(row: &Row) -> String {
    format!("{}_{}", snake(&row["action"]), snake(&row["resource"]))
}

/// `Read Merge Request` as `read_merge_request`; the first word is the action.
fn also(row: &Row) -> BTreeSet<String> {
    let names = row.get("also_requires").map(String::as_str).unwrap_or_default().split(';');
    names.map(snake).filter(|name| !name.is_empty()).collect()
}

fn boundary(name: &str) -> BoundaryType {
    let name = name.to_lowercase();
    BoundaryType::ALL.into_iter().find(|boundary| boundary.as_str() == name).unwrap()
}

fn operation<'c>(catalog: &'c Catalog, row: &Row) -> &'c Operation {
    let (method, path) = (row["method"].as_str(), row["path"].as_str());
    let found = catalog.operations().find(|operation| {
        matches!(operation.surface, Surface::Rest | Surface::Scim)
            && operation.method.as_str() == method
            && operation.template == path
    });
    found.unwrap_or_else(|| panic!("{method} {path} is not in the catalogue"))
}

fn names(catalog: &Catalog, need: &Need) -> Vec<String> {
    catalog.permission_names(need)
}

/// Runs a check over every row and shows all that fail at once.
fn every_row(name: &str, rows: usize, check: impl Fn(&Row) -> Result<(), String>) {
    let table = table(name);
    assert_eq!(table.len(), rows, "{name} has another number of rows than it had");
    let failures: Vec<String> =
        table.iter().filter_map(|row| check(row).err().map(|error| format!("{error}: {row:?}"))).collect();
    assert!(failures.is_empty(), "{} rows of {name}:\n{}", failures.len(), failures.join("\n"));
}

fn demand(holds: bool, message: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message.to_owned()) }
}

#[test]
fn rest_rows_need_their_permission_on_their_boundary() {
    let catalog = Catalog::embedded();
    every_row("rest.tsv", 1933, |row| {
        let operation = operation(catalog, row);
        let need = operation.needs().first().ok_or("not guarded")?;
        let given = names(catalog, need);
        demand(given.first() == Some(&permission(row)), "another permission")?;
        demand(given.into_iter().skip(1).collect::<BTreeSet<_>>() == also(row), "other further permissions")?;
        let wanted = boundary(&row["boundary"]);
        demand(need.boundaries.iter().any(|source| source.boundary == wanted), "boundary missing")?;
        let known = catalog.permission(&permission(row)).ok_or("no such permission")?;
        demand(known.boundaries.contains(&wanted), "not a boundary of the permission")?;
        demand(known.category.to_lowercase() == row["category"].to_lowercase(), "another category")
    });
}

#[test]
fn rest_operations_have_no_boundary_beyond_the_rows() {
    let mut rows: BTreeMap<(String, String), BTreeSet<BoundaryType>> = BTreeMap::new();
    for row in table("rest.tsv") {
        let key = (row["method"].clone(), row["path"].clone());
        rows.entry(key).or_default().insert(boundary(&row["boundary"]));
    }
    let catalog = Catalog::embedded();
    let guarded = catalog.operations().filter(|operation| operation.surface == Surface::Rest);
    for operation in guarded.filter(|operation| !operation.needs().is_empty()) {
        let given: Vec<BoundaryType> =
            operation.needs()[0].boundaries.iter().map(|source| source.boundary).collect();
        assert!(
            given.is_sorted(),
            "{} {} tries its boundaries out of order",
            operation.method,
            operation.template
        );
        let wanted =
            rows.remove(&(operation.method.to_string(), operation.template.clone())).unwrap_or_default();
        assert_eq!(
            given.into_iter().collect::<BTreeSet<_>>(),
            wanted,
            "{} {}",
            operation.method,
            operation.template
        );
    }
    assert!(rows.is_empty(), "missing: {rows:?}");
}

#[test]
fn boundaries_come_from_where_the_rows_say() {
    let catalog = Catalog::embedded();
    every_row("rest_boundary_sources.tsv", 456, |row| {
        let operation = operation(catalog, row);
        if row["boundary"] == "none" {
            let other = matches!(operation.access, OperationAccess::OtherCredential { .. });
            return demand(other, "reachable with a token");
        }
        let (second, name) = match row["boundary"].strip_prefix("second:") {
            Some(name) => (true, name),
            None => (false, row["boundary"].as_str()),
        };
        let needs = if second { &operation.needs()[1..] } else { &operation.needs()[..1] };
        let sources = needs.iter().flat_map(|need| &need.boundaries);
        let wanted = boundary(name);
        let mut texts = sources
            .filter(|source| source.boundary == wanted)
            .map(|source| catalog.source_text(operation, &source.source));
        let expected = expression(row);
        demand(texts.any(|text| text == expected), &format!("`{expected}` missing"))?;
        let own = names(catalog, &operation.needs()[0]);
        demand(
            operation.needs().iter().all(|need| names(catalog, need) == own),
            "containers need different permissions",
        )
    });
}

/// What GitLab lets link records of another project or group, whose list then shows them whole.
const LINKS: [&str; 3] = [
    "/groups/:id/epics/:epic_iid/related_epics",
    "/projects/:id/issues/:issue_iid/links",
    "/projects/:id/merge_requests",
];

#[test]
fn no_operation_has_a_further_container_beyond_the_rows_and_links() {
    let rows = table("rest_boundary_sources.tsv");
    let wanted = rows.iter().filter(|row| row["boundary"].starts_with("second:")).count();
    let catalog = Catalog::embedded();
    let further = |operation: &Operation| operation.needs().len().saturating_sub(1);
    let given: usize = catalog.operations().map(further).sum();
    let links = catalog
        .operations()
        .filter(|operation| operation.method == Method::Post && LINKS.contains(&operation.template.as_str()));
    assert_eq!(links.map(further).collect::<Vec<_>>(), [1; LINKS.len()]);
    assert_eq!(given, wanted + LINKS.len());
}

/// The source expression that a row of `rest_boundary_sources.tsv` stands for.
fn expression(row: &Row) -> String {
    let detail = &row["detail"];
    match row["source"].as_str() {
        "path_param" => format!("path {detail}"),
        "query_param" => format!("query {detail}"),
        "body_param" => format!("body {detail}"),
        "user" => "owner".to_owned(),
        "instance" => "instance".to_owned(),
        "lookup" => lookup(detail),
        other => panic!("unknown source {other}"),
    }
}

/// What each look-up is called in the tables; the argument follows.
const LOOKUPS: [(&str, &str); 24] = [
    ("pipeline", "pipeline"),
    ("dependency list export", "dependency_list_export"),
    ("SBOM occurrence", "sbom_occurrence"),
    ("vulnerability archive export", "vulnerability_archive_export"),
    ("vulnerability", "vulnerability"),
    ("runner", "runner"),
    ("container repository", "container_repository"),
    ("conan", "conan_project"),
    ("npm package", "npm_package"),
    ("maven virtual registry", "maven_virtual_registry"),
    ("npm virtual registry", "npm_virtual_registry"),
    ("container virtual registry", "container_virtual_registry"),
    ("maven local upstream", "maven_local_upstream"),
    ("maven upstream", "maven_upstream"),
    ("npm upstream", "npm_upstream"),
    ("container upstream", "container_upstream"),
    ("maven registry-upstream link", "maven_registry_upstream"),
    ("npm registry-upstream link", "npm_registry_upstream"),
    ("container registry-upstream link", "container_registry_upstream"),
    ("maven cache entry", "maven_cache_entry"),
    ("npm cache entry", "npm_cache_entry"),
    ("container cache entry", "container_cache_entry"),
    ("suggestion", "suggestion"),
    ("issue link", "vulnerability_issue_link"),
];

fn lookup(detail: &str) -> String {
    if detail.contains("suggestion") && detail.contains("body ids") {
        return "lookup suggestions(body ids)".to_owned();
    }
    let matching = LOOKUPS.iter().filter(|(words, _)| detail.starts_with(words));
    let (words, name) = matching.max_by_key(|(words, _)| words.len()).unwrap();
    let rest = detail[words.len()..].trim_start().trim_start_matches("in ");
    let end = rest.find([',', ' ']).unwrap_or(rest.len());
    let first = &rest[..end];
    let argument = match first {
        "query" | "body" => format!("{first} {}", rest[end + 1..].split([',', ' ']).next().unwrap()),
        named => named.trim_matches([':', '*']).to_owned(),
    };
    format!("lookup {name}({argument})")
}

#[test]
fn public_endpoints_are_public() {
    let catalog = Catalog::embedded();
    every_row("rest_always.tsv", 27, |row| {
        demand(operation(catalog, row).access == OperationAccess::Public, "not public")
    });
    let public = catalog.operations().filter(|operation| operation.access == OperationAccess::Public);
    // Narrowgate's own are no rows of GitLab's.
    assert_eq!(public.filter(|operation| operation.surface != Surface::Narrowgate).count(), 27);
}

#[test]
fn endpoints_of_other_credentials_are_out_of_reach() {
    let catalog = Catalog::embedded();
    every_row("rest_unavailable.tsv", 232, |row| {
        if row["method"] == "*" {
            let any = catalog.operations().any(|operation| operation.template == row["path"]);
            return demand(!any, "GitLab's own catch-all is not an endpoint");
        }
        match &operation(catalog, row).access {
            OperationAccess::OtherCredential { reason, .. } => {
                demand(*reason == row["reason"], "another reason")
            }
            _ => Err("reachable with a token".to_owned()),
        }
    });
}

#[test]
fn public_reads_are_marked() {
    let catalog = Catalog::embedded();
    every_row("rest_public.tsv", 246, |row| {
        let operation = operation(catalog, row);
        demand(operation.public_read, "not marked")?;
        let shown: BTreeSet<String> = operation.needs()[0]
            .permission_ids
            .iter()
            .map(|id| catalog.describe(*id).display().to_string())
            .collect();
        let wanted: BTreeSet<String> = row["permission"].split(';').map(str::to_owned).collect();
        demand(shown == wanted, "other permissions")
    });
    let marked = catalog.operations().filter(|operation| operation.public_read).count();
    assert_eq!(marked, 246);
}

fn entries<'c>(catalog: &'c Catalog, row: &Row) -> Vec<&'c GraphqlEntry> {
    let kind = match row["kind"].as_str() {
        "Type" => GraphqlKind::Type,
        "Field" => GraphqlKind::Field,
        "Mutation" => GraphqlKind::Mutation,
        other => panic!("unknown kind {other}"),
    };
    catalog.graphql().filter(|entry| entry.kind == kind && entry.name == row["name"]).collect()
}

fn check_graphql(catalog: &Catalog, row: &Row) -> Result<(), String> {
    let wanted = permission(row);
    let named = |entry: &&GraphqlEntry| catalog.describe(entry.permission_ids[0]).name == wanted;
    let entry = entries(catalog, row).into_iter().find(named).ok_or("missing")?;
    let further: BTreeSet<String> =
        entry.permission_ids[1..].iter().map(|id| catalog.describe(*id).name.clone()).collect();
    demand(further == also(row), "other further permissions")?;
    let wanted = boundary(&row["boundary"]);
    demand(entry.boundaries.iter().any(|given| given.boundary == wanted), "boundary missing")
}

#[test]
fn graphql_rows_are_guarded_as_written() {
    let catalog = Catalog::embedded();
    every_row("graphql.tsv", 889, |row| check_graphql(catalog, row));
    every_row("graphql_18.tsv", 251, |row| check_graphql(catalog, row));
}

#[test]
fn what_the_rows_name_has_nothing_beyond_them() {
    let mut rows = BTreeSet::new();
    for row in table("graphql.tsv").into_iter().chain(table("graphql_18.tsv")) {
        rows.insert((
            row["kind"].to_lowercase(),
            row["name"].clone(),
            permission(&row),
            boundary(&row["boundary"]),
        ));
    }
    let named: BTreeSet<_> = rows.iter().map(|row| (row.0.clone(), row.1.clone())).collect();
    let catalog = Catalog::embedded();
    let mut given = BTreeSet::new();
    for entry in catalog.graphql() {
        let kind = format!("{:?}", entry.kind).to_lowercase();
        if !named.contains(&(kind.clone(), entry.name.clone())) {
            continue;
        }
        let name = &catalog.describe(entry.permission_ids[0]).name;
        for source in &entry.boundaries {
            given.insert((kind.clone(), entry.name.clone(), name.clone(), source.boundary));
        }
    }
    assert_eq!(given, rows);
}

#[test]
fn graphql_boundaries_come_from_where_the_rows_say() {
    let catalog = Catalog::embedded();
    every_row("graphql_boundaries.tsv", 213, |row| {
        let entries = entries(catalog, row);
        demand(!entries.is_empty(), "missing")?;
        let list = |key: &str| row[key].split('|').map(str::to_owned).collect::<Vec<_>>();
        let (arguments, methods) = (list("boundary_argument"), list("boundary_method"));
        let at = |list: &[String], index: usize| {
            let one = if list.len() == 1 { list.first() } else { list.get(index) };
            one.filter(|one| !one.is_empty()).cloned()
        };
        let wanted: Vec<BoundaryType> = row["boundary_types"].split(',').map(boundary).collect();
        for entry in entries {
            for (index, boundary) in wanted.iter().enumerate() {
                let given = entry.boundaries.iter().find(|given| given.boundary == *boundary);
                let given = given.ok_or_else(|| format!("boundary {boundary} missing"))?;
                demand(given.argument == at(&arguments, index), "another argument")?;
                demand(given.method == at(&methods, index), "another method")?;
            }
        }
        Ok(())
    });
}

/// A path for a template: each parameter a word, each catch-all two segments.
fn sample(template: &str, with_optional: bool) -> String {
    let literal = template.contains("nuget/v2/Packages(") || template.contains("FindPackagesById(");
    let mut text = template.to_owned();
    while !literal && text.contains('(') {
        let (before, rest) = text.split_once('(').unwrap();
        let (inner, after) = rest.split_once(')').unwrap();
        text = if with_optional { format!("{before}{inner}{after}") } else { format!("{before}{after}") };
    }
    let text = text.trim_end_matches('/');
    let mut path = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != ':' && char != '*' {
            path.push(char);
            continue;
        }
        while chars
            .next_if(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || *next == '_')
            .is_some()
        {}
        path.push_str(if char == '*' && !literal { "one/two" } else { "42" });
    }
    path
}

#[test]
fn every_template_matches_a_path_of_its_own() {
    let catalog = Catalog::embedded();
    let mut wrong = Vec::new();
    for operation in catalog.operations() {
        if !matches!(operation.surface, Surface::Rest | Surface::Scim | Surface::Narrowgate) {
            continue;
        }
        for with_optional in [true, false] {
            let path = sample(&operation.template, with_optional);
            let mut params = Params::new();
            match catalog.classify(operation.method, &path, &mut params) {
                Match::Operation(found) if found.id == operation.id => {}
                other => {
                    wrong.push(format!("{} {}: {path} is {other:?}", operation.method, operation.template));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unknown_methods_are_none_of_ours() {
    for method in ["OPTIONS", "TRACE", "CONNECT", "get", ""] {
        assert!(Method::try_from(method).is_err(), "{method}");
    }
}

/// GitLab's table of endpoints that take job tokens (WIRE 10), by the policies that it names.
#[test]
fn job_tokens_reach_what_gitlab_opens_to_them() {
    let catalog = Catalog::embedded();
    let cases = [
        ("GET /projects/:id/deployments", "READ_DEPLOYMENTS"),
        ("POST /projects/:id/deployments", "ADMIN_DEPLOYMENTS ADMIN_ENVIRONMENTS"),
        ("DELETE /projects/:id/environments/review_apps", "ADMIN_ENVIRONMENTS"),
        ("GET /projects/:id/jobs", "READ_JOBS"),
        ("GET /projects/:id/jobs/artifacts/:ref_name/raw/*artifact_path", "READ_JOBS"),
        ("GET /jobs/:id/artifacts", "READ_JOBS"),
        ("PUT /projects/:id/pipelines/:pipeline_id/metadata", "ADMIN_PIPELINES"),
        ("GET /projects/:id/packages/:package_id/pipelines", "READ_PIPELINES"),
        // Posted, and yet a read.
        ("POST /projects/:id/packages/npm/-/npm/v1/security/audits/quick", "READ_PACKAGES"),
        ("PUT /projects/:id/packages/maven/*path/:file_name", "ADMIN_PACKAGES"),
        ("GET /projects/:id/releases/:tag_name/downloads/*direct_asset_path", "READ_RELEASES"),
        ("POST /projects/:id/releases/:tag_name/evidence", "ADMIN_RELEASES"),
        ("GET /projects/:id/secure_files/:secure_file_id/download", "READ_SECURE_FILES"),
        ("DELETE /projects/:id/terraform/state/:name/lock", "ADMIN_TERRAFORM_STATE"),
        ("GET /job", ""),
        ("GET /projects/:id/registry/repositories", ""),
        ("GET /projects/:id/packages/conan/v1/ping", ""),
        ("POST project fetch", "READ_REPOSITORIES"),
    ];
    for (name, expected) in cases {
        let rule = job_rule(catalog, name).unwrap_or_else(|| panic!("{name} is closed to job tokens"));
        let policies: Vec<_> = rule.policies.iter().map(JobPolicy::as_str).collect();
        assert_eq!((policies.join(" ").as_str(), rule.own_project_only), (expected, false), "{name}");
    }
    for closed in [
        "GET /user",
        "GET /projects/:id",
        "POST /projects/:id/jobs/:job_id/play",
        "POST /projects/:id/issues",
    ] {
        assert_eq!(job_rule(catalog, closed), None, "{closed}");
    }
    let push = job_rule(catalog, "POST project push").unwrap();
    assert!(push.own_project_only && push.push && push.policies.is_empty());
}

fn job_rule(catalog: &Catalog, name: &str) -> Option<JobTokenRule> {
    let named = |operation: &&Operation| format!("{} {}", operation.method, operation.template) == name;
    catalog.operations().find(named).unwrap_or_else(|| panic!("no operation {name}")).job_token
}
