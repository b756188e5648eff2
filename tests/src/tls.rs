//! The sandbox behind TLS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate for 127.0.0.1 that nobody trusts unless told to, and its key, as PEM files in `folder`.
pub fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let (certificate, key) = (folder.join("gate.pem"), folder.join("gate.key"));
    std::fs::write(&certificate, made.cert.pem()).expect("the folder takes files");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("the folder takes files");
    (certificate, key)
}

/// Takes TLS off before the sandbox, with a certificate that nobody trusts unless told to.
#[derive(Debug)]
pub struct TlsFront {
    url: String,
    certificate: PathBuf,
}

impl TlsFront {
    /// Starts before the instance at `upstream` (an address such as `127.0.0.1:80`), with its certificate in `folder`.
    pub async fn before(upstream: &str, folder: &Path) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let certificate = folder.join("instance.pem");
        std::fs::write(&certificate, made.cert.pem()).expect("the folder takes files");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks the usual versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("the key fits the certificate");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), upstream.to_owned()));
        Self { url: format!("https://{address}"), certificate }
    }

    /// Its URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file of its certificate, for those who are to trust it.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, upstream: String) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(pass(stream, acceptor.clone(), upstream.clone()));
    }
}

/// A client that doesn't trust the certificate goes away: that ends the connection and nothing else.
async fn pass(stream: TcpStream, acceptor: TlsAcceptor, upstream: String) -> Option<()> {
    let mut client = acceptor.accept(stream).await.ok()?;
    let mut server = TcpStream::connect(upstream).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}
