use std::path::Path;
use std::process::Command;

use narrowgate_scan::{InHistory, Limits, Settings};

use crate::support::{archives, left_out, places, scanner, token};

/// Runs git, away from any settings of whoever runs the tests.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=Maria",
            "-c",
            "user.email=maria@example.com",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn commit(folder: &Path, name: &str, text: &str, message: &str) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", message]);
    git(folder, &["rev-parse", "HEAD"])
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "."]);
    folder
}

#[test]
fn what_was_removed_is_found_where_it_came_in() {
    let folder = repository();
    let at = folder.path();
    commit(at, "README", "nothing\n", "Start");
    let leak = format!("a\nkey: {}\n", token(1).expose());
    let brought = commit(at, "etc/deep/app.yml", &leak, "Configure");
    let copied = commit(at, "copy.yml", &leak, "Copy the same content");
    commit(at, "etc/deep/app.yml", "a\n", "Remove");
    let said = commit(at, "README", "more\n", &format!("Deploy with {}", token(2).expose()));
    git(at, &["checkout", "-q", "-b", "side", &copied]);
    let aside = commit(at, "side.txt", token(3).expose(), "On a branch");
    git(at, &["checkout", "-q", "main"]);
    git(at, &["tag", "-a", "v1", "-m", token(4).expose()]);
    let tag = git(at, &["rev-parse", "v1"]);
    for packed in [false, true] {
        if packed {
            git(at, &["gc", "-q", "--aggressive", "--prune=now"]);
        }
        let report = scanner(Settings::default()).scan_history(at).unwrap();
        assert_eq!(left_out(&report, at), [""; 0]);
        let mut found: Vec<_> =
            report.findings.iter().map(|found| found.origin.history.clone().unwrap()).collect();
        let mut expected = vec![
            InHistory::File { commit: brought.clone(), path: "etc/deep/app.yml".to_owned() },
            InHistory::File { commit: aside.clone(), path: "side.txt".to_owned() },
            InHistory::Commit { commit: said.clone() },
            InHistory::Tag { tag: tag.clone() },
        ];
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn bare_repositories_archives_and_odd_refs_are_looked_into() {
    let folder = repository();
    let at = folder.path();
    commit(at, "a.txt", "a\n", "Start");
    std::fs::write(at.join("loose"), token(1).expose()).unwrap();
    let blob = git(at, &["hash-object", "-w", "loose"]);
    git(at, &["update-ref", "refs/keep/blob", &blob]);
    std::fs::remove_file(at.join("loose")).unwrap();
    std::fs::write(at.join("dump.txt"), token(2).expose()).unwrap();
    assert!(Command::new("gzip").arg("dump.txt").current_dir(at).status().unwrap().success());
    git(at, &["add", "-A"]);
    git(at, &["commit", "-q", "-m", "Dump"]);
    git(at, &["clone", "-q", "--mirror", ".", "bare.git"]);
    let bare = at.join("bare.git");
    let report = archives(Limits::default()).scan_history(&bare).unwrap();
    let found: Vec<_> = report.findings.iter().map(|found| found.digest).collect();
    assert!(found.len() == 2 && found.contains(&token(1).digest()) && found.contains(&token(2).digest()));
    assert!(places(&report, at).iter().any(|place| place.ends_with(":dump.txt.gz:1:1")), "{report:?}");
}

#[test]
fn large_objects_are_skipped_and_named() {
    let folder = repository();
    commit(folder.path(), "large", &"x".repeat(5000), "Start");
    let limits = Limits { held: 4000, ..Limits::default() };
    let report = scanner(Settings { limits, ..Settings::default() }).scan_history(folder.path()).unwrap();
    let skipped = left_out(&report, folder.path());
    assert!(skipped.len() == 1 && skipped[0].ends_with(":large is too large (5000 bytes)"), "{skipped:?}");
}

#[test]
fn empty_repositories_are_fine_and_missing_ones_are_not() {
    let folder = repository();
    assert_eq!(scanner(Settings::default()).scan_history(folder.path()).unwrap().texts, 0);
    let none = tempfile::tempdir().unwrap();
    let error = scanner(Settings::default()).scan_history(none.path()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read the Git history of"), "{error}");
}
