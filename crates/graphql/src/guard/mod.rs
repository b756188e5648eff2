//! What guards the types, fields and mutations of one schema.

mod model;

pub use model::{
    Alternative, ArgumentPath, Class, FieldGuard, Guard, Locator, Names, Need, Probe, ProbeStep, Reads, Rule,
    Rules, Source,
};
