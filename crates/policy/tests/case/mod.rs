//! The file of behaviour cases, and how one is asked of the engine.

mod file;
mod locate;

use std::net::{IpAddr, Ipv4Addr};

use narrowgate_catalog::{
    Catalog, Match, Method, Operation, OperationAccess, Params, RepositoryKind, RepositoryOperation,
    RepositoryService, Surface,
};
use narrowgate_policy::{
    Bearer, Decision, Denial, LocatedNeed, Micros, Place, Question, Reason, decide, suggest, wire,
};

pub(crate) use file::{Case, CaseFile};
use locate::Request;

/// The moment at which every case plays.
const NOW: Micros = Micros(1_700_000_000_000_000);

/// How a case ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) verdict: String,
    pub(crate) status: Option<u16>,
    pub(crate) text: String,
    pub(crate) suggestion: Option<String>,
}

impl CaseFile {
    pub(crate) fn run(&self, case: &Case) -> Outcome {
        match case.request.split_once(' ') {
            Some(("git", rest)) => self.run_repository(case, rest, Surface::Git),
            Some(("lfs", rest)) => self.run_repository(case, rest, Surface::Lfs),
            Some((method, target)) => self.run_rest(case, Method::try_from(method).unwrap(), target),
            None => panic!("`{}` is not a request", case.request),
        }
    }

    fn run_rest(&self, case: &Case, method: Method, target: &str) -> Outcome {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut params = Params::new();
        match Catalog::embedded().classify(method, path, &mut params) {
            Match::Uncovered => refused(&Denial::new(Reason::NotCovered), Surface::Rest),
            Match::Ambiguous(_) => refused(&Denial::new(Reason::Ambiguous), Surface::Rest),
            Match::Operation(operation) => match &operation.access {
                OperationAccess::Public => Outcome { verdict: "public".to_owned(), ..Outcome::default() },
                OperationAccess::OtherCredential { .. } => {
                    refused(&Denial::new(Reason::OtherCredentialRequired), operation.surface)
                }
                OperationAccess::Guarded { .. } => {
                    let request =
                        Request { params: &params, query, body: case.body.as_ref(), repository: None };
                    self.ask(case, operation, &request)
                }
            },
        }
    }

    fn run_repository(&self, case: &Case, target: &str, surface: Surface) -> Outcome {
        let (verb, project) = target.split_once(' ').unwrap();
        let lfs = surface == Surface::Lfs;
        let named = |service: &RepositoryService| service.as_str() == verb && service.is_lfs() == lfs;
        let service = RepositoryService::ALL.into_iter().find(named).unwrap();
        let operation = RepositoryOperation { service, repository: RepositoryKind::Project };
        let operation = Catalog::embedded().repository(operation).expect("the catalogue knows the service");
        let request = Request { params: &Params::new(), query: "", body: None, repository: Some(project) };
        self.ask(case, operation, &request)
    }

    fn ask(&self, case: &Case, operation: &Operation, request: &Request<'_>) -> Outcome {
        let user = self.world.view(&case.owner, &case.enforced);
        let located: Vec<_> =
            operation.needs().iter().filter_map(|need| Some((need, user.locate(need, request)?))).collect();
        let places: Vec<Vec<Place<'_>>> =
            located.iter().map(|(_, spots)| spots.iter().map(locate::Spot::place).collect()).collect();
        let needs: Vec<LocatedNeed<'_>> = located
            .iter()
            .zip(&places)
            .map(|((need, _), places)| LocatedNeed {
                permissions: &need.permission_ids,
                places,
                public_read: operation.public_read,
                role: Catalog::embedded().role_of(need),
            })
            .collect();
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let question = Question {
            public_reads: case.public_reads,
            job_token: operation.job_token,
            ..Question::new(&needs, operation.scopes, NOW, address)
        };
        outcome(&case.bearer(NOW), &question, operation.surface)
    }
}

fn outcome(bearer: &Bearer, question: &Question<'_>, surface: Surface) -> Outcome {
    match decide(bearer, question) {
        Decision::Allow { .. } => Outcome { verdict: "allow".to_owned(), ..Outcome::default() },
        Decision::Deny(denial) => {
            let suggestion = suggest(bearer, question);
            let suggestion = suggestion.map(|suggestion| suggestion.sentence(Catalog::embedded()));
            Outcome { suggestion, ..refused(&denial, surface) }
        }
    }
}

fn refused(denial: &Denial, surface: Surface) -> Outcome {
    let refusal = wire::render(denial, surface, Catalog::embedded(), "request-1");
    Outcome {
        verdict: denial.reason.to_string(),
        status: Some(refusal.status),
        text: text_of(&refusal.body),
        suggestion: None,
    }
}

/// What a client shows of a body.
fn text_of(body: &str) -> String {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(body) else { return body.to_owned() };
    let text = json.get("error_description").or(json.get("message"));
    text.and_then(serde_json::Value::as_str).expect("a text for people").to_owned()
}
