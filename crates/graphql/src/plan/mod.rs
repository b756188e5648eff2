//! What a document asks for, as a tree that requests are written from and answers are read beside.

mod limits;
mod model;

pub use limits::Limits;
pub use model::{
    Abstract, Field, Kind, Leaf, LocatedBy, Object, Plan, Position, Shape, Value, VariableDefinition,
};
