//! The request that is forwarded: a plan without what was refused, as GraphQL.

mod write;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::Decided;
use crate::plan::{Plan, Root, VariableDefinition, Variables};

/// The body of the request: the document written anew, under the operation's own name, with the variables that it uses
/// and the values that the client gave them. `None` if what was refused leaves nothing to ask for.
#[must_use]
pub fn body(plan: &Plan, decided: &Decided, variables: &Variables) -> Option<Vec<u8>> {
    let kept = |index: &usize| matches!(decided.refused.get(*index), Some(None));
    let kept: Vec<usize> = (0..plan.root.fields.len()).filter(kept).collect();
    if kept.is_empty() {
        return None;
    }
    let used = used(plan, &kept);
    let fields = kept.iter().filter_map(|index| plan.root.fields.get(*index));
    let request = Request {
        query: write::document(plan, &used, fields),
        variables: Values { definitions: &used, variables },
        operation_name: plan.name.as_deref(),
    };
    serde_json::to_vec(&request).ok()
}

fn used<'p>(plan: &'p Plan, kept: &[usize]) -> Vec<&'p VariableDefinition> {
    let roots: Vec<&Root> = kept.iter().filter_map(|index| plan.roots.get(*index)).collect();
    let is_used = |index: usize| roots.iter().any(|root| root.variables.binary_search(&index).is_ok());
    let definitions = plan.variables.iter().enumerate();
    definitions.filter(|(index, _)| is_used(*index)).map(|(_, definition)| definition).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'p> {
    query: String,
    #[serde(skip_serializing_if = "Values::is_empty")]
    variables: Values<'p>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_name: Option<&'p str>,
}

/// The values of these variables, as the client wrote them.
struct Values<'p> {
    definitions: &'p [&'p VariableDefinition],
    variables: &'p Variables,
}

impl Values<'_> {
    fn given(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.definitions.iter().filter_map(|definition| {
            self.variables.raw(&definition.name).map(|value| (&*definition.name, value))
        })
    }

    fn is_empty(&self) -> bool {
        self.given().next().is_none()
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.given() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
