//! How findings are printed.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use narrowgate_scan::{Checksum, Finding, InHistory, Report};
use serde_json::{Value, json};

use super::revoke::Fates;
use crate::cli::Format;

/// A line for each finding: text, or JSON.
pub(super) fn findings(report: &Report, fates: &Fates, format: Format, reveal: bool) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for found in &report.findings {
        match format {
            Format::Text => writeln!(out, "{}", line(found, fates, reveal))?,
            Format::Json => writeln!(out, "{}", object(found, fates, reveal))?,
        }
    }
    Ok(out.flush()?)
}

/// What was looked at and what was not, on stderr.
pub(super) fn summary(report: &Report) {
    for skipped in &report.skipped {
        eprintln!("warning: {} {}", skipped.origin, skipped.reason);
    }
    let found = match report.findings.len() {
        1 => "1 token".to_owned(),
        number => format!("{number} tokens"),
    };
    let texts = if report.texts == 1 { "text" } else { "texts" };
    eprintln!("{found} found in {} {texts} ({} bytes)", report.texts, report.bytes);
}

fn line(found: &Finding, fates: &Fates, reveal: bool) -> String {
    let place = format!("{}:{}:{}", found.origin, found.position.line, found.position.column);
    let checksum = match found.checksum {
        Checksum::Valid => ", checksum valid",
        Checksum::Mismatched => ", checksum does not match",
        Checksum::Absent => "",
    };
    let fate = fates.of(&found.digest).map(|fate| format!(", {}", fate.sentence())).unwrap_or_default();
    format!("{place}: {} {}{checksum}{fate}", found.kind.label(), shown(found, reveal))
}

fn shown(found: &Finding, reveal: bool) -> String {
    if reveal { found.expose().to_owned() } else { found.redacted() }
}

fn object(found: &Finding, fates: &Fates, reveal: bool) -> Value {
    let mut value = json!({
        "kind": found.kind.as_str(),
        "prefix": found.prefix(),
        "digest_prefix": found.digest_prefix(),
        "checksum": found.checksum.as_str(),
        "path": found.origin.path.to_string_lossy(),
        "line": found.position.line,
        "column": found.position.column,
    });
    let mut set = |name: &str, field: Value| {
        if let Some(fields) = value.as_object_mut() {
            fields.insert(name.to_owned(), field);
        }
    };
    if let Some(history) = &found.origin.history {
        set("history", in_history(history));
    }
    if !found.origin.members.is_empty() {
        set("members", json!(found.origin.members));
    }
    if let Some(fate) = fates.of(&found.digest) {
        set("outcome", fate.as_str().into());
    }
    if reveal {
        set("token", found.expose().into());
    }
    value
}

fn in_history(history: &InHistory) -> Value {
    match history {
        InHistory::File { commit, path } => json!({ "commit": commit, "path": path }),
        InHistory::Commit { commit } => json!({ "commit": commit }),
        InHistory::Tag { tag } => json!({ "tag": tag }),
        InHistory::Object { object, path } => json!({ "object": object, "path": path }),
    }
}
