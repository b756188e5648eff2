//! The library's way of a request: plan, decide, forward, read, decide again, filter.

use apollo_compiler::ExecutableDocument;
use narrowgate_catalog::PermissionId;
use narrowgate_graphql::answer::{Answer, Asked, FilterOptions, Judge, Standing, Way};
use narrowgate_graphql::plan::{
    At, Candidate, Guarded, Limits, Plan, PlanError, Requirement, Variables, plan,
};
use narrowgate_graphql::{Decided, Named, Reference, Refusal, Schema, forward};
use serde_json::{Map, Value};

use narrowgate_catalog::BoundaryType;

use crate::document::Request;
use crate::execute::Execution;
use crate::json::Json;
use crate::things::Maker;
use crate::world::{Ground, Holder, Home};

/// A gate without a network: the instance is a world's things.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'g> {
    /// The schema of the instance.
    pub schema: &'g Schema,
    /// The instance.
    pub maker: Maker<'g>,
    /// The token.
    pub holder: &'g Holder<'g>,
}

/// What came of a request.
#[derive(Debug)]
pub struct Passage {
    /// What the client gets.
    pub answer: Json,
    /// What the instance was asked; `None` if nothing was left to ask.
    pub forwarded: Option<String>,
    /// What the instance answered.
    pub answered: String,
}

impl Gate<'_> {
    /// Sends a request through.
    ///
    /// # Errors
    ///
    /// When the document or the variables are refused as a whole, and when the library and the instance don't
    /// understand each other.
    pub fn pass(&self, request: &Request) -> Result<Passage, GateError> {
        let variables = Variables::parse(Some(&Value::from(request.variables.clone()).to_string()))?;
        let guarded = Guarded { schema: self.schema, guards: self.maker.guards };
        let name = request.operation_name.as_deref();
        let plan = plan(&guarded, &request.document, name, &variables, &Limits::default())?;
        let decided = self.decide(&plan, &variables)?;
        let asked = Asked { plan: &plan, decided: &decided, variables: &variables, relative_root: "" };
        let Some(body) = forward::body(&plan, &decided, &variables) else {
            let answer =
                Answer::unasked(asked).map_err(|mismatch| GateError::Confused(mismatch.to_string()))?;
            return Ok(Passage { answer: self.filter(answer), forwarded: None, answered: String::new() });
        };
        let forwarded = String::from_utf8(body).expect("what is forwarded is text");
        let answered = self.instance(&forwarded).map_err(GateError::Confused)?;
        let confused = |mismatch| {
            GateError::Confused(format!("{mismatch}\nforwarded {forwarded}\nanswered  {answered}"))
        };
        let answer = self.filter(Answer::read(asked, answered.as_bytes()).map_err(confused)?);
        Ok(Passage { answer, forwarded: Some(forwarded), answered })
    }

    fn decide(&self, plan: &Plan, variables: &Variables) -> Result<Decided, PlanError> {
        let mut decided = Decided::default();
        for check in plan.root_checks(variables)? {
            let holds =
                |requirement: &Requirement| requirement.any.iter().any(|candidate| self.admits(candidate));
            let is_held = check.is_covered && check.requirements.iter().all(holds);
            let candidates = check.requirements.iter().flat_map(|requirement| &requirement.any);
            let mut named = candidates.filter_map(|candidate| match &candidate.at {
                At::Place { boundary, named } => {
                    let ground = self.maker.world.ground(self.locate(named), *boundary);
                    matches!(ground, Some(Ground::Container(_))).then(|| named.clone())
                }
                At::Parent(_) | At::User | At::Instance => None,
            });
            decided.refused.push((!is_held).then(|| refusal("refused before", &[])));
            decided.places.push(named.next());
        }
        Ok(decided)
    }

    fn admits(&self, candidate: &Candidate) -> bool {
        let ground = match &candidate.at {
            At::Place { boundary, named } => self.maker.world.ground(self.locate(named), *boundary),
            At::User => Some(Ground::User),
            At::Instance => Some(Ground::Instance),
            At::Parent(_) => None,
        };
        let grounds: Vec<Ground> = ground.into_iter().collect();
        self.holder.holds(&candidate.permissions, &grounds)
    }

    /// What a look-up on the instance would say.
    fn locate(&self, named: &Named) -> Home {
        let world = self.maker.world;
        let by = |kind, reference: &Reference| match reference {
            Reference::Id(id) => world.by_id(kind, *id),
            Reference::Path(path) => world.by_path(path),
        };
        match named {
            Named::Project(reference) => by(BoundaryType::Project, reference),
            Named::Group(reference) => by(BoundaryType::Group, reference),
            // No path of a world is that of the owner's own namespace.
            Named::Container(path) | Named::OwnNamespace(path) => world.by_path(path),
            Named::Record(id) => self.maker.record(&format!("{}/{}", id.model, id.id)),
            Named::User | Named::Instance => Home::Nowhere,
        }
    }

    fn filter(&self, answer: Answer<'_, '_>) -> Json {
        let homes = answer.places().iter().map(|named| self.locate(named)).collect();
        let mut judge = Knowing { gate: self, homes };
        let filtered = answer.filter(&mut judge, FilterOptions::default());
        let text = String::from_utf8(filtered.body).expect("an answer is text");
        Json::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// What the instance answers to a request's body; or why it doesn't.
    fn instance(&self, text: &str) -> Result<String, String> {
        let mut body: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("{error}: {text}"))?;
        let mut take = |key: &str| body.remove(key).unwrap_or_default();
        let (document, name, variables) = (take("query"), take("operationName"), take("variables"));
        let text = document.as_str().expect("a document is text");
        let variables = variables.as_object().cloned().unwrap_or_default();
        let document =
            ExecutableDocument::parse_and_validate(self.schema.as_apollo(), text, "forwarded.graphql")
                .map_err(|error| format!("what is forwarded isn't valid: {text}\n{}", error.errors))?;
        let execution = Execution::new(self.maker, &document, name.as_str(), &variables, None);
        execution
            .map(|execution| execution.run().answer())
            .ok_or_else(|| format!("no such operation: {text}"))
    }
}

/// Why nothing came of a request.
#[derive(Debug)]
pub enum GateError {
    /// It is refused as a whole.
    Refused(PlanError),
    /// The library and the instance don't understand each other.
    Confused(String),
}

impl From<PlanError> for GateError {
    fn from(error: PlanError) -> Self {
        Self::Refused(error)
    }
}

/// A judge who has looked every place up.
struct Knowing<'g> {
    gate: &'g Gate<'g>,
    homes: Vec<Home>,
}

impl Judge for Knowing<'_> {
    fn judge(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        let ground = |standing: &Standing| match standing {
            Standing::Place { index, boundary } => {
                self.gate.maker.world.ground(*self.homes.get(*index)?, *boundary)
            }
            Standing::User => Some(Ground::User),
            Standing::Instance => Some(Ground::Instance),
        };
        let admits = |way: &Way<'_>| {
            let grounds: Vec<Ground> = way.standings.iter().filter_map(ground).collect();
            self.gate.holder.holds(way.permissions, &grounds)
        };
        match ways.iter().find(|way| admits(way)) {
            Some(_) => Ok(()),
            None => Err(refusal("refused after", ways.first().map_or(&[], |way| way.permissions))),
        }
    }

    fn judge_all(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        match ways.iter().any(|way| self.gate.holder.holds_everywhere(way.permissions)) {
            true => Ok(()),
            false => self.judge(ways),
        }
    }

    fn kind(&self, index: usize) -> Option<BoundaryType> {
        self.gate.maker.world.kind(*self.homes.get(index)?)
    }
}

fn refusal(message: &str, permissions: &[PermissionId]) -> Refusal {
    let mut detail = Map::new();
    detail.insert("reason".to_owned(), "permission_missing".into());
    detail.insert("permissions".to_owned(), permissions.iter().map(|id| format!("{id:?}")).collect());
    Refusal { message: message.into(), detail }
}
