//! What comes of flags and files.

use std::os::unix::fs::PermissionsExt as _;

use clap::Parser;
use narrowgate_api::lifecycle::MailSecurity;
use secrecy::ExposeSecret as _;

use super::*;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    store: StoreFlags,
    #[command(flatten)]
    gate: GateFlags,
}

fn load(arguments: &[&str]) -> Result<Settings> {
    let flags = Flags::parse_from(std::iter::once(&"narrowgate").chain(arguments));
    Settings::load(&flags.store, &flags.gate)
}

#[test]
fn flag_beats_file_and_file_beats_default() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "database = \"a.db\"\nmax_lifetime_days = 7\n").unwrap();
    let config = file.path().to_str().unwrap();
    let settings = load(&["--config", config, "--database", "b.db"]).unwrap();
    assert_eq!(settings.database, PathBuf::from("b.db"));
    assert_eq!(settings.max_lifetime_days, 7);
    assert_eq!(settings.listen.port(), 8080);
}

#[test]
fn unknown_key_and_missing_file_are_errors() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "databse = \"a.db\"\n").unwrap();
    let error = load(&["--config", file.path().to_str().unwrap()]).unwrap_err();
    assert!(format!("{error:#}").contains("databse"), "{error:#}");
    assert!(load(&["--config", "/nonexistent/narrowgate.toml"]).is_err());
}

#[test]
fn missing_instance_says_how_to_name_one() {
    let error = load(&[]).unwrap().instance().unwrap_err();
    assert!(crate::hint::render(&error).contains("--instance"));
}

/// Settings from a file with this text.
fn with_file(text: &str) -> Result<Settings> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    load(&["--config", file.path().to_str().unwrap()])
}

const MAIL: &[&str] = &["--smtp-host", "mail.example.com", "--mail-from", "Narrowgate <n@example.com>"];

fn refusal(arguments: &[&str]) -> String {
    crate::hint::render(&load(arguments).unwrap().mail().unwrap_err())
}

#[test]
fn no_mail_server_is_no_mail() {
    assert!(load(&[]).unwrap().mail().unwrap().is_none());
}

#[test]
fn mail_takes_tls_and_its_port_unless_told_otherwise() {
    for (security, port, expected) in [
        (&[][..], 465, MailSecurity::Tls),
        (&["--smtp-security", "tls", "--smtp-port", "2465"], 2465, MailSecurity::Tls),
        (&["--smtp-security", "starttls"], 587, MailSecurity::StartTls),
        (&["--smtp-security", "none", "--smtp-host", "127.0.0.1"], 25, MailSecurity::None),
    ] {
        let host = if security.contains(&"--smtp-host") { &MAIL[2..] } else { MAIL };
        let mail = load(&[host, security].concat()).unwrap().mail().unwrap().unwrap();
        assert_eq!((mail.port, mail.security), (port, expected), "{security:?}");
        assert!(mail.credentials.is_none());
    }
}

#[test]
fn mail_can_stand_in_the_file() {
    let settings = with_file(
        "smtp_host = \"mail.example.com\"\nsmtp_security = \"starttls\"\nsmtp_user = \"gate\"\n\
         smtp_password = \"hunter2\"\nmail_from = \"n@example.com\"\nmail_copy_to = [\"a@example.com\", \"b@example.com\"]\n",
    )
    .unwrap();
    let mail = settings.mail().unwrap().unwrap();
    let (user, password) = mail.credentials.unwrap();
    assert_eq!((user.as_str(), password.expose_secret()), ("gate", "hunter2"));
    assert_eq!(mail.copy_to, ["a@example.com", "b@example.com"]);
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn password_in_the_environment_takes_the_place_of_files() {
    let mut settings =
        load(&[MAIL, &["--smtp-user", "gate", "--smtp-password-file", "/nonexistent"]].concat()).unwrap();
    settings.take_password(Some("hunter2".into()));
    let (_, password) = settings.mail().unwrap().unwrap().credentials.unwrap();
    assert_eq!(password.expose_secret(), "hunter2");
}

#[test]
fn password_file_is_read_without_its_line_end_and_must_be_private() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "hunter 2\n").unwrap();
    let path = file.path().to_str().unwrap();
    let arguments = [MAIL, &["--smtp-user", "gate", "--smtp-password-file", path]].concat();
    let (_, password) = load(&arguments).unwrap().mail().unwrap().unwrap().credentials.unwrap();
    assert_eq!(password.expose_secret(), "hunter 2");
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let text = refusal(&arguments);
    assert!(text.contains("0644") && text.contains("chmod 600"), "{text}");
}

#[test]
fn there_is_no_flag_for_the_password() {
    assert!(Flags::try_parse_from(["narrowgate", "--smtp-password", "hunter2"]).is_err());
}

#[test]
fn contradictions_of_mail_are_named() {
    for (arguments, expected) in [
        (&["--smtp-user", "gate"][..], "`smtp_user` is set without `smtp_host`"),
        (&["--mail-copy-to", "a@example.com"], "`mail_copy_to` is set without `smtp_host`"),
        (&["--smtp-host", "mail.example.com"], "without `mail_from`"),
        (&[MAIL, &["--smtp-user", "gate"]].concat(), "NARROWGATE_SMTP_PASSWORD"),
        (&[MAIL, &["--smtp-security", "none"]].concat(), "is not on this machine"),
        (&[MAIL, &["--smtp-user", "gate", "--smtp-password-file", "/nonexistent"]].concat(), "/nonexistent"),
    ] {
        let text = refusal(arguments);
        assert!(text.contains(expected), "{text}");
    }
    let mail = "smtp_host = \"localhost\"\nmail_from = \"n@example.com\"\nsmtp_password = \"hunter2\"\n";
    let error = with_file(mail).unwrap().mail().unwrap_err();
    assert!(error.to_string().contains("without `smtp_user`"), "{error:#}");
    let error = with_file(&format!("{mail}smtp_password_file = \"x\"\n")).unwrap().mail().unwrap_err();
    assert!(error.to_string().starts_with("both"), "{error:#}");
}

#[test]
fn mistakes_in_the_file_do_not_show_the_password() {
    for text in
        ["\nsmtp_password = 4711\n", "\nsmtp_password = hunter4711\n", "\nsmtp_password = \"4711\\q\"\n"]
    {
        let error = crate::hint::render(&with_file(text).unwrap_err());
        assert!(!error.contains("4711"), "{error}");
        assert!(error.contains("line 2") || error.contains("smtp_password"), "{error}");
    }
}

#[test]
fn bounds_on_graphql_are_set_and_never_zero() {
    let settings = load(&["--graphql-depth", "7", "--graphql-schema-bytes", "1000"]).unwrap();
    let graphql = settings.graphql().unwrap();
    assert_eq!((graphql.limits.depth, graphql.limits.batch, graphql.schema.bytes), (7, 20, 1000));
    let error = load(&["--graphql-depth", "0"]).unwrap().graphql().unwrap_err();
    assert!(format!("{error:#}").contains("graphql_depth"), "{error:#}");
}
