//! Any text as an instance's introspection: it is refused, or what is kept of it is read again as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use narrowgate_graphql::schema::{Schema, SchemaLimits};

fuzz_target!(|body: &[u8]| {
    let Ok(schema) = Schema::from_introspection(body, &SchemaLimits::default()) else { return };
    let again = Schema::from_sdl(schema.sdl()).expect("what is kept is a schema");
    assert_eq!(again.sdl(), schema.sdl());
});
