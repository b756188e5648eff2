//! One client connection: TLS, which HTTP it speaks, and its requests.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::Client;
use super::worker::Shared;
use crate::receive::framing::Framed;

/// How an HTTP/2 connection begins (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// hyper takes no smaller buffer.
const SMALLEST_BUFFER: usize = 8192;
/// Requests of one HTTP/2 connection at a time.
const STREAMS: u32 = 250;
/// Bytes in flight of one HTTP/2 request.
const WINDOW: u32 = 1024 * 1024;

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Serves one connection to its end.
pub(super) async fn serve(shared: Shared, stream: TcpStream, address: SocketAddr) {
    if let Err(error) = connect(shared, stream, address).await {
        tracing::debug!(client.address = %address.ip(), error = %error, "a connection ended early");
    }
}

async fn connect(shared: Shared, stream: TcpStream, address: SocketAddr) -> Outcome {
    let stream = tokio::net::TcpStream::from_std(stream)?;
    let _ = stream.set_nodelay(true);
    let Some(tls) = shared.tls.clone() else { return speak(shared, stream, address, false).await };
    let handshake = tokio::time::timeout(shared.core.config.timeouts.head, tls.accept(stream)).await;
    let stream = handshake.map_err(|_| "no TLS handshake in time")??;
    speak(shared, stream, address, true).await
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    shared: Shared,
    mut stream: S,
    address: SocketAddr,
    is_tls: bool,
) -> Outcome {
    let beginning = tokio::time::timeout(shared.core.config.timeouts.head, begin(&mut stream)).await;
    let beginning = beginning.map_err(|_| "no request in time")??;
    let pool = Arc::clone(&shared.pool);
    if beginning == PREFACE {
        let client = Client::new(address, is_tls, None, pool);
        let stream = Framed::transparent(stream, beginning);
        return http2(shared, stream, client).await;
    }
    let stream = Framed::new(stream, beginning, shared.core.config.limits.head_bytes);
    let client = Client::new(address, is_tls, Some(stream.verdicts()), pool);
    http1(shared, stream, client).await
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
    shared: Shared,
    stream: Framed<S>,
    client: Client,
) -> Outcome {
    let Shared { core, mut stop, .. } = shared;
    let mut builder = http1::Builder::new();
    builder
        .timer(client.timer.clone())
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
    let mut connection =
        std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    tokio::select! {
        biased;
        ended = connection.as_mut() => ended?,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await?;
        }
    }
    match client.tunnel() {
        Some(tunnel) => tunnel.run(idle).await,
        None => Ok(()),
    }
}

async fn http2<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    shared: Shared,
    stream: Framed<S>,
    client: Client,
) -> Outcome {
    let Shared { core, mut stop, .. } = shared;
    let mut builder = http2::Builder::new(TokioExecutor::new());
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
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        ended = connection.as_mut() => Ok(ended?),
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            Ok(connection.await?)
        }
    }
}
