//! Figures beside peers: one run, one machine, ratios in a table at the end.

mod figures;

/// The binary's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use figures::Figures;
