//! A schema of a few types that has each kind of position, and a catalogue that guards it.

use narrowgate_catalog::{Catalog, SourceFile};
use narrowgate_graphql::guard::Guards;
use narrowgate_graphql::plan::{Guarded, Limits, Plan, PlanError, Variables, plan};
use narrowgate_graphql::{Decided, Refusal, Schema, forward};
use serde_json::Value;

/// The schema, and what guards it.
pub(crate) struct Small {
    pub(crate) schema: Schema,
    pub(crate) guards: Guards,
    pub(crate) catalog: Catalog,
}

impl Small {
    pub(crate) fn new() -> Self {
        let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
        let catalog = Catalog::compile(&[
            file("planning/issue.toml", include_str!("world/issue.toml")),
            file("projects/project.toml", include_str!("world/project.toml")),
            file("graphql.toml", include_str!("world/graphql.toml")),
        ]);
        let catalog = catalog.expect("the small catalogue");
        let schema = Schema::from_sdl(include_str!("world/schema.graphql")).expect("the small schema");
        let guards = Guards::compile(&schema, &catalog);
        Self { schema, guards, catalog }
    }

    pub(crate) fn guarded(&self) -> Guarded<'_> {
        Guarded { schema: &self.schema, guards: &self.guards }
    }

    pub(crate) fn plan(&self, document: &str) -> Result<Plan, PlanError> {
        self.plan_with(document, None, "{}")
    }

    pub(crate) fn plan_with(
        &self,
        document: &str,
        operation: Option<&str>,
        variables: &str,
    ) -> Result<Plan, PlanError> {
        plan(&self.guarded(), document, operation, &given(variables), &Limits::default())
    }

    /// The document of a request, parsed again: what isn't valid isn't forwarded.
    pub(crate) fn read_again(&self, request: &Value) -> String {
        let query = request["query"].as_str().unwrap();
        let schema = self.schema.as_apollo();
        match apollo_compiler::ExecutableDocument::parse_and_validate(schema, query, "again") {
            Ok(document) => document.to_string(),
            Err(problem) => panic!("{query}\n{}", problem.errors),
        }
    }
}

pub(crate) fn given(variables: &str) -> Variables {
    Variables::parse(Some(variables)).unwrap()
}

/// The request that is forwarded when these root fields are refused.
pub(crate) fn request(plan: &Plan, variables: &str, refused: &[&str]) -> Option<Value> {
    let refusal = || Refusal { message: "no".into(), detail: serde_json::Map::new() };
    let fields = &plan.root.fields;
    let decided = Decided {
        refused: fields.iter().map(|field| refused.contains(&&*field.key).then(refusal)).collect(),
        places: fields.iter().map(|_| None).collect(),
    };
    let body = forward::body(plan, &decided, &given(variables))?;
    Some(serde_json::from_slice(&body).unwrap())
}
