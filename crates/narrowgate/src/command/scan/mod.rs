//! `narrowgate scan`.

mod print;
mod report;
mod revoke;

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use clap::Args;
use narrowgate_scan::{PatternSettings, Patterns, Report, Scanner, Settings};
use narrowgate_secret::{Prefix, Prefixes};
use url::Url;

use crate::cli::Format;
use crate::hint::Hint as _;
use crate::outcome::Outcome;
use crate::runtime::block_on;
use crate::settings::StoreFlags;

/// Find Narrowgate and GitLab tokens in files, archives and Git history, and revoke them.
///
/// Tokens are recognised by format and checksum, and shown as their prefix and the start of their SHA-256. Exit codes: 0
/// everything was looked at and nothing found, 1 failed or something could not be looked at, 2 found. Example: `narrowgate
/// scan . --history --archives --revoke`
#[derive(Args, Debug)]
pub(crate) struct Scan {
    /// Files and directories; `-` is stdin.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Look also through the whole history of the Git repositories that the paths lie in: every file and message that a
    /// branch, a tag or another ref reaches.
    #[arg(long)]
    history: bool,
    /// Look also into zip, tar and gzip files, however they are named, and archives within them.
    #[arg(long)]
    archives: bool,
    /// Look also into hidden files and directories.
    #[arg(long)]
    hidden: bool,
    /// Look also at what `.gitignore`, `.ignore` and their like leave out.
    #[arg(long)]
    no_ignore: bool,
    /// Report also tokens whose checksum does not match: mistyped, cut, or made up.
    #[arg(long)]
    mismatched: bool,
    /// Show whole tokens.
    #[arg(long)]
    reveal: bool,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How many threads look. [default: as many as the machine has]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    prefixes: PrefixFlags,
    #[command(flatten)]
    act: ActFlags,
    #[command(flatten)]
    flags: StoreFlags,
}

/// Prefixes that are not the usual ones.
#[derive(Args, Debug)]
#[command(next_help_heading = "Prefixes")]
struct PrefixFlags {
    /// The prefix that this Narrowgate gives to tokens in place of `ngpat-`.
    #[arg(long, value_name = "PREFIX", default_value = "ngpat-")]
    token_prefix: Prefix,
    /// The prefix that this Narrowgate gives to job tokens in place of `ngcbt-`.
    #[arg(long, value_name = "PREFIX", default_value = "ngcbt-")]
    job_token_prefix: Prefix,
    /// A prefix that a GitLab instance gives to personal access tokens in place of `glpat-`; repeat for more.
    #[arg(long = "gitlab-prefix", value_name = "PREFIX")]
    gitlab_prefixes: Vec<Prefix>,
}

/// What is done about tokens of Narrowgate's.
#[derive(Args, Debug)]
#[command(next_help_heading = "What is found")]
struct ActFlags {
    /// Revoke Narrowgate's tokens that are found, in the database.
    #[arg(long, conflicts_with = "report")]
    revoke: bool,
    /// Report Narrowgate's tokens that are found to a Narrowgate, which revokes them: its URL, or that of its
    /// `/api/narrowgate/v1/leaks`. Tokens of GitLab's are not sent.
    #[arg(long, value_name = "URL")]
    report: Option<Url>,
}

impl Scan {
    pub(crate) fn run(self) -> Result<Outcome> {
        let endpoint = self.act.report.as_ref().map(report::endpoint).transpose()?;
        let report = self.look()?;
        let fates = match &endpoint {
            _ if self.act.revoke => block_on(revoke::revoke(&report, &self.flags))?,
            Some(endpoint) => block_on(report::send(&report, endpoint))?,
            None => revoke::Fates::default(),
        };
        print::findings(&report, &fates, self.format, self.reveal)?;
        print::summary(&report);
        Ok(match (report.findings.is_empty(), report.skipped.is_empty()) {
            (false, _) => Outcome::Denied,
            (true, false) => Outcome::Failed,
            (true, true) => Outcome::Done,
        })
    }

    fn look(&self) -> Result<Report> {
        let scanner = self.scanner()?;
        let (stdin, paths): (Vec<_>, Vec<_>) =
            self.paths.iter().cloned().partition(|path| path == Path::new("-"));
        let mut report = scanner.scan(&paths);
        if !stdin.is_empty() {
            report.merge(scanner.scan_reader("-", std::io::stdin().lock()));
        }
        if self.history {
            ensure!(!paths.is_empty(), "stdin has no history: name a repository");
            for path in &paths {
                let history = scanner
                    .scan_history(path)
                    .hint("`--history` needs paths in Git repositories that can be read")?;
                report.merge(history);
            }
        }
        Ok(report)
    }

    fn scanner(&self) -> Result<Scanner> {
        let PrefixFlags { token_prefix, job_token_prefix, gitlab_prefixes } = &self.prefixes;
        let patterns = PatternSettings {
            narrowgate: vec![Prefixes::new(token_prefix.clone(), job_token_prefix.clone())?],
            personal: gitlab_prefixes.clone(),
            mismatched: self.mismatched,
        };
        let settings = Settings {
            archives: self.archives,
            hidden: self.hidden,
            no_ignore: self.no_ignore,
            threads: self.threads.unwrap_or(0),
            ..Settings::default()
        };
        if self.threads == Some(0) {
            return Err(anyhow!("no thread would look")).hint("give `--threads` 1 or more, or leave it out");
        }
        Ok(Scanner::new(Patterns::new(&patterns)?, settings))
    }
}
