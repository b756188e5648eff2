//! Threads that serve connections. Each has a runtime and connections to the instance of its own, so that what a request
//! waits for wakes nobody on another core.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::connection;
use crate::core::Core;
use crate::forward::client::{Pool, ROUND};

/// What the connections of one worker share.
#[derive(Clone)]
pub(super) struct Shared {
    /// What all requests share.
    pub(super) core: Arc<Core>,
    /// The worker's connections to the instance.
    pub(super) pool: Arc<Pool>,
    /// Speaks TLS to clients, if the gate does.
    pub(super) tls: Option<TlsAcceptor>,
    /// Ends when no further requests are to be taken.
    pub(super) stop: watch::Receiver<()>,
}

/// A connection that was accepted, with its place among all connections.
pub(super) struct Arrival {
    /// The connection.
    pub(super) stream: TcpStream,
    /// The client's address.
    pub(super) address: SocketAddr,
    /// Counts it against the limit for as long as it lives.
    pub(super) permit: OwnedSemaphorePermit,
}

/// One for each core.
pub(super) struct Workers {
    workers: Vec<Worker>,
    /// No worker's runtime ends before this does: connections to the instance for look-ups are shared.
    release: watch::Sender<()>,
}

struct Worker {
    arrivals: mpsc::UnboundedSender<Counted>,
    open: Arc<AtomicUsize>,
    drained: oneshot::Receiver<()>,
}

/// An arrival, counted for the worker that takes it.
struct Counted {
    arrival: Arrival,
    open: Open,
}

/// One of a worker's open connections.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn one(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When the system gives no thread or nothing to wait with.
    pub(super) fn start(core: &Arc<Core>, tls: Option<&TlsAcceptor>) -> io::Result<Self> {
        let (release, released) = watch::channel(());
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = (0..count).map(|number| Worker::start(number, core, tls.cloned(), released.clone()));
        Ok(Self { workers: workers.collect::<io::Result<_>>()?, release })
    }

    /// Gives a connection to the worker that has the fewest.
    ///
    /// # Errors
    ///
    /// When that worker is gone.
    pub(super) fn take(&self, arrival: Arrival) -> io::Result<()> {
        let least_busy = self.workers.iter().min_by_key(|worker| worker.open.load(Ordering::Relaxed));
        let gone = || io::Error::other("a thread that serves connections has ended");
        let worker = least_busy.ok_or_else(gone)?;
        worker.arrivals.send(Counted { arrival, open: Open::one(&worker.open) }).map_err(|_| gone())
    }

    /// Lets open requests finish, for as long as the configuration gives them, and ends the threads.
    pub(super) async fn drain(self) {
        let Self { workers, release } = self;
        let draining: Vec<_> = workers.into_iter().map(|worker| worker.drained).collect();
        for drained in draining {
            let _ = drained.await;
        }
        drop(release);
    }
}

impl Worker {
    fn start(
        number: usize,
        core: &Arc<Core>,
        tls: Option<TlsAcceptor>,
        mut released: watch::Receiver<()>,
    ) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let (arrivals, arriving) = mpsc::unbounded_channel();
        let (drain, drained) = oneshot::channel();
        let core = Arc::clone(core);
        std::thread::Builder::new().name(format!("gate-{number}")).spawn(move || {
            run(runtime, async move {
                serve(core, tls, arriving).await;
                drop(drain);
                let _ = released.changed().await;
            });
        })?;
        Ok(Self { arrivals, open: Arc::default(), drained })
    }
}

/// What still blocks in the background, such as the look-up of a name, holds nobody up.
fn run(runtime: Runtime, work: impl Future<Output = ()>) {
    runtime.block_on(work);
    runtime.shutdown_background();
}

/// Serves connections until no more come, and then what is open.
async fn serve(core: Arc<Core>, tls: Option<TlsAcceptor>, mut arriving: mpsc::UnboundedReceiver<Counted>) {
    let (stop, stopped) = watch::channel(());
    let pool = core.upstream.pool();
    let shared = Shared { core, pool, tls, stop: stopped };
    let mut connections = JoinSet::new();
    let mut tidying = tokio::time::interval(ROUND);
    loop {
        let next = tokio::select! {
            Some(_) = connections.join_next() => continue,
            _ = tidying.tick() => {
                shared.pool.tidy();
                continue;
            }
            next = arriving.recv() => next,
        };
        let Some(Counted { arrival, open }) = next else { break };
        let shared = shared.clone();
        connections.spawn(async move {
            let Arrival { stream, address, permit } = arrival;
            connection::serve(shared, stream, address).await;
            drop((permit, open));
        });
    }
    drop(stop);
    let drain = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(shared.core.config.timeouts.drain, drain).await.is_err() {
        tracing::warn!("open requests were cut off at the end of the drain time");
    }
}
