//! Which operation a path names where several patterns fit, and what is refused as ambiguous.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use narrowgate_catalog::{Ambiguity, Catalog, Match, Method, Params};

/// The template and the values that a path matches, or the refusal.
fn classify(method: &str, path: &str) -> String {
    let catalog = Catalog::embedded();
    let mut params = Params::new();
    match catalog.classify(Method::try_from(method).unwrap(), path, &mut params) {
        Match::Operation(operation) => {
            let values: Vec<String> =
                params.pairs(operation).map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} {} [{}]", operation.method, operation.template, values.join(" "))
        }
        Match::Ambiguous(Ambiguity::Sibling(id)) => format!("sibling {}", catalog.operation(id).template),
        Match::Ambiguous(Ambiguity::Container(id)) => format!("container {}", catalog.operation(id).template),
        Match::Uncovered => "uncovered".to_owned(),
    }
}

fn permission(method: &str, path: &str) -> String {
    Catalog::embedded().needs(method, path).permission_column()
}

#[test]
fn numbers_and_full_paths_are_containers() {
    assert_eq!(classify("GET", "/projects/1"), "GET /projects/:id [id=1]");
    assert_eq!(classify("GET", "/projects/acme%2Fweb"), "GET /projects/:id [id=acme%2Fweb]");
    assert_eq!(classify("GET", "/projects/acme%2Fmy.web/jobs"), "GET /projects/:id/jobs [id=acme%2Fmy.web]");
    assert_eq!(classify("GET", "/groups/acme"), "GET /groups/:id [id=acme]");
    assert_eq!(classify("GET", "/groups/acme%2Fmy.sub"), "GET /groups/:id [id=acme%2Fmy.sub]");
}

#[test]
fn head_counts_as_get() {
    assert_eq!(classify("HEAD", "/projects/1/jobs"), "GET /projects/:id/jobs [id=1]");
    let own = Catalog::embedded().operations().filter(|operation| operation.method == Method::Head);
    for operation in own {
        let path =
            operation.template.split('/').map(|segment| if segment.starts_with(':') { "7" } else { segment });
        let path = path.collect::<Vec<_>>().join("/");
        assert!(classify("HEAD", &path).starts_with("HEAD "), "{path}");
    }
}

#[test]
fn one_trailing_slash_is_ignored() {
    assert_eq!(classify("GET", "/projects/1/jobs/"), "GET /projects/:id/jobs [id=1]");
    assert_eq!(
        classify("GET", "/projects/1/packages/pypi/simple/pkg/"),
        "GET /projects/:id/packages/pypi/simple/*package_name [id=1 package_name=pkg]"
    );
    assert_eq!(classify("GET", "/projects/1/jobs//"), "uncovered");
}

#[test]
fn what_no_file_names_is_uncovered() {
    for path in
        ["", "/", "projects", "/nowhere", "/projects/1/nowhere", "//projects", "/projects//jobs", "/Projects"]
    {
        assert_eq!(classify("GET", path), "uncovered", "{path}");
    }
    assert_eq!(classify("PATCH", "/projects/1/jobs"), "uncovered");
    assert_eq!(classify("GET", &format!("/projects/1/jobs/2/artifacts{}", "/a".repeat(200))), "uncovered");
}

#[test]
fn the_static_sibling_wins() {
    let cases = [
        ("GET", "/groups/1/-/packages/nuget/index", "/groups/:id/-/packages/nuget/index"),
        ("PUT", "/projects/1/labels/promote", "/projects/:id/labels/promote"),
        ("PUT", "/projects/1/labels/bug", "/projects/:id/labels/:name"),
        (
            "GET",
            "/virtual_registries/packages/maven/registries/5",
            "/virtual_registries/packages/maven/registries/:id",
        ),
        (
            "GET",
            "/virtual_registries/packages/maven/upstreams/5",
            "/virtual_registries/packages/maven/upstreams/:id",
        ),
        (
            "GET",
            "/virtual_registries/packages/maven/7/org/a/b.jar",
            "/virtual_registries/packages/maven/:id/*path",
        ),
        ("GET", "/geo_nodes/status", "/geo_nodes/status"),
        ("GET", "/snippets/public", "/snippets/public"),
        ("GET", "/runners/all", "/runners/all"),
        (
            "GET",
            "/projects/1/packages/npm/-/package/@a/b/dist-tags",
            "/projects/:id/packages/npm/-/package/*package_name/dist-tags",
        ),
        ("GET", "/projects/1/packages/npm/@a/b", "/projects/:id/packages/npm/*package_name"),
        (
            "GET",
            "/projects/1/packages/npm/@a/b/-/b-1.0.tgz",
            "/projects/:id/packages/npm/*package_name/-/*file_name",
        ),
    ];
    for (method, path, template) in cases {
        let found = classify(method, path);
        assert!(found.starts_with(&format!("{method} {template} [")), "{path}: {found}");
    }
}

#[test]
fn a_dead_end_is_walked_back() {
    // `registries` is also a word that `:id` could be; the tail decides.
    assert_eq!(
        classify("GET", "/virtual_registries/packages/maven/registries/org/acme/lib.jar"),
        "GET /virtual_registries/packages/maven/:id/*path [id=registries path=org/acme/lib.jar]"
    );
    assert_eq!(
        classify("GET", "/projects/1/packages/go/golang.org/x/@v/list"),
        "GET /projects/:id/packages/go/*module_name/@v/list [id=1 module_name=golang.org/x]"
    );
}

#[test]
fn catch_alls_in_mid_path_take_what_fits() {
    assert_eq!(
        classify("GET", "/projects/1/packages/go/a.com/b/c/@v/v1.2.3.info"),
        "GET /projects/:id/packages/go/*module_name/@v/:module_version.info [id=1 module_name=a.com/b/c module_version=v1.2.3]"
    );
    assert_eq!(
        classify("GET", "/groups/1/-/packages/debian/dists/a/b/main/binary-amd64/Packages"),
        "GET /groups/:id/-/packages/debian/dists/*distribution/:component/binary-:architecture/Packages [id=1 distribution=a/b component=main architecture=amd64]"
    );
    assert_eq!(
        classify("GET", "/projects/1/packages/maven/org/acme/lib/1.0/lib-1.0.jar"),
        "GET /projects/:id/packages/maven/*path/:file_name [id=1 path=org/acme/lib/1.0 file_name=lib-1.0.jar]"
    );
    assert_eq!(
        classify("GET", "/projects/1/packages/nuget/download/Acme/1.0/acme.1.0.nupkg"),
        "GET /projects/:id/packages/nuget/download/*package_name/*package_version/*package_filename [id=1 package_name=Acme package_version=1.0 package_filename=acme.1.0.nupkg]"
    );
}

#[test]
fn optional_parts_may_be_absent() {
    assert_eq!(classify("GET", "/groups/1/-/epics/2/epics"), classify("GET", "/groups/1/epics/2/epics"));
    assert_eq!(
        classify("GET", "/projects/1/packages/generic/tool/1.0/tool.bin"),
        "GET /projects/:id/packages/generic/:package_name/*package_version/(*path/):file_name [id=1 package_name=tool package_version=1.0 file_name=tool.bin]"
    );
    assert_eq!(
        classify("GET", "/vscode/settings_sync/abc/v1/manifest"),
        "GET /vscode/settings_sync(/:settings_context_hash)/v1/manifest [settings_context_hash=abc]"
    );
    assert_eq!(
        classify("GET", "/vscode/settings_sync/v1/manifest"),
        "GET /vscode/settings_sync(/:settings_context_hash)/v1/manifest []"
    );
    assert_eq!(
        classify("GET", "/projects/1/releases/permalink/latest/downloads/a.zip"),
        "GET /projects/:id/releases/permalink/latest(/)(*suffix_path) [id=1 suffix_path=downloads/a.zip]"
    );
}

#[test]
fn text_around_a_parameter_counts() {
    assert_eq!(
        classify("GET", "/projects/1/packages/helm/stable/charts/app-1.0.tgz"),
        "GET /projects/:id/packages/helm/:channel/charts/:file_name.tgz [id=1 channel=stable file_name=app-1.0]"
    );
    assert_eq!(classify("GET", "/projects/1/packages/helm/stable/charts/.tgz"), "uncovered");
    assert!(
        classify("GET", "/projects/1/packages/nuget/v2/Packages(Id='Acme',Version='1.0')")
            .ends_with("[project_id=1 package_name=Acme package_version=1.0]")
    );
}

#[test]
fn a_suffix_that_gitlab_could_cut_is_refused() {
    let siblings = [
        ("PUT", "/projects/1/labels/promote.json", "/projects/:id/labels/promote"),
        ("GET", "/projects/1/issues.json", "/projects/:id/issues"),
        ("GET", "/projects/1/jobs.anything", "/projects/:id/jobs"),
        (
            "GET",
            "/projects/1/packages/npm/-/package/a/dist-tags.json",
            "/projects/:id/packages/npm/-/package/*package_name/dist-tags",
        ),
        ("GET", "/version.xml", "/version"),
    ];
    for (method, path, template) in siblings {
        assert_eq!(classify(method, path), format!("sibling {template}"), "{path}");
    }
    let containers = [
        ("/projects/1.json", "/projects/:id"),
        ("/projects/1.word", "/projects/:id"),
        ("/projects/acme%2Fweb.json", "/projects/:id"),
        ("/groups/acme.XML", "/groups/:id"),
        ("/runners/5.json", "/runners/:id"),
        ("/runners/all.json", "/runners/:id"),
    ];
    for (path, template) in containers {
        assert_eq!(classify("GET", path), format!("container {template}"), "{path}");
    }
}

#[test]
fn dots_elsewhere_are_ordinary() {
    assert_eq!(
        classify("GET", "/projects/1/issues/5.json"),
        "GET /projects/:id/issues/:issue_iid [id=1 issue_iid=5.json]"
    );
    assert!(
        classify("GET", "/projects/1/repository/branches/v1.0")
            .starts_with("GET /projects/:id/repository/branches/")
    );
    assert!(classify("GET", "/projects/1.5/jobs").starts_with("GET /projects/:id/jobs"));
    assert!(classify("GET", "/projects/1/packages/debian/dists/sid/Release.gpg").contains("/Release.gpg"));
}

/// The seven paths that a sibling pattern with another permission would also match.
#[test]
fn overlapping_siblings_keep_their_permissions() {
    let maven = "/virtual_registries/packages/maven";
    let cases = [
        ("PUT", "/projects/1/labels/promote".to_owned(), "promote_label"),
        ("GET", format!("{maven}/local/upstreams/5"), "read_virtual_registry"),
        ("GET", format!("{maven}/registries/5"), "read_virtual_registry"),
        ("GET", format!("{maven}/registries/5/upstreams"), "read_virtual_registry"),
        ("GET", format!("{maven}/upstreams/5"), "read_virtual_registry"),
        ("GET", format!("{maven}/upstreams/5/cache_entries"), "read_virtual_registry"),
        ("GET", format!("{maven}/upstreams/5/test"), "update_virtual_registry"),
        // The siblings themselves.
        ("PUT", "/projects/1/labels/bug".to_owned(), "update_label"),
        ("GET", format!("{maven}/5/org/acme/lib.jar"), "read_package"),
        ("GET", format!("{maven}/5/upstreams"), "read_package"),
        // What takes another credential stays out of reach of the pattern that would match it.
        ("DELETE", "/runners/managers".to_owned(), "unavailable"),
        ("PUT", "/projects/1/packages/maven/org/lib.jar/authorize".to_owned(), "unavailable"),
        ("PUT", "/projects/1/packages/generic/tool/1.0/a/b/tool.bin/authorize".to_owned(), "unavailable"),
        ("GET", "/packages/npm/@acme/web".to_owned(), "unavailable"),
        ("GET", "/packages/npm/-/package/@acme/web/dist-tags".to_owned(), "read_package"),
    ];
    for (method, path, wanted) in cases {
        assert_eq!(permission(method, &path), wanted, "{method} {path}");
    }
}
