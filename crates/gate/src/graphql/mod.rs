//! GraphQL, object by object: planned before it is forwarded, decided by what it names, and filtered by where each object
//! of the answer belongs.
//!
//! `narrowgate_graphql` plans, writes and filters; here is what has to be asked for that: the schema of the connection,
//! the places, the decisions and the instance.

mod before;
pub(crate) mod course;
mod court;
pub(crate) mod envelope;
mod places;
pub(crate) mod response;
pub(crate) mod schemas;

use std::collections::HashSet;
use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use narrowgate_catalog::ScopeSet;
use narrowgate_gitlab::Questions;
use narrowgate_graphql::answer::{Answer, Asked, FilterOptions};
use narrowgate_graphql::plan::{Complaint, Fault, Kind, Plan, PlanError, Variables};
use narrowgate_graphql::{Decided, forward as writing};

use crate::authenticate::{Link, Principal};
use crate::core::Core;
use crate::decide::Asker;
use crate::locate::Eyes;
use crate::refusal::{Failure, Refusal};
pub(crate) use court::Tally;
use court::{Bench, Court};
use envelope::{Envelope, Request};
use places::{Finder, Places};
use schemas::Compiled;

/// Turns the report on withheld items off: answers are then what GitLab itself would have sent.
const COMPATIBLE: HeaderName = HeaderName::from_static("x-narrowgate-graphql");

/// The most places that one answer may be about.
const MOST_PLACES: usize = 2_000;
/// The most places that the root fields of one document may name: each may have to be looked for in each selected
/// project.
const MOST_NAMED: usize = 200;
/// The most questions that look-ups for one request put to the projects and groups that its token selects.
const MOST_QUESTIONS: usize = 1_000;

/// What became of one document.
enum Part {
    /// It can't be carried out: it is answered with what is wrong.
    Faulty(PlanError),
    /// It is planned and decided.
    Planned(Box<Planned>),
}

impl Planned {
    /// Whether the arguments of a root field say nothing about where it leads: the answer has to tell.
    pub(crate) fn is_open(&self, index: usize) -> bool {
        let root = self.plan.roots.get(index);
        root.is_some_and(|root| root.is_covered && root.guard.is_none() && root.container.is_none())
    }
}

impl Part {
    fn is_change(&self) -> bool {
        matches!(self, Self::Planned(planned) if planned.plan.kind == Kind::Mutation)
    }
}

/// A document on its way.
pub(crate) struct Planned {
    /// What it asks for.
    pub(crate) plan: Arc<Plan>,
    /// The values of its variables.
    pub(crate) variables: Variables,
    /// What was decided of it before anything is forwarded.
    pub(crate) decided: Decided,
    /// What is forwarded of it, if anything is left.
    body: Option<Vec<u8>>,
}

/// How the answer is written, as a header asks for it; the instance doesn't get to see that header.
pub(crate) fn options(headers: &mut HeaderMap) -> FilterOptions {
    let mode = headers.remove(COMPATIBLE);
    let is_compatible = mode.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"compatible"));
    FilterOptions { report_withheld: !is_compatible }
}

/// One request, from its documents to what is forwarded.
pub(crate) struct Session<'a> {
    core: &'a Core,
    principal: &'a Principal,
    finder: Finder<'a>,
    court: Court<'a>,
    parts: Vec<Part>,
    places: Places,
    questions: Questions,
    is_batch: bool,
    options: FilterOptions,
}

impl<'a> Session<'a> {
    /// Plans and decides the documents of a request.
    ///
    /// # Errors
    ///
    /// An instance or a store that can't be asked.
    pub(crate) async fn begin(
        asker: Asker<'a>,
        scopes: ScopeSet,
        envelope: &Envelope,
        options: FilterOptions,
        request_id: &'a str,
    ) -> Result<Self, Refusal> {
        let Asker { core, principal, enforced, .. } = asker;
        let eyes = Eyes { core, identity: &principal.link.identity, enforced, job: None };
        let mut session = Self {
            core,
            principal,
            finder: Finder { eyes, candidates: &principal.selected, afresh: false },
            court: Court::new(asker, scopes, request_id),
            parts: Vec::new(),
            places: Places::new(),
            questions: Questions::at_most(MOST_QUESTIONS),
            is_batch: envelope.is_batch,
            options,
        };
        session.plan(envelope).await?;
        session.decide().await?;
        Ok(session)
    }

    async fn plan(&mut self, envelope: &Envelope) -> Result<(), Refusal> {
        let most = self.core.config.graphql.limits.batch;
        if envelope.requests.len() > most {
            let text = format!("a request has at most {most} documents");
            self.parts = vec![Part::Faulty(too_much(&text))];
            self.is_batch = false;
            return Ok(());
        }
        let mut parts = Vec::with_capacity(envelope.requests.len());
        for request in &envelope.requests {
            parts.push(match &request.query {
                Some(document) => self.part(document, request, envelope.may_change).await?,
                None => Part::Faulty(fault(Fault::Syntax, "No query string was present")),
            });
        }
        self.parts = parts;
        Ok(())
    }

    async fn part(&self, document: &str, request: &Request, may_change: bool) -> Result<Part, Refusal> {
        Ok(match plan(self.core, &self.principal.link, document, request).await? {
            Ok(planned) if planned.plan.kind == Kind::Mutation && !may_change => {
                Part::Faulty(fault(Fault::Unsupported, "Mutations are forbidden in GET requests"))
            }
            Ok(planned) => Part::Planned(Box::new(planned)),
            Err(problem) => Part::Faulty(problem),
        })
    }

    /// Decides the root fields by their arguments, and writes what is left.
    async fn decide(&mut self) -> Result<(), Refusal> {
        // A place that a query's document was content with isn't fresh enough for a change beside it.
        let afresh = self.parts.iter().any(Part::is_change);
        for part in &mut self.parts {
            let Part::Planned(planned) = part else { continue };
            let Planned { plan, variables, decided, body } = &mut **planned;
            let checks = match plan.root_checks(variables) {
                Ok(checks) => checks,
                Err(problem) => {
                    *part = Part::Faulty(problem);
                    continue;
                }
            };
            let names: HashSet<_> = before::names(&checks).collect();
            if names.len() > MOST_NAMED {
                let text = format!("the document names more than {MOST_NAMED} projects, groups and records");
                *part = Part::Faulty(too_much(&text));
                continue;
            }
            Finder { afresh, ..self.finder }.find(names, &self.questions, &mut self.places).await?;
            *decided = before::decide(&mut self.court, plan, &checks, &self.places);
            *body = writing::body(plan, decided, variables);
        }
        Ok(())
    }

    /// The body of the request to the instance; none if nothing is left to ask for.
    pub(crate) fn body(&self) -> Option<bytes::Bytes> {
        let bodies: Vec<&[u8]> = self.forwarded().filter_map(|planned| planned.body.as_deref()).collect();
        match bodies.as_slice() {
            [] => None,
            [body] => Some(bytes::Bytes::copy_from_slice(body)),
            several => {
                let joined = several.join(&b","[..]);
                Some([&b"["[..], &joined, b"]"].concat().into())
            }
        }
    }

    fn forwarded(&self) -> impl Iterator<Item = &Planned> {
        let planned = self.parts.iter().filter_map(|part| match part {
            Part::Planned(planned) => Some(&**planned),
            Part::Faulty(_) => None,
        });
        planned.filter(|planned| planned.body.is_some())
    }

    /// What the client may see of the instance's answer.
    ///
    /// # Errors
    ///
    /// An answer that isn't what was asked for, and an instance that can't be asked for places.
    pub(crate) async fn answer(&mut self, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        let count = self.forwarded().count();
        let mut bodies = response::apart(body, count)?.into_iter();
        let parts = std::mem::take(&mut self.parts);
        let mut answers = Vec::with_capacity(parts.len());
        for part in parts {
            answers.push(match part {
                Part::Faulty(problem) => written(&problem),
                Part::Planned(planned) => {
                    let body = planned.body.as_ref().and_then(|_| bodies.next());
                    self.filter(&planned, body).await?
                }
            });
        }
        Ok(if self.is_batch {
            response::together(&answers)
        } else {
            answers.into_iter().next().unwrap_or_default()
        })
    }

    async fn filter(&mut self, planned: &Planned, body: Option<&str>) -> Result<Vec<u8>, Refusal> {
        let Planned { plan, variables, decided, .. } = planned;
        let relative_root = self.core.config.instance.prefix();
        let asked = Asked { plan, decided, variables, relative_root };
        let read = match body {
            Some(body) => Answer::read(asked, body.as_bytes()),
            None => Answer::unasked(asked),
        };
        let answer = read.map_err(|mismatch| {
            tracing::warn!(error = %mismatch, "an answer to GraphQL is not passed on");
            Failure::Unreadable
        })?;
        if answer.is_request_error() {
            self.core.schemas.refresh_behind(&self.principal.link);
        }
        let names = answer.places();
        if names.len() > MOST_PLACES {
            let text = format!("the answer is about more than {MOST_PLACES} projects and groups");
            return Ok(written(&too_much(&text)));
        }
        self.finder.find(names, &self.questions, &mut self.places).await?;
        let places = names.iter().map(|name| self.places.get(name)).collect();
        let mut bench = Bench { court: &mut self.court, places };
        Ok(answer.filter(&mut bench, self.options).body)
    }

    /// The only document of the request, as far as it got before anything is forwarded.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn into_only(self) -> Result<Planned, PlanError> {
        match self.parts.into_iter().next() {
            Some(Part::Planned(planned)) => Ok(*planned),
            Some(Part::Faulty(problem)) => Err(problem),
            None => Err(fault(Fault::Syntax, "there is no document")),
        }
    }

    /// What has to be recorded.
    pub(crate) fn tally(&self) -> &Tally {
        &self.court.tally
    }

    /// The root fields of all documents, for logs.
    pub(crate) fn title(&self) -> String {
        let mut title = String::new();
        for part in &self.parts {
            if let Part::Planned(planned) = part {
                let kind = match planned.plan.kind {
                    Kind::Query => "query",
                    Kind::Mutation => "mutation",
                };
                let fields = planned.plan.root.fields.iter().map(|field| &*field.name);
                for word in std::iter::once(kind).chain(fields) {
                    if title.len() + word.len() > LONGEST_TITLE {
                        return title;
                    }
                    if !title.is_empty() {
                        title.push(' ');
                    }
                    title.push_str(word);
                }
            }
        }
        title
    }
}

/// Plans one document; with a newer schema if it names what this one doesn't know.
///
/// # Errors
///
/// A store or an instance that can't be asked; within, what is wrong with the document.
pub(crate) async fn plan(
    core: &Core,
    link: &Arc<Link>,
    document: &str,
    request: &Request,
) -> Result<Result<Planned, PlanError>, Refusal> {
    let schemas = &core.schemas;
    let compiled = schemas.of(link).await?;
    let planned = plan_with(core, &compiled, document, request);
    if planned.as_ref().is_err_and(names_the_unknown) {
        let newer = schemas.refreshed(link).await?;
        if !newer.is_same(&compiled) {
            return Ok(plan_with(core, &newer, document, request));
        }
    }
    Ok(planned)
}

fn plan_with(
    core: &Core,
    compiled: &Compiled,
    document: &str,
    request: &Request,
) -> Result<Planned, PlanError> {
    let limits = &core.config.graphql.limits;
    let variables = Variables::parse(request.variables.as_deref())?;
    let name = request.operation_name.as_deref();
    let plan = compiled.plans.plan(&compiled.guarded(), document, name, &variables, limits)?;
    Ok(Planned { plan, variables, decided: Decided::default(), body: None })
}

/// How long the name of a request may be in logs.
const LONGEST_TITLE: usize = 200;

/// Whether a newer schema could know what this one doesn't.
fn names_the_unknown(problem: &PlanError) -> bool {
    matches!(problem.fault, Fault::Invalid { unknown_name: true })
}

fn too_much(text: &str) -> PlanError {
    fault(Fault::Limit, text)
}

fn fault(fault: Fault, text: &str) -> PlanError {
    PlanError { fault, complaints: vec![Complaint { message: text.into(), position: None }] }
}

/// An answer that is nothing but errors.
fn written(problem: &PlanError) -> Vec<u8> {
    problem.to_json().to_string().into()
}
