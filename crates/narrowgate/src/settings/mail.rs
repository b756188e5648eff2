//! How warnings are mailed.

use std::fs::File;
use std::io::Read as _;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::Args;
use figment::value::Value;
use narrowgate_api::lifecycle::{MailConfig, MailSecurity};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::Settings;
use crate::hint::Hint as _;

/// The variable that holds the password; there is no flag for it, as others on the machine can read arguments.
const PASSWORD: &str = "NARROWGATE_SMTP_PASSWORD";
/// How long the mail server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than any password needs.
const LONGEST_PASSWORD: u64 = 4096;

/// What happens to tokens over time, and who hears of it.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[command(next_help_heading = "Life cycle and mail")]
pub(crate) struct LifeCycleFlags {
    /// Seconds between two looks at what is due: warnings, webhooks, lost connections. [default: 5]
    #[arg(long, env = "NARROWGATE_LIFECYCLE_INTERVAL_S", value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle_interval_s: Option<u64>,
    /// The mail server that takes warnings of expiry. Without it no mail is sent.
    #[arg(long, env = "NARROWGATE_SMTP_HOST", value_name = "HOST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_host: Option<String>,
    /// Its port. [default: 465 with `tls`, 587 with `starttls`, 25 with `none`]
    #[arg(long, env = "NARROWGATE_SMTP_PORT", value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_port: Option<u16>,
    /// How the connection to it is protected. [default: tls]
    #[arg(long, env = "NARROWGATE_SMTP_SECURITY", value_name = "HOW")]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_security: Option<SmtpSecurity>,
    /// The name to log in with, where the server asks for one. Its password is in `NARROWGATE_SMTP_PASSWORD`, in
    /// `smtp_password` of the TOML file, or in a file of its own.
    #[arg(long, env = "NARROWGATE_SMTP_USER", value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_user: Option<String>,
    /// A file with nothing but the password, which nobody else may read. `NARROWGATE_SMTP_PASSWORD` takes its place.
    #[arg(long, env = "NARROWGATE_SMTP_PASSWORD_FILE", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_password_file: Option<PathBuf>,
    /// The sender of mails, such as `Narrowgate <narrowgate@example.com>`.
    #[arg(long, env = "NARROWGATE_MAIL_FROM", value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_from: Option<String>,
    /// Who gets every warning, besides the owner of the token. May be given several times.
    #[arg(long, env = "NARROWGATE_MAIL_COPY_TO", value_name = "ADDRESS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_copy_to: Option<Vec<String>>,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SmtpSecurity {
    /// TLS from the beginning.
    Tls,
    /// TLS after STARTTLS, and nothing without.
    Starttls,
    /// Not at all; only for a server on the same machine.
    None,
}

impl SmtpSecurity {
    const fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }

    const fn of_mailer(self) -> MailSecurity {
        match self {
            Self::Tls => MailSecurity::Tls,
            Self::Starttls => MailSecurity::StartTls,
            Self::None => MailSecurity::None,
        }
    }
}

impl Settings {
    /// How to reach the mail server; nothing when none is named.
    ///
    /// # Errors
    /// When settings contradict each other, or the password can't be read.
    pub(crate) fn mail(&self) -> Result<Option<MailConfig>> {
        let Some(host) = &self.smtp_host else {
            return self.without_mail_server().map(|()| None);
        };
        ensure!(!host.is_empty(), "`smtp_host` is empty");
        let security = self.smtp_security.unwrap_or(SmtpSecurity::Tls);
        if security == SmtpSecurity::None && !is_loopback(host) {
            return Err(anyhow!(
                "`smtp_security` is `none`, but the mail server `{host}` is not on this machine"
            ))
            .hint("take `--smtp-security tls` or `starttls`, or a server on 127.0.0.1");
        }
        let from = self
            .mail_from
            .clone()
            .ok_or_else(|| anyhow!("`smtp_host` is set without `mail_from`"))
            .hint("name the sender with `--mail-from 'Narrowgate <narrowgate@example.com>'`")?;
        let port = self.smtp_port.unwrap_or(security.usual_port());
        ensure!(port != 0, "`smtp_port` is 0");
        Ok(Some(MailConfig {
            host: host.clone(),
            port,
            security: security.of_mailer(),
            ca_file: self.ca_file.clone(),
            credentials: self.credentials()?,
            from,
            copy_to: self.mail_copy_to.clone(),
            timeout: PATIENCE,
        }))
    }

    /// A setting of mail that nothing would come of is a mistake.
    fn without_mail_server(&self) -> Result<()> {
        let set = [
            ("smtp_port", self.smtp_port.is_some()),
            ("smtp_security", self.smtp_security.is_some()),
            ("smtp_user", self.smtp_user.is_some()),
            ("smtp_password", self.smtp_password.is_some()),
            ("smtp_password_file", self.smtp_password_file.is_some()),
            ("mail_from", self.mail_from.is_some()),
            ("mail_copy_to", !self.mail_copy_to.is_empty()),
        ];
        match set.into_iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(anyhow!("`{name}` is set without `smtp_host`"))
                .hint("name the mail server with `--smtp-host HOST`, or take the setting away"),
            None => Ok(()),
        }
    }

    fn credentials(&self) -> Result<Option<(String, SecretString)>> {
        let password = match (&self.smtp_password, &self.smtp_password_file) {
            (Some(_), Some(_)) => {
                return Err(anyhow!("both `smtp_password` and `smtp_password_file` are set"))
                    .hint("keep one of them");
            }
            (Some(password), None) => Some(password.clone()),
            (None, Some(file)) => Some(read_password(file)?),
            (None, None) => None,
        };
        match (&self.smtp_user, password) {
            (Some(user), Some(password)) => {
                ensure!(!user.is_empty(), "`smtp_user` is empty");
                ensure!(!password.expose_secret().is_empty(), "the password of the mail server is empty");
                Ok(Some((user.clone(), password)))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(anyhow!("`smtp_user` is set without a password")).hint(format!(
                "give the password in {PASSWORD}, or name its file with `--smtp-password-file FILE`"
            )),
            (None, Some(_)) => Err(anyhow!("the password of the mail server is set without `smtp_user`"))
                .hint("give the name with `--smtp-user NAME`"),
        }
    }

    /// Lets the password from the environment take the place of those in files.
    pub(super) fn take_password(&mut self, password: Option<SecretString>) {
        if let Some(password) = password {
            self.smtp_password = Some(password);
            self.smtp_password_file = None;
        }
    }
}

/// The password in the environment.
///
/// # Errors
/// When it is not UTF-8.
pub(super) fn password_from_environment() -> Result<Option<SecretString>> {
    let Some(text) = std::env::var_os(PASSWORD) else { return Ok(None) };
    // The text itself stays out of the error.
    let text = text.into_string().map_err(|_| anyhow!("{PASSWORD} is not UTF-8"))?;
    Ok(Some(SecretString::from(text)))
}

/// Reads a password in the TOML file. An error doesn't show what was there instead of text.
///
/// # Errors
/// When it is no text.
pub(super) fn password_in_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    match <Value as Deserialize>::deserialize(from)?.into_string() {
        Some(text) => Ok(Some(SecretString::from(text))),
        None => Err(D::Error::custom("`smtp_password` is no text; put it in quotation marks")),
    }
}

fn read_password(path: &Path) -> Result<SecretString> {
    let name = path.display();
    let unreadable = || format!("cannot read the password file {name}");
    let file = File::open(path).with_context(unreadable)?;
    // Asked of the open file, so that nobody can swap it between check and use.
    let mode = file.metadata().with_context(unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(anyhow!("the password file {name} is open to others (mode {mode:04o})"))
            .hint(format!("run `chmod 600 {name}`"));
    }
    let mut text = String::with_capacity(4096);
    file.take(LONGEST_PASSWORD).read_to_string(&mut text).with_context(unreadable)?;
    let text = SecretString::from(text);
    Ok(SecretString::from(text.expose_secret().trim_end_matches(['\r', '\n'])))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
