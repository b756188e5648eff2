//! One client connection: TLS, which HTTP it speaks, and its requests.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::Client;
use crate::core::Core;
use crate::receive::framing::Framed;

/// How an HTTP/2 connection begins (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// hyper takes no smaller buffer.
const SMALLEST_BUFFER: usize = 8192;
/// Requests of one HTTP/2 connection at a time.
const STREAMS: u32 = 250;
/// Bytes in flight of one HTTP/2 request.
const WINDOW: u32 = 1024 * 1024;

/// Serves one connection to its end.
pub(super) async fn serve(
    core: Arc<Core>,
    stream: TcpStream,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let outcome = match tls {
        None => speak(core, stream, address, false, watcher).await,
        Some(tls) => match tokio::time::timeout(core.config.timeouts.head, tls.accept(stream)).await {
            Ok(Ok(stream)) => speak(core, stream, address, true, watcher).await,
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err("no TLS handshake in time".into()),
        },
    };
    if let Err(error) = outcome {
        tracing::debug!(client.address = %address.ip(), error = %error, "a connection ended early");
    }
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    core: Arc<Core>,
    mut stream: S,
    address: SocketAddr,
    is_tls: bool,
    watcher: Watcher,
) -> Outcome {
    let beginning = tokio::time::timeout(core.config.timeouts.head, begin(&mut stream)).await;
    let beginning = beginning.map_err(|_| "no request in time")??;
    if beginning == PREFACE {
        let client = Client::new(address, is_tls, None);
        let stream = Framed::transparent(stream, beginning);
        return http2(core, stream, client, watcher).await;
    }
    let stream = Framed::new(stream, beginning, core.config.limits.head_bytes);
    let client = Client::new(address, is_tls, Some(stream.verdicts()));
    http1(core, stream, client, watcher).await
}

/// Reads until it is certain whether HTTP/2 is spoken.
async fn begin<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Bytes> {
    let mut beginning = BytesMut::with_capacity(PREFACE.len());
    while beginning.len() < PREFACE.len() && PREFACE.starts_with(&beginning) {
        let mut rest = (&mut *stream).take((PREFACE.len() - beginning.len()) as u64);
        if rest.read_buf(&mut beginning).await? == 0 {
            break;
        }
    }
    Ok(beginning.freeze())
}

async fn http1<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    core: Arc<Core>,
    stream: Framed<S>,
    client: Client,
    watcher: Watcher,
) -> Outcome {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(core.config.timeouts.head)
        .max_buf_size(core.config.limits.head_bytes.max(SMALLEST_BUFFER))
        .max_headers(core.config.limits.headers);
    let client = Arc::new(client);
    let serving = Arc::clone(&client);
    let idle = core.config.timeouts.body_idle;
    let service = service_fn(move |request| {
        let (core, client) = (Arc::clone(&core), Arc::clone(&serving));
        async move { Ok::<_, Infallible>(crate::handle(&core, &client, request).await) }
    });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    watcher.watch(connection.into_owned()).await?;
    match client.tunnel() {
        Some(tunnel) => tunnel.run(idle).await,
        None => Ok(()),
    }
}

async fn http2<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    core: Arc<Core>,
    stream: Framed<S>,
    client: Client,
    watcher: Watcher,
) -> Outcome {
    let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW * 4)
        .keep_alive_interval(core.config.timeouts.body_idle)
        .keep_alive_timeout(core.config.timeouts.head)
        .max_header_list_size(u32::try_from(core.config.limits.head_bytes).unwrap_or(u32::MAX));
    let client = Arc::new(client);
    let service = service_fn(move |request| {
        let (core, client) = (Arc::clone(&core), Arc::clone(&client));
        async move { Ok::<_, Infallible>(crate::handle(&core, &client, request).await) }
    });
    watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await.map_err(Into::into)
}
