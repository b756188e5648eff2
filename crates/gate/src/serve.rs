//! Listens, and ends in good order.

mod connection;
pub(crate) mod timer;
mod tls;
pub(crate) mod tunnel;
mod worker;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderValue, Version};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

use crate::Gate;
use crate::authenticate::follower::{catch_up, follow};
use crate::core::Core;
use crate::forward::client::Pool;
use crate::receive::Violation;
use crate::receive::framing::Verdicts;
use crate::record;
use timer::Timer;
use tunnel::Tunnel;
use worker::{Arrival, Workers};

/// How long the last records may take to be written.
const LAST_RECORDS: Duration = Duration::from_secs(5);
/// How long to wait when the system has no more sockets.
const NO_SOCKETS: Duration = Duration::from_millis(50);

/// The client at the other end of a connection.
#[derive(Debug)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
    /// Its address as a header.
    pub(crate) forwarded_for: HeaderValue,
    is_tls: bool,
    /// What the framing adapter says; none for HTTP/2, which has no such framing.
    verdicts: Option<Arc<Verdicts>>,
    /// What the connection becomes after the answer that is under way.
    tunnel: Mutex<Option<Tunnel>>,
    /// The connections to the instance that its requests are sent on.
    pub(crate) pool: Arc<Pool>,
    /// Waits for what the connection's requests wait for.
    pub(crate) timer: Timer,
}

impl Client {
    fn new(address: SocketAddr, is_tls: bool, verdicts: Option<Arc<Verdicts>>, pool: Arc<Pool>) -> Self {
        let address = address.ip().to_canonical();
        let forwarded_for = HeaderValue::try_from(address.to_string());
        let forwarded_for = forwarded_for.unwrap_or_else(|_| HeaderValue::from_static("unknown"));
        Self {
            address,
            forwarded_for,
            is_tls,
            verdicts,
            tunnel: Mutex::default(),
            pool,
            timer: Timer::default(),
        }
    }

    /// Makes a tunnel of the connection, once the answer under way is sent.
    pub(crate) fn open(&self, tunnel: Tunnel) {
        if let Some(verdicts) = &self.verdicts {
            verdicts.stop();
        }
        *self.tunnel.lock().unwrap_or_else(PoisonError::into_inner) = Some(tunnel);
    }

    /// The tunnel that the connection has become.
    fn tunnel(&self) -> Option<Tunnel> {
        self.tunnel.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The scheme that it speaks.
    pub(crate) const fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }

    /// The framing adapter's view of the bodies.
    pub(crate) fn framing(&self) -> Option<Arc<Verdicts>> {
        self.verdicts.clone()
    }

    /// The framing adapter's verdict on the next request.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn verdict(&self, version: Version) -> Result<(), Violation> {
        match &self.verdicts {
            Some(verdicts) if version != Version::HTTP_2 => verdicts.next(),
            None if version == Version::HTTP_2 => Ok(()),
            _ => Err(Violation::OutOfSync),
        }
    }
}

impl Gate {
    /// Serves connections until `shutdown` is ready, then lets open requests finish for up to `timeouts.drain`.
    ///
    /// # Errors
    ///
    /// When certificate or key can't be used, or the listener fails for good.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        let core = &self.core;
        let tls = core.config.tls.as_ref().map(tls::acceptor).transpose()?;
        let workers = Workers::start(core, tls.as_ref())?;
        // Without it the first requests would all ask the store. A failure is logged by the follower.
        let _ = catch_up(core).await;
        let follower = tokio::spawn({
            let core = Arc::clone(core);
            async move { follow(&core).await }
        });
        let (end, ended) = oneshot::channel::<()>();
        let writer = tokio::spawn({
            let core = Arc::clone(core);
            async move { record::write(&core, async { drop(ended.await) }).await }
        });
        let served = accept(core, &listener, workers, shutdown).await;
        drop(end);
        let _ = tokio::time::timeout(LAST_RECORDS, writer).await;
        follower.abort();
        served
    }
}

/// Takes connections until `shutdown` is ready, then lets the workers drain.
async fn accept(
    core: &Core,
    listener: &TcpListener,
    workers: Workers,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(core.config.limits.connections));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = shutdown.as_mut() => break,
            arrival = next(listener, &room) => workers.take(arrival?)?,
        }
    }
    workers.drain().await;
    Ok(())
}

/// The next connection, once there is room for it.
async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> io::Result<Arrival> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    loop {
        match listener.accept().await.and_then(|(stream, address)| Ok((stream.into_std()?, address))) {
            Ok((stream, address)) => return Ok(Arrival { stream, address, permit }),
            Err(error) if is_fatal(&error) => return Err(error),
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(NO_SOCKETS).await;
            }
        }
    }
}

/// Clients that are gone and a lack of sockets pass; a listener that is none does not.
fn is_fatal(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected)
}
