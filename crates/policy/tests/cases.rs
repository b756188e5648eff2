//! Runs the behaviour cases of `cases.toml` through catalogue, engine and rendering.

#[cfg(test)]
mod case;

use case::{Case, CaseFile, Outcome};

#[test]
fn every_case_ends_as_written() {
    let file = CaseFile::read();
    let failures: Vec<String> = file.cases.iter().filter_map(|case| failure(&file, case)).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        file.cases.len(),
        failures.join("\n")
    );
}

#[test]
fn there_are_enough_cases_and_each_says_what_it_is_about() {
    let file = CaseFile::read();
    assert!(file.cases.len() >= 60);
    let mut abouts: Vec<&str> = file.cases.iter().map(|case| case.about.as_str()).collect();
    abouts.sort_unstable();
    abouts.dedup();
    assert_eq!(abouts.len(), file.cases.len(), "two cases have one name");
}

fn failure(file: &CaseFile, case: &Case) -> Option<String> {
    let outcome = file.run(case);
    let wrong = mismatches(case, &outcome);
    if wrong.is_empty() {
        None
    } else {
        Some(format!("- {} ({}): {}", case.about, case.request, wrong.join("; ")))
    }
}

fn mismatches(case: &Case, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    if outcome.verdict != case.expect {
        wrong.push(format!("expected {}, got {}", case.expect, outcome.verdict));
    }
    if outcome.status != case.status {
        wrong.push(format!("expected status {:?}, got {:?}", case.status, outcome.status));
    }
    if let Some(says) = case.says.as_ref().filter(|says| !outcome.text.contains(*says)) {
        wrong.push(format!("`{says}` is not in `{}`", outcome.text));
    }
    if case.suggests.is_some() && case.suggests != outcome.suggestion {
        wrong.push(format!("expected to suggest {:?}, got {:?}", case.suggests, outcome.suggestion));
    }
    wrong
}
