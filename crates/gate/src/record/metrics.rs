//! What is counted.

use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};
use narrowgate_catalog::Surface;

/// Handles to what every request counts, looked up once.
pub(crate) struct Metrics {
    surfaces: [PerSurface; 6],
}

struct PerSurface {
    allowed: Counter,
    duration: Histogram,
}

const SURFACES: [Surface; 6] =
    [Surface::Rest, Surface::Scim, Surface::Narrowgate, Surface::Git, Surface::Lfs, Surface::Registry];

/// The word for an interface.
pub(super) const fn surface(surface: Surface) -> &'static str {
    match surface {
        Surface::Rest => "rest",
        Surface::Scim => "scim",
        Surface::Narrowgate => "narrowgate",
        Surface::Git => "git",
        Surface::Lfs => "lfs",
        Surface::Registry => "registry",
    }
}

impl Metrics {
    /// Takes the handles from the recorder that is installed now.
    pub(crate) fn new() -> Self {
        let handles = SURFACES.map(|of| PerSurface {
            allowed: counter!(
                "narrowgate_requests_total", "surface" => surface(of), "outcome" => "allowed", "reason" => ""
            ),
            duration: histogram!("narrowgate_request_duration_seconds", "surface" => surface(of)),
        });
        Self { surfaces: handles }
    }

    /// Counts one request; the duration runs until the head of its answer.
    pub(super) fn count(&self, of: Surface, reason: Option<&'static str>, duration: Duration) {
        let handles = SURFACES.iter().position(|known| *known == of).and_then(|at| self.surfaces.get(at));
        if let Some(handles) = handles {
            handles.duration.record(duration);
            if reason.is_none() {
                handles.allowed.increment(1);
            }
        }
        if let Some(reason) = reason {
            counter!(
                "narrowgate_requests_total", "surface" => surface(of), "outcome" => "refused", "reason" => reason
            )
            .increment(1);
        }
    }
}

/// Counts what passes only because an enforcement is a dry run.
pub(super) fn would_refuse(reason: &'static str) {
    counter!("narrowgate_would_refuse_total", "reason" => reason).increment(1);
}

/// Counts kinds of objects and changes that a request in GraphQL was refused.
pub(super) fn withheld(reason: &'static str) {
    counter!("narrowgate_graphql_refused_total", "reason" => reason).increment(1);
}

/// Counts records that were dropped because the store is slower than they come.
pub(super) fn dropped(what: &'static str) {
    counter!("narrowgate_records_dropped_total", "record" => what).increment(1);
}
