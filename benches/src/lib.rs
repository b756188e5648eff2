//! Figures beside peers: one run, one machine, ratios in a table at the end.

mod figures;

pub use figures::Figures;
