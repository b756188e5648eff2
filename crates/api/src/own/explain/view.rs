//! Decisions with their reasons, as clients see them.

use narrowgate_catalog::Role;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::own::needs::NeededView;

/// What the gate would do with a request, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub struct ExplanationView {
    /// The request: `GET /api/v4/projects/20/issues`.
    pub request: String,
    /// The operation that the catalogue finds in it.
    pub operation: Option<String>,
    /// The token, if it is known.
    pub token: Option<ExplainedTokenView>,
    /// The user that the request acts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<ExplainedUserView>,
    /// What the operation needs, all of it.
    pub needs: Vec<ExplainedNeedView>,
    /// The way to the decision: one list of lines for each step.
    pub steps: Vec<Vec<String>>,
    /// Where the owner's role is less than GitLab asks for, whatever the token may do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub role_notes: Vec<String>,
    /// Whether the request would be forwarded.
    pub allowed: bool,
    /// What the decision rests on, in one word: `grants`, `permission_missing`, ….
    pub reason: &'static str,
    /// The decision in words.
    pub because: String,
    /// What would have allowed it: `granular_scopes` or `scopes`, as a token is created with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub suggestion: Option<Value>,
    /// The same in words.
    #[serde(skip)]
    pub advice: Option<String>,
}

/// The token that is asked about.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExplainedToken)]
pub struct ExplainedTokenView {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub user_id: u64,
}

/// The user that a request acts as.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExplainedUser)]
pub struct ExplainedUserView {
    /// The user.
    pub user_id: u64,
    /// Whether the user administers the instance.
    pub administrator: bool,
}

/// Permissions, all of which are needed on one of the places.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExplainedNeed)]
pub struct ExplainedNeedView {
    /// The permissions.
    pub permissions: Vec<String>,
    /// The alternatives.
    pub places: Vec<ExplainedPlaceView>,
}

/// A place, in the eyes of the token's owner.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExplainedPlace)]
pub struct ExplainedPlaceView {
    /// `project`, `group`, `user` or `instance`.
    pub boundary: &'static str,
    /// Whether it was found.
    pub found: bool,
    /// GitLab's id.
    pub id: Option<u64>,
    /// The full path.
    pub full_path: Option<String>,
    /// The owner's role there, such as `developer`.
    #[schema(value_type = Option<String>)]
    pub role: Option<Role>,
}

/// What the gate would do with a document, and what it would leave to the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DocumentExplanation)]
pub struct DocumentExplanationView {
    /// The token, if it is known.
    pub token: Option<ExplainedTokenView>,
    /// Whether the request as a whole is let in.
    pub allowed: bool,
    /// What that rests on, in one word.
    pub reason: &'static str,
    /// The same in words.
    pub because: String,
    /// How the document is dealt with: `objects` (each root field and each object of the answer is decided), `scopes` (it is
    /// passed on by the token's scopes), `narrowgate` (it is about tokens, and each field is held to the token's privileges),
    /// or none where the request is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<&'static str>,
    /// `query` or `mutation`, where it is looked into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// The root fields, where they are decided, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ExplainedFieldView>,
}

/// A root field.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExplainedField)]
pub struct ExplainedFieldView {
    /// Its key in the answer.
    pub key: String,
    /// Its name in the schema.
    pub name: String,
    /// The line of the document.
    pub line: usize,
    /// The column there.
    pub column: usize,
    /// Whether it is forwarded.
    pub allowed: bool,
    /// What decides that: `arguments`, or `answer` where they tell nothing of where it leads.
    pub decided_by: &'static str,
    /// What the client would read instead of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What would stand under `extensions.narrowgate`: the reason, the permissions, the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub refusal: Option<Map<String, Value>>,
    /// What is decided object by object when the answer is there.
    pub later: Vec<LaterView>,
}

/// A part of a document that the answer decides.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LaterPart)]
pub struct LaterView {
    /// The part.
    #[serde(flatten)]
    pub part: NeededView,
    /// Whether any grant of the token holds what it takes, wherever that is; none where the token has no grants.
    pub granted_somewhere: Option<bool>,
}
