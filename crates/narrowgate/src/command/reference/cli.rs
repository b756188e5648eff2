//! The command line as a page.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use crate::cli::Cli;

/// Every subcommand with its help, in the order of `narrowgate --help`.
pub(super) fn page() -> String {
    let mut text = "# Command line\n".to_owned();
    let mut root = without_values(Cli::command()).term_width(100).disable_help_subcommand(true);
    root.build();
    section(&mut text, &mut root, "narrowgate", 2);
    text
}

/// What happens to be set where the page is written is nobody's business.
fn without_values(command: Command) -> Command {
    command.mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(without_values)
}

fn section(text: &mut String, command: &mut Command, path: &str, depth: usize) {
    let marks = "#".repeat(depth.min(4));
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    // Writing into a `String` cannot fail.
    let _ = write!(text, "\n{marks} `{path}`\n\n```text\n{}\n```\n", help.join("\n").trim_end());
    for child in command.get_subcommands_mut().filter(|child| !child.is_hide_set()) {
        let path = format!("{path} {}", child.get_name());
        section(text, child, &path, depth + 1);
    }
}
