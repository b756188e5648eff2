//! Documents planned and written anew, against a small schema that has each kind of position.

mod hostile;

mod requirements;
mod rewriting;
mod small;
mod tree;
