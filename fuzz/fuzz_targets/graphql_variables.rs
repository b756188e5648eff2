//! Any text as a request's variables.

#![no_main]

use libfuzzer_sys::fuzz_target;
use narrowgate_graphql::plan::Variables;

fuzz_target!(|text: &str| {
    if let Ok(variables) = Variables::parse(Some(text)) {
        let _ = variables.get("a");
    }
});
