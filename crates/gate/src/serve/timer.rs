//! The timer of a connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::time::Sleep;

/// Keeps the runtime's timer from one wait to the next. Each request waits twice, and almost no wait comes to its end: so
/// the timer is let run, and set anew only when it rings before the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timer {
    spare: Arc<Mutex<Option<Pin<Box<Sleep>>>>>,
}

impl Timer {
    /// Is ready at `deadline`.
    pub(crate) fn until(&self, deadline: Instant) -> Wait {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        let sleep = spare.unwrap_or_else(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        Wait { deadline, sleep: Some(sleep), timer: self.clone() }
    }
}

impl hyper::rt::Timer for Timer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(self.until(deadline))
    }
}

/// Is ready at its deadline.
#[derive(Debug)]
pub(crate) struct Wait {
    deadline: Instant,
    sleep: Option<Pin<Box<Sleep>>>,
    timer: Timer,
}

impl hyper::rt::Sleep for Wait {}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { deadline, sleep: Some(sleep), .. } = self.get_mut() else { return Poll::Ready(()) };
        let deadline = tokio::time::Instant::from_std(*deadline);
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        *self.timer.spare.lock().unwrap_or_else(PoisonError::into_inner) = self.sleep.take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const HOUR: Duration = Duration::from_secs(3600);

    fn is_over(wait: &mut Wait) -> bool {
        wait.now_or_never().is_some()
    }

    #[tokio::test]
    async fn each_wait_has_its_own_deadline() {
        let timer = Timer::default();
        for _ in 0..2 {
            assert!(!is_over(&mut timer.until(Instant::now() + HOUR)));
            // The timer is set for the hour, and rings now all the same.
            timer.until(Instant::now()).await;
            // It has rung, and yet the hour is not over.
            assert!(!is_over(&mut timer.until(Instant::now() + HOUR)));
        }
    }

    #[tokio::test]
    async fn waits_at_the_same_time_do_not_share() {
        let timer = Timer::default();
        let (mut long, short) = (timer.until(Instant::now() + HOUR), timer.until(Instant::now()));
        assert!(!is_over(&mut long));
        short.await;
        assert!(!is_over(&mut long));
    }

    #[tokio::test]
    async fn a_timer_that_rings_early_is_set_anew() {
        let timer = Timer::default();
        drop(timer.until(Instant::now()));
        let soon = Instant::now() + Duration::from_millis(20);
        timer.until(soon).await;
        assert!(Instant::now() >= soon);
    }
}
