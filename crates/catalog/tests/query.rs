//! What the CLI and the documentation ask.

use narrowgate_catalog::{
    BoundaryType, Catalog, Coverage, OperationAccess, RegistryOperation, RepositoryKind, RepositoryOperation,
    RepositoryService, Role, Scope, Surface, markdown_tables,
};

fn needs(method: &str, path: &str) -> [String; 3] {
    let needs = Catalog::embedded().needs(method, path);
    [needs.permission_column(), needs.boundary_column(), needs.template.unwrap_or_default()]
}

#[test]
fn needs_are_described() {
    let cases = [
        ("GET", "/projects/1/issues", "read_work_item", "project", "/projects/:id/issues"),
        ("GET", "/api/v4/projects/acme%2Fweb/jobs?scope=failed", "read_job", "project", "/projects/:id/jobs"),
        ("GET", "/runners/3", "read_runner", "project,group,instance", "/runners/:id"),
        ("GET", "/topics", "public", "", "/topics"),
        ("GET", "/job", "unavailable", "", "/job"),
        ("GET", "/nowhere", "uncovered", "", ""),
        ("BREW", "/projects/1", "uncovered", "", ""),
        ("GET", "/projects/1/issues.json", "uncovered", "", ""),
    ];
    for (method, path, permission, boundaries, template) in cases {
        assert_eq!(needs(method, path), [permission, boundaries, template], "{method} {path}");
    }
    let both = Catalog::embedded().needs("GET", "/projects/1/deployments/2/merge_requests");
    assert_eq!(both.permissions, ["read_deployment", "read_merge_request"]);
    let fork = Catalog::embedded().needs("POST", "/projects/1/fork");
    assert_eq!(fork.further.len(), 1);
    assert_eq!(fork.further[0].source, "body namespace_id|namespace_path|namespace");
    assert!(fork.further[0].optional);
    let ambiguous = Catalog::embedded().needs("GET", "/projects/1/issues.json");
    assert_eq!(ambiguous.coverage, Coverage::Ambiguous);
    assert_eq!(ambiguous.reason.as_deref(), Some("without its suffix it is `GET /projects/:id/issues`"));
}

#[test]
fn every_word_must_occur() {
    let hits = Catalog::embedded().search("Job token SCOPE");
    assert!(hits.permissions.iter().any(|permission| permission.name == "read_job_token_scope"));
    assert!(hits.permissions.iter().all(|permission| permission.name.contains("job_token_scope")));
    assert!(hits.operations.iter().any(|operation| operation.template == "/projects/:id/job_token_scope"));
    assert!(Catalog::embedded().search("  ").permissions.is_empty());
    assert!(Catalog::embedded().search("no such thing anywhere").operations.is_empty());
}

#[test]
fn the_export_is_whole() {
    let catalog = Catalog::embedded();
    let export = catalog.export();
    assert_eq!(export.permissions.len(), catalog.permissions().len());
    assert_eq!(export.operations.len(), catalog.operations().len());
    assert_eq!(export.graphql.len(), catalog.graphql().len());
    assert_eq!(export.lookups.len(), catalog.lookups().len());
}

#[test]
fn the_tables_name_every_permission_and_operation() {
    let catalog = Catalog::embedded();
    let files = markdown_tables(catalog);
    assert_eq!(files, markdown_tables(catalog));
    let text: String = files.iter().map(|(_, text)| text.as_str()).collect();
    for permission in catalog.permissions() {
        assert!(text.contains(&format!("| `{}` |", permission.name)), "{}", permission.name);
    }
    for operation in catalog.operations().filter(|operation| operation.surface == Surface::Rest) {
        if matches!(operation.access, OperationAccess::Guarded { .. }) {
            let row = format!("| `{} {}` |", operation.method, operation.template);
            assert!(text.contains(&row), "{row}");
        }
    }
    assert!(files.iter().any(|(name, _)| name == "ci_cd.md"));
}

#[test]
fn repositories_and_images_need_what_gitlab_asks_for() {
    use RepositoryKind::{GroupWiki, PersonalSnippet, Project, ProjectSnippet, ProjectWiki};
    use RepositoryService::{Fetch, LfsDownload, LfsLocksRead, LfsLocksWrite, LfsUpload, Push};
    let cases = [
        (Fetch, Project, "download_code", BoundaryType::Project),
        (Push, Project, "push_code", BoundaryType::Project),
        (LfsDownload, Project, "download_code", BoundaryType::Project),
        (LfsUpload, Project, "push_code", BoundaryType::Project),
        (LfsLocksRead, Project, "download_code", BoundaryType::Project),
        (LfsLocksWrite, Project, "push_code", BoundaryType::Project),
        (Fetch, ProjectWiki, "read_wiki", BoundaryType::Project),
        (Push, ProjectWiki, "create_wiki", BoundaryType::Project),
        (Fetch, GroupWiki, "read_wiki", BoundaryType::Group),
        (Push, GroupWiki, "create_wiki", BoundaryType::Group),
        (Fetch, ProjectSnippet, "read_snippet", BoundaryType::Project),
        (Push, ProjectSnippet, "update_snippet", BoundaryType::Project),
        (Fetch, PersonalSnippet, "read_snippet", BoundaryType::User),
        (Push, PersonalSnippet, "update_snippet", BoundaryType::User),
    ];
    let catalog = Catalog::embedded();
    for (service, repository, permission, boundary) in cases {
        let operation = catalog.repository(RepositoryOperation { service, repository }).unwrap();
        let need = &operation.needs()[0];
        assert_eq!(catalog.permission_names(need), [permission], "{}", operation.template);
        assert_eq!(need.boundaries[0].boundary, boundary, "{}", operation.template);
        assert!(operation.scopes.contains(Scope::WriteRepository), "{}", operation.template);
        let reads = matches!(service, Fetch | LfsDownload | LfsLocksRead);
        assert_eq!(operation.scopes.contains(Scope::ReadRepository), reads, "{}", operation.template);
    }
    assert!(catalog.repository(RepositoryOperation { service: LfsUpload, repository: GroupWiki }).is_none());
    let push = catalog.registry(RegistryOperation::Push).unwrap();
    assert_eq!(catalog.permission_names(&push.needs()[0]), ["create_container_repository"]);
    let proxy = catalog.registry(RegistryOperation::DependencyProxyPull).unwrap();
    assert_eq!(catalog.permission_names(&proxy.needs()[0]), ["read_dependency_proxy"]);
}

#[test]
fn legacy_scopes_follow_gitlab() {
    let cases: [(&str, &str, &[&str]); 9] = [
        ("GET", "/projects/1", &["api", "read_api"]),
        ("POST", "/projects/1/issues", &["api"]),
        ("GET", "/user", &["api", "read_api", "read_user"]),
        ("GET", "/users/5/projects", &["api", "read_api", "read_user"]),
        ("PUT", "/user/status", &["api"]),
        ("GET", "/projects/1/repository/files/a/raw", &["api", "read_api", "read_repository"]),
        ("POST", "/projects/1/repository/files/a", &["api"]),
        ("POST", "/user/runners", &["api", "create_runner"]),
        ("POST", "/personal_access_tokens/self/rotate", &["api", "self_rotate"]),
    ];
    for (method, path, scopes) in cases {
        assert_eq!(Catalog::embedded().needs(method, path).scopes, scopes, "{method} {path}");
    }
    let own = Catalog::embedded().needs("GET", "/personal_access_tokens/self");
    assert_eq!(own.scopes.len(), Scope::ALL.len());
}

#[test]
fn every_guarded_operation_admits_some_scope() {
    for operation in Catalog::embedded().operations().filter(|operation| !operation.needs().is_empty()) {
        assert!(operation.scopes.contains(Scope::Api), "{} {}", operation.method, operation.template);
    }
}

#[test]
fn roles_are_where_a_role_can_be_held() {
    for permission in Catalog::embedded().permissions() {
        let contained = permission.boundaries.iter().any(|boundary| *boundary <= BoundaryType::Group);
        let instance = permission.boundaries.contains(&BoundaryType::Instance);
        match permission.role {
            Role::NoAccess => assert!(!contained && !instance, "{}", permission.name),
            Role::Admin => assert!(!contained, "{}", permission.name),
            role => assert!(contained && role >= Role::Guest, "{}", permission.name),
        }
    }
}

#[test]
fn runner_tokens_are_withheld() {
    let catalog = Catalog::embedded();
    for template in ["/projects/:id", "/groups/:id"] {
        let operation = catalog.operations().find(|operation| operation.template == template).unwrap();
        let withheld = &operation.withheld[0];
        assert_eq!(withheld.field, "runners_token");
        assert_eq!(catalog.describe(withheld.permission).name, "reset_runner_registration_token");
    }
}
