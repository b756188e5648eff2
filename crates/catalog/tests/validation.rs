//! Mistakes in files are named with file and line, all of them at once; overlays add and replace.

use narrowgate_catalog::{BoundaryType, Catalog, Method, OperationAccess, Role, SourceFile};

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.to_owned() }
}

/// The errors of one file, a line each.
fn errors(text: &str) -> String {
    Catalog::compile(&[file("a.toml", text)]).err().map(|errors| errors.to_string()).unwrap_or_default()
}

fn resource(action: &str) -> String {
    format!("resource = \"Job\"\ncategory = \"CI/CD\"\nabout = \"Jobs\"\n\n[read]\n{action}\n")
}

const GOOD: &str = "boundaries = [\"project\"]\nrole = \"guest\"";

fn with_rest(entry: &str) -> String {
    resource(&format!("{GOOD}\nrest = [\n  {entry},\n]"))
}

#[test]
fn a_good_file_compiles() {
    let catalog = Catalog::compile(&[file("a.toml", &with_rest("\"GET /projects/:id/jobs\""))]).unwrap();
    let permission = catalog.permission("read_job").unwrap();
    assert_eq!(permission.display().to_string(), "Job: Read");
    assert_eq!(
        (permission.role, permission.boundaries.as_slice()),
        (Role::Guest, &[BoundaryType::Project][..])
    );
    assert_eq!(catalog.needs("GET", "/api/v4/projects/1/jobs?page=2").permission_column(), "read_job");
    assert_eq!(catalog.sources(), 1);
}

#[test]
fn mistakes_in_entries_have_their_line() {
    let cases = [
        ("\"GET projects\"", "the path `projects` does not start with `/`"),
        ("\"/projects/:id\"", "is not a method and a path"),
        ("\"FETCH /projects/:id\"", "`FETCH` is not a method"),
        ("\"GET /projects/:id/a b\"", "` ` in the path"),
        ("\"GET /jobs\"", "the path does not say the boundary"),
        ("\"GET /groups/:id/jobs\"", "the path names a group, which is not a boundary of the permission"),
        ("{ route = \"GET /jobs\", project = \"path id\" }", "the path has no parameter `id`"),
        ("{ route = \"GET /jobs\", project = \"header id\" }", "`header id` is not a source"),
        ("{ route = \"GET /jobs\", project = \"owner\" }", "`owner` does not name a project"),
        ("{ route = \"GET /jobs\", project = \"lookup runner(id)\" }", "there is no look-up `runner`"),
        ("{ route = \"GET /jobs\", project = \"query a b\" }", "`a b` is not the name of a parameter"),
        ("{ route = \"GET /jobs\", group = \"query group_id\" }", "the permission has no boundary `group`"),
        ("{ route = \"GET /projects/:id\", also = [\"read_moon\"] }", "there is no permission `read_moon`"),
        (
            "{ route = \"GET /projects/:id\", withheld = { a = \"read_moon\" } }",
            "there is no permission `read_moon`",
        ),
        ("{ route = \"GET /projects/:id\", publik = true }", "unknown key `publik`"),
        ("{ route = \"GET /projects/:id\", public = 1 }", "`public` must be true or false"),
        ("{ project = \"path id\" }", "`route` is missing"),
        ("{ route = \"GET /projects/:id\", also_on = [{ optional = true }] }", "exactly one boundary"),
        ("7", "`rest` must be text"),
    ];
    for (entry, message) in cases {
        let errors = errors(&with_rest(entry));
        assert!(errors.starts_with("a.toml:9: "), "{entry}: {errors}");
        assert!(errors.contains(message), "{entry}: {errors}");
    }
}

#[test]
fn mistakes_in_permissions_have_their_line() {
    let cases = [
        ("role = \"guest\"", 5, "`read_job` has no boundary"),
        ("boundaries = [\"project\"]", 5, "`read_job` has no role"),
        ("boundaries = [\"galaxy\"]\nrole = \"guest\"", 6, "`galaxy` is not a boundary"),
        ("boundaries = [\"project\"]\nrole = \"king\"", 7, "`king` is not a role"),
        ("boundaries = [\"project\"]\nrole = \"guest\"\ntypos = []", 8, "unknown key `typos`"),
        (
            "boundaries = [\"project\"]\nrole = \"guest\"\ngit = [\"project clone\"]",
            8,
            "is not an operation of `git`",
        ),
        ("boundaries = [\"project\"]\nrole = \"guest\"\ngit = [\"group_wiki fetch\"]", 8, "is on a group"),
        (
            "boundaries = [\"project\"]\nrole = \"guest\"\ntypes = [\"Ci Job\"]",
            8,
            "is not the name of a type",
        ),
        (
            "boundaries = [\"project\"]\nrole = \"guest\"\ntypes = [\"CiJob on group\"]",
            8,
            "has no boundary `group`",
        ),
        (
            "boundaries = [\"project\"]\nrole = \"guest\"\ntypes = [\"A\", \"A\"]",
            8,
            "`A` is claimed already at a.toml:8",
        ),
    ];
    for (action, line, message) in cases {
        let errors = errors(&resource(action));
        assert!(
            errors.contains(&format!("a.toml:{line}: ")) && errors.contains(message),
            "{action}: {errors}"
        );
    }
    assert!(errors("resource = \"Job\"\n").contains("a.toml:1: `category` is missing"));
    assert!(
        errors(&resource(GOOD).replace("[read]", "[Read]")).contains("`Read` is not a name in snake case")
    );
    assert!(errors("resource = ").starts_with("a.toml:1: "));
    assert!(errors("\n\nmoon = 1").starts_with("a.toml:3: unknown key `moon`"));
}

#[test]
fn mistakes_in_the_other_files_have_their_line() {
    let lookup = |keys: &str| format!("[lookup.runner]\nabout = \"x\"\narguments = [\"id\"]\n{keys}\n");
    let cases = [
        (lookup(""), "a.toml:1: a look-up has one of"),
        (
            lookup("get = \"/runners/{moon}\"\ncontainers = [{ project = \"/id\" }]"),
            "a.toml:4: the look-up has no argument `moon`",
        ),
        (lookup("get = \"/runners/{id}\""), "a.toml:1: `containers` is missing"),
        (
            lookup("get = \"/runners/{id}\"\ncontainers = [{ project = \"id\" }]"),
            "a.toml:5: `id` is not a JSON pointer",
        ),
        (lookup("get = \"/runners/{id}\"\ncontainers = [{}]"), "a.toml:5: a container is"),
        (lookup("decode = \"rot13\"\nboundary = \"project\""), "a.toml:4: `rot13` is not an encoding"),
        (lookup("listed_in_projects = \"things\""), "a.toml:4: `things` leads to no list"),
        (lookup("listed_in_groups = [\"a[]\", \"a b[]\"]"), "a.toml:4: `a b[]` is not a way to a list"),
        (lookup("listed_in_groups = \"a(x: $group)[]\""), "a.toml:4: the arguments of a list have"),
        (lookup("listed_in_groups = \"a(x: $each)[]\""), "a.toml:4: `$each` stands in `then_within`"),
        (lookup("listed_in_projects = \"a[]\"\nthen_within = \"b[]\""), "a.toml:5: `$each` stands in"),
        (lookup("listed_in_projects = \"a[]\"\nthen_of = \"b[]\""), "a.toml:5: `then_of` is a field"),
        (lookup("listed_in_projects = \"a[]\"\ntop_level = true"), "a.toml:1: `top_level` is said of groups"),
        (
            lookup(
                "listed_in_projects = \"a[]\"\notherwise = [{ graphql = \"{ a }\", containers = [{ user = \"/a\" }] }]",
            ),
            "a.toml:5: a look-up by GraphQL has the argument `id`",
        ),
        ("[[credential]]\ncarriers = [\"cookie a\"]\n".to_owned(), "a.toml:2: `cookie a` is not a carrier"),
        ("[[scopes]]\nsurface = \"moon\"\n".to_owned(), "a.toml:2: `moon` is not a surface"),
        (
            "[[scopes]]\nsurface = \"rest\"\nallow = [\"moon\"]\n".to_owned(),
            "a.toml:3: `moon` is not a scope",
        ),
        ("public = [\n  \"GET a\",\n]\n".to_owned(), "a.toml:2: `a`: the path"),
    ];
    for (text, message) in cases {
        let errors = errors(&text);
        assert!(errors.contains(message), "{text}: {errors}");
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = resource(&format!("{GOOD}\nrest = [\n  \"GET jobs\",\n  \"FETCH /jobs\",\n]\ntypos = 1"));
    let other = "resource = \"Moon\"\n";
    let errors = Catalog::compile(&[file("a.toml", &text), file("b.toml", other)]).unwrap_err();
    let lines: Vec<(String, usize)> = errors.0.iter().map(|error| (error.file.clone(), error.line)).collect();
    let wanted = [("a.toml", 9), ("a.toml", 10), ("a.toml", 12), ("b.toml", 1), ("b.toml", 1)];
    assert_eq!(lines, wanted.map(|(file, line)| (file.to_owned(), line)));
    assert_eq!(errors.to_string().lines().count(), 5);
}

#[test]
fn an_operation_is_claimed_once() {
    for second in ["GET /projects/:project_id/jobs", "GET /projects/:id/(-/)jobs", "GET /projects/:id/jobs/"]
    {
        let text = with_rest(&format!("\"GET /projects/:id/jobs\",\n  \"{second}\""));
        let errors = errors(&text);
        assert!(
            errors.starts_with("a.toml:10: ") && errors.contains("is claimed already at a.toml:9"),
            "{errors}"
        );
    }
    let public = format!("{}\n", with_rest("\"GET /projects/:id/jobs\""));
    let also_public = file("b.toml", "public = [\"GET /projects/:id/jobs\"]\n");
    assert!(Catalog::compile(&[file("a.toml", &public), also_public]).is_err());
}

#[test]
fn an_overlay_adds_permissions_and_routes() {
    let overlay = "resource = \"Job\"\n\n[read]\nrest = [\"GET /projects/:id/jobs/:job_id/weather\"]\n\n\
                   [paint]\nboundaries = [\"project\"]\nrole = \"developer\"\nrest = [\"POST /projects/:id/jobs/paint\"]\n";
    let catalog = Catalog::with_overlays(&[file("site/job.toml", overlay)]).unwrap();
    assert_eq!(catalog.needs("GET", "/projects/1/jobs/2/weather").permission_column(), "read_job");
    assert_eq!(catalog.needs("POST", "/projects/1/jobs/paint").permission_column(), "paint_job");
    assert_eq!(catalog.permission("paint_job").unwrap().display().to_string(), "Job: Paint");
    assert_eq!(catalog.permission("read_job").unwrap().category, "CI/CD");
    assert_eq!(catalog.sources(), Catalog::embedded().sources() + 1);
    assert_eq!(catalog.permissions().len(), Catalog::embedded().permissions().len() + 1);
}

#[test]
fn an_overlay_replaces_only_when_it_says_so() {
    let overlay = |replace: &str| {
        format!("resource = \"Job\"\n\n[read]\nrest = [{{ route = \"GET /projects/:id\"{replace} }}]\n")
    };
    let refused = Catalog::with_overlays(&[file("site/job.toml", &overlay(""))]).unwrap_err().to_string();
    assert!(refused.starts_with(
        "site/job.toml:4: `GET /projects/:id` is claimed already at catalog/projects/project.toml:"
    ));
    assert!(refused.contains("`replace = true`"), "{refused}");
    let catalog = Catalog::with_overlays(&[file("site/job.toml", &overlay(", replace = true"))]).unwrap();
    assert_eq!(catalog.needs("GET", "/projects/1").permission_column(), "read_job");
    assert_eq!(catalog.needs("PUT", "/projects/1").permission_column(), "update_project");
    assert_eq!(catalog.operations().len(), Catalog::embedded().operations().len());
}

#[test]
fn foreign_credentials_say_where_they_arrive() {
    let catalog = Catalog::embedded();
    let carriers = |path: &str| {
        let found = catalog
            .operations()
            .find(|operation| operation.method == Method::Get && operation.template == path);
        match &found.unwrap().access {
            OperationAccess::OtherCredential { carriers, .. } => carriers.len(),
            other => panic!("{path}: {other:?}"),
        }
    };
    assert_eq!(carriers("/job"), 3);
    assert_eq!(carriers("/swagger_doc"), 0);
}

#[test]
fn mistakes_in_job_token_entries_have_their_line() {
    let jobs = file("jobs.toml", &with_rest("\"GET /projects/:id/jobs\""));
    let compile = |entry: &str| {
        let entry = file("b.toml", &format!("[[job_tokens]]\n{entry}\n"));
        Catalog::compile(&[jobs.clone(), entry]).err().map(|errors| errors.to_string()).unwrap_or_default()
    };
    assert_eq!(compile("policies = [\"READ_JOBS\"]\nrest = [\"GET /projects/:id/jo**\"]"), "");
    let cases = [
        ("rest = [\"GET /projects/:id/job\"]", 2, "no operation is called `/projects/:id/job`"),
        ("rest = [\"PUT /projects/:id/jobs\"]", 2, "no operation is called"),
        ("rest = [\"/projects/:id/jobs\"]", 2, "is not a method and a path"),
        ("git = [\"project fetch\"]", 2, "no operation is called `project fetch`"),
        ("policies = [\"READ_MOON\"]\nrest = [\"GET /projects/:id/jobs\"]", 2, "not a policy of job tokens"),
        ("policies = [\"READ_JOBS\"]", 1, "no operation is named"),
        ("rest = [\"GET /projects/:id/jobs\"]\nown = true", 3, "unknown key `own`"),
    ];
    for (entry, line, message) in cases {
        let errors = compile(entry);
        assert!(
            errors.contains(&format!("b.toml:{line}: ")) && errors.contains(message),
            "{entry}: {errors}"
        );
    }
    let twice = "rest = [\"GET /projects/:id/jobs\"]\n\n[[job_tokens]]\npolicies = [\"READ_JOBS\"]\nrest = [\"GET /projects/**\"]";
    assert!(compile(twice).contains("b.toml:6: `GET /projects/:id/jobs` has other terms at b.toml:2"));
}
