//! The settings as a page.

use std::fmt::Write as _;

use clap::{Arg, CommandFactory as _};

use crate::cli::Cli;

const HEAD: &str = "# Configuration

Every setting of `narrowgate serve` can stand in a TOML file (`--config FILE`), in an environment variable, or in a flag.
Flags win over variables, variables over the file. `connect`, `token`, `needs` and `explain` read the same file and variables.

```toml
instance   = \"https://gitlab.example.com\"
database   = \"/var/lib/narrowgate/narrowgate.db\"
key_file   = \"/etc/narrowgate/narrowgate.key\"
listen     = \"0.0.0.0:8443\"
public_url = \"https://gate.example.com\"
```

`NARROWGATE_KEY` holds the key itself, base64 of 32 bytes, and takes the place of `key_file`.
`NARROWGATE_SMTP_PASSWORD` holds the mail server's password, and takes the place of `smtp_password` in the TOML file and of
`smtp_password_file`; there is no flag for it.
`NARROWGATE_TOKEN` holds the token that `explain` asks about.

| key | flag | variable | about |
| --- | --- | --- | --- |
";

/// One row for each setting of `serve`, from the flags' own help.
pub(super) fn page() -> String {
    let mut text = HEAD.to_owned();
    let mut root = Cli::command();
    root.build();
    let Some(serve) = root.find_subcommand("serve") else { return text };
    for argument in serve.get_arguments().filter(|argument| argument.get_env().is_some()) {
        let flag = argument.get_long().unwrap_or_default();
        let key =
            if is_only_a_flag(argument) { String::new() } else { format!("`{}`", flag.replace('-', "_")) };
        let variable = argument.get_env().unwrap_or_default().to_string_lossy();
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        // Writing into a `String` cannot fail.
        let _ = writeln!(text, "| {key} | `--{flag}` | `{variable}` | {help} |");
    }
    text
}

/// The file can't name itself, and logging starts before it is read.
fn is_only_a_flag(argument: &Arg) -> bool {
    matches!(argument.get_id().as_str(), "config" | "log" | "log_format")
}
