//! Rebuilds the crate when a migration is added: the compiler doesn't see the folder.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
