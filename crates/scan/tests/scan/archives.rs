use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use narrowgate_scan::{Limits, Report, Settings};
use zip::write::SimpleFileOptions;

use crate::support::{archives, left_out, places, scanner, token};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn scan(limits: Limits, name: &str, bytes: &[u8]) -> (Vec<String>, Vec<String>, Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let report = archives(limits).scan(&[path]);
    (places(&report, folder.path()), left_out(&report, folder.path()), report)
}

fn secret() -> Vec<u8> {
    format!("\n{}", token(1).expose()).into_bytes()
}

#[test]
fn each_kind_is_opened_whatever_its_name() {
    let secret = secret();
    for (name, bytes, expected) in [
        ("a.zip", zip(&[("x/y.txt", &secret)]), "a.zip!x/y.txt:2:1"),
        ("a.tar", tar(&[("x/y.txt", &secret)]), "a.tar!x/y.txt:2:1"),
        ("a.tgz", gzip(&tar(&[("y.txt", &secret)])), "a.tgz!y.txt:2:1"),
        ("log.gz", gzip(&secret), "log.gz:2:1"),
        ("none", zip(&[("in.tgz", &gzip(&tar(&[("y", &secret)])))]), "none!in.tgz!y:2:1"),
        ("b.tar", tar(&[("in.jar", &zip(&[("y", &secret)]))]), "b.tar!in.jar!y:2:1"),
    ] {
        let (found, skipped, report) = scan(Limits::default(), name, &bytes);
        assert_eq!((found, skipped), (vec![expected.to_owned()], vec![]));
        assert_eq!(report.findings[0].digest, token(1).digest());
    }
}

#[test]
fn archives_stay_closed_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.gz"), gzip(&secret())).unwrap();
    let report = scanner(Settings::default()).scan(&[folder.path().to_owned()]);
    assert_eq!((report.findings.len(), report.skipped.len()), (0, 0));
}

#[test]
fn stdin_is_opened_too() {
    let bytes = zip(&[("y", &secret())]);
    let report = archives(Limits::default()).scan_reader("-", bytes.as_slice());
    assert_eq!(places(&report, Path::new("/")), ["-!y:2:1"]);
}

#[test]
fn bombs_are_defused_and_named() {
    let zeros = vec![0; 3 << 20];
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    for bytes in [gzip(&zeros), zip(&[("zeros", &zeros), ("y", &secret())]), gzip(&tar(&[("zeros", &zeros)]))]
    {
        let (found, skipped, report) = scan(limits, "bomb", &bytes);
        assert_eq!(found, [""; 0]);
        assert!(skipped.iter().any(|skipped| skipped.contains("unpacks to too much")), "{skipped:?}");
        assert!(report.bytes <= 1 << 20, "{}", report.bytes);
    }
}

#[test]
fn depth_members_and_held_bytes_are_bounded() {
    let mut nested = secret();
    for _ in 0..6 {
        nested = zip(&[("in", &nested)]);
    }
    let (found, skipped, _) = scan(Limits::default(), "deep.zip", &nested);
    assert_eq!((found.len(), skipped.len()), (0, 1));
    assert_eq!(skipped[0], "deep.zip!in!in!in!in lies too deep in archives");

    let limits = Limits { members: 1, ..Limits::default() };
    for bytes in [zip(&[("a", b"a"), ("b", &secret())]), tar(&[("a", b"a"), ("b", &secret())])] {
        let (found, skipped, _) = scan(limits, "many", &bytes);
        assert_eq!((found.len(), skipped), (0, vec!["many has too many archive members".to_owned()]));
    }

    let limits = Limits { held: 100, ..Limits::default() };
    let (_, skipped, _) = scan(limits, "large.tar", &tar(&[("in.zip", &zip(&[("y", &secret())]))]));
    assert_eq!(skipped, ["large.tar!in.zip is too large (101 bytes)"]);
}

#[test]
fn damage_is_named_and_what_came_before_it_found() {
    let mut random = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 24) as u8
    })
    .take(200_000)
    .collect();
    let whole = gzip(&tar(&[("y", &secret()), ("noise", &noise)]));
    let (found, skipped, _) = scan(Limits::default(), "cut.tgz", &whole[..whole.len() / 2]);
    assert_eq!(found, ["cut.tgz!y:2:1"]);
    assert!(!skipped.is_empty());
    let (found, skipped, _) = scan(Limits::default(), "cut.zip", b"PK\x03\x04 nothing of the sort");
    assert_eq!((found.len(), skipped.len()), (0, 1));
}
