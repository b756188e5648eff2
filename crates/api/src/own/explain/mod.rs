//! What the gate would do, and why.

mod view;

pub use view::{
    DocumentExplanationView, ExplainedFieldView, ExplainedNeedView, ExplainedPlaceView, ExplainedTokenView,
    ExplainedUserView, ExplanationView, LaterView,
};
