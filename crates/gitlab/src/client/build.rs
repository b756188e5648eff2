//! Sets up HTTP and TLS.

use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder};

use super::{ClientConfig, ClientSetupError};

/// A client that follows no redirect (the credential would travel along), takes no proxy from the environment, and
/// gives up in time.
pub(super) fn http(config: &ClientConfig) -> Result<reqwest::Client, ClientSetupError> {
    // An error says that the process has a provider already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("narrowgate/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout);
    trust(builder, config)?.build().map_err(|error| ClientSetupError::Tls { reason: root_cause(&error) })
}

fn trust(builder: ClientBuilder, config: &ClientConfig) -> Result<ClientBuilder, ClientSetupError> {
    let Some(path) = config.ca_file.clone() else { return Ok(builder) };
    let pem =
        std::fs::read(&path).map_err(|source| ClientSetupError::CaFile { path: path.clone(), source })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(builder.tls_certs_merge(certificates)),
        _ => Err(ClientSetupError::Certificate { path }),
    }
}

/// The innermost reason, which names neither URL nor header.
pub(super) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
