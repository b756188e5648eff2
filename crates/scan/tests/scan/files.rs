use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use narrowgate_scan::{Limits, Settings};

use crate::support::{left_out, places, scanner, token};

#[test]
fn tree_is_walked_by_the_rules_of_ripgrep() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("src/deep")).unwrap();
    let text = format!("first\n  token = {}\n", token(1).expose());
    for name in ["src/deep/a.txt", ".env", "ignored.log", "binary"] {
        fs::write(at(name), &text).unwrap();
    }
    fs::write(at("binary"), [&[0, 255, 1][..], text.as_bytes()].concat()).unwrap();
    fs::write(at(".ignore"), "*.log\n").unwrap();
    symlink(at("src"), at("linked")).unwrap();
    symlink(at("src/deep/a.txt"), at("linked.txt")).unwrap();
    let scan = |settings| places(&scanner(settings).scan(&[folder.path().to_owned()]), folder.path());
    assert_eq!(scan(Settings::default()), ["binary:2:11", "src/deep/a.txt:2:11"]);
    let all = scan(Settings { hidden: true, no_ignore: true, ..Settings::default() });
    assert_eq!(all, [".env:2:11", "binary:2:11", "ignored.log:2:11", "src/deep/a.txt:2:11"]);
    let named = scanner(Settings::default()).scan(&[at(".env"), at("linked.txt"), at("ignored.log")]);
    assert_eq!(named.findings.len(), 3, "what is named is looked at");
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let report = scanner(Settings::default()).scan(&[missing]);
    let said = left_out(&report, folder.path());
    assert!(said.len() == 1 && said[0].starts_with("missing cannot be read: No such file"), "{said:?}");
    let closed = folder.path().join("closed");
    fs::write(&closed, token(1).expose()).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let report = scanner(Settings::default()).scan(&[closed]);
    // The superuser reads it all the same.
    assert_eq!(report.findings.len() + report.skipped.len(), 1);
}

#[test]
fn findings_are_bounded_and_show_no_text() {
    let limits = Limits { findings: 3, ..Limits::default() };
    let text: String = (0..9).map(|number| format!("{}\n", token(number).expose())).collect();
    let report = scanner(Settings { limits, ..Settings::default() }).scan_reader("-", text.as_bytes());
    assert_eq!((report.findings.len(), report.skipped.len()), (3, 1));
    let shown = format!("{report:?}");
    assert!(!shown.contains(&token(0).expose()[6..12]), "{shown}");
    assert!(shown.contains(&report.findings[0].redacted()));
    assert_eq!(report.findings[0].redacted().chars().count(), "ngpat-…".chars().count() + 8);
}
