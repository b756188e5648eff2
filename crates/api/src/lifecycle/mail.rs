//! Warnings by mail.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use narrowgate_store::TokenId;
use narrowgate_store::time::Date;
use secrecy::{ExposeSecret, SecretString};

/// How to reach the mail server.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// Certificates (PEM) to trust besides the system's, for a server with a private authority.
    pub ca_file: Option<PathBuf>,
    /// Name and password, where it asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// The sender: `Narrowgate <narrowgate@example.com>`.
    pub from: String,
    /// Who gets every warning, besides the owner of the token.
    pub copy_to: Vec<String>,
    /// How long to wait for the server.
    pub timeout: Duration,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the beginning.
    Tls,
    /// TLS after STARTTLS, and nothing without.
    StartTls,
    /// Not at all: for a server on the same machine.
    None,
}

/// A token that will expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The owner's address, where it is known.
    pub to: Option<String>,
    /// The token.
    pub token: TokenId,
    /// Its name.
    pub token_name: String,
    /// The first day on which it no longer works.
    pub expires_at: Date,
    /// How many days are left.
    pub days_left: i64,
}

/// Why a mail could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address that is none; trying again does not help.
    #[error("`{address}` is no mail address")]
    Address {
        /// As given.
        address: String,
    },
    /// TLS can't be set up with what was configured; trying again does not help.
    #[error("TLS to the mail server can't be set up: {0}")]
    Tls(String),
    /// The mail could not be put together; trying again does not help.
    #[error("the mail could not be written: {0}")]
    Format(String),
    /// The server refused it for good.
    #[error("the mail server refused the mail: {0}")]
    Refused(String),
    /// The server could not be reached, or asks to come back later.
    #[error("the mail server did not take the mail: {0}")]
    Unavailable(String),
}

impl MailError {
    /// Whether trying again does not help.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        !matches!(self, Self::Unavailable(_))
    }
}

/// Sends warnings.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a warning. `false` when there is nobody to send it to.
    async fn send(&self, warning: &Warning) -> Result<bool, MailError>;
}

/// Sends through an SMTP server.
#[derive(Clone, Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    copy_to: Vec<Mailbox>,
}

impl SmtpMailer {
    /// Reads the addresses and sets TLS up; nothing is sent.
    ///
    /// # Errors
    /// When an address is none, or TLS cannot be set up.
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        // An error says that the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = || {
            let mut parameters = TlsParameters::builder(config.host.clone());
            if let Some(file) = &config.ca_file {
                parameters = parameters.add_root_certificate(certificate(file)?);
            }
            let named = config.ca_file.as_ref().map(|file| format!("`{}`: ", file.display()));
            let named = named.unwrap_or_default();
            parameters.build().map_err(|error| MailError::Tls(format!("{named}{error}")))
        };
        let tls = match config.security {
            MailSecurity::Tls => Tls::Wrapper(tls()?),
            MailSecurity::StartTls => Tls::Required(tls()?),
            MailSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .timeout(Some(config.timeout))
            .tls(tls);
        if let Some((name, password)) = &config.credentials {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(name.clone(), password));
        }
        let copy_to: Result<_, _> = config.copy_to.iter().map(|text| mailbox(text)).collect();
        Ok(Self { transport: builder.build(), from: mailbox(&config.from)?, copy_to: copy_to? })
    }

    fn write(&self, warning: &Warning) -> Result<Option<Message>, MailError> {
        let owner = warning.to.as_deref().map(mailbox).transpose()?;
        let mut receivers = owner.into_iter().chain(self.copy_to.iter().cloned()).peekable();
        if receivers.peek().is_none() {
            return Ok(None);
        }
        let builder = Message::builder().from(self.from.clone()).subject(subject(warning));
        let builder = receivers.fold(builder, MessageBuilder::to).header(ContentType::TEXT_PLAIN);
        let message = builder.body(text(warning));
        message.map(Some).map_err(|error| MailError::Format(error.to_string()))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, warning: &Warning) -> Result<bool, MailError> {
        let Some(message) = self.write(warning)? else { return Ok(false) };
        match self.transport.send(message).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_permanent() => Err(MailError::Refused(error.to_string())),
            Err(error) => Err(MailError::Unavailable(error.to_string())),
        }
    }
}

fn certificate(file: &Path) -> Result<Certificate, MailError> {
    let unusable = |error: &dyn std::fmt::Display| MailError::Tls(format!("`{}`: {error}", file.display()));
    let pem = std::fs::read(file).map_err(|error| unusable(&error))?;
    Certificate::from_pem(&pem).map_err(|error| unusable(&error))
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|_| MailError::Address { address: text.to_owned() })
}

fn subject(warning: &Warning) -> String {
    let name: String = warning.token_name.chars().filter(|character| !character.is_control()).collect();
    match warning.days_left {
        ..=0 => format!("Access token \"{name}\" expires today"),
        1 => format!("Access token \"{name}\" expires tomorrow"),
        days => format!("Access token \"{name}\" expires in {days} days"),
    }
}

fn text(warning: &Warning) -> String {
    format!(
        "The access token \"{}\" (number {})\n\
         stops working on {} at 00:00 UTC.\n\n\
         Rotate it before then if it is still needed; what it may do stays as it is.\n\
         Otherwise revoke it now.\n",
        warning.token_name, warning.token, warning.expires_at
    )
}
