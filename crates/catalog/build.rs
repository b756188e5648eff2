//! Recompiles the crate when a file of the catalogue changes: the embedding macro alone does not see that.

fn main() {
    println!("cargo:rerun-if-changed=../../catalog");
}
