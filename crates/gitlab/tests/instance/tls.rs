//! An instance with a private certificate authority.

use std::io::Write;
use std::sync::Arc;

use narrowgate_gitlab::{Client, ClientConfig, GitlabError, InstanceUrl};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, Issuer, KeyPair};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::fake::credential;

const ANSWER: &str = r#"{"version":"18.4.1","revision":"abc"}"#;

/// An instance whose certificate is for `name`, and its authority's certificate in a file.
async fn instance(name: &str) -> (u16, NamedTempFile) {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let issuer: &Issuer<'_, KeyPair> = &authority;
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let length = ANSWER.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{ANSWER}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(authority.pem().as_bytes()).unwrap();
    (port, file)
}

fn client(port: u16, ca_file: Option<&NamedTempFile>) -> Client {
    let url = InstanceUrl::parse(&format!("https://localhost:{port}")).unwrap();
    let ca_file = ca_file.map(|file| file.path().to_owned());
    Client::new(url, &ClientConfig { ca_file, ..ClientConfig::default() }).unwrap()
}

#[tokio::test]
async fn is_trusted_when_its_authority_is_named() {
    let (port, authority) = instance("localhost").await;
    let version = client(port, Some(&authority)).version(&credential()).await;
    assert_eq!(version.unwrap().version, "18.4.1");
}

#[tokio::test]
async fn is_not_trusted_otherwise() {
    let (port, _) = instance("localhost").await;
    let error = client(port, None).version(&credential()).await.unwrap_err();
    assert!(matches!(error, GitlabError::Tls { .. }), "{error:?}");
    let (_, other_authority) = instance("localhost").await;
    let error = client(port, Some(&other_authority)).version(&credential()).await.unwrap_err();
    assert!(matches!(error, GitlabError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn is_not_trusted_under_another_name() {
    let (port, authority) = instance("gitlab.example.com").await;
    let error = client(port, Some(&authority)).version(&credential()).await.unwrap_err();
    assert!(matches!(error, GitlabError::Tls { .. }), "{error:?}");
}
