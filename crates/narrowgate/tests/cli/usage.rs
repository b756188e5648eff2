use crate::support::Place;

#[test]
fn help_and_version_are_done_and_usage_errors_are_failures() {
    let place = Place::new();
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["needs", "--help"], 0),
        (&[], 1),
        (&["nope"], 1),
        (&["needs"], 1),
    ] {
        assert_eq!(place.run(arguments).code, Some(code), "{arguments:?}");
    }
}

#[test]
fn errors_say_what_to_do_next() {
    let place = Place::new();
    let runs: Vec<String> = [
        &["serve"][..],
        &["serve", "--instance", "gitlab.example.com"],
        &["serve", "--instance", "http://127.0.0.1:9", "--tls-cert", "cert.pem"],
        &["serve", "--config", "missing.toml"],
        &["connect", "--instance", "http://127.0.0.1:9"],
        &["token", "list"],
        &["explain", "GET /projects/1"],
        &["catalog", "show", "read_jobs"],
        &["needs", "projects/1"],
        &["--log", "=loud", "needs", "GET /x"],
    ]
    .iter()
    .map(|arguments| format!("$ narrowgate {}\n{}", arguments.join(" "), place.run(arguments)))
    .collect();
    insta::assert_snapshot!(runs.join("\n"));
}

#[test]
fn completions_and_manual_pages_are_printed() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(place.run(&["completions", shell]).done().contains("narrowgate"), "{shell}");
    }
    assert!(place.run(&["man"]).done().contains(".TH narrowgate 1"));
    place.run(&["man", "--output", "pages"]).done();
    assert!(place.path().join("pages/narrowgate-token-create.1").exists());
}
