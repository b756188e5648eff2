//! A judge that goes by a list of grants.

use narrowgate_catalog::{BoundaryType, PermissionId};
use narrowgate_graphql::answer::{Answer, Asked, FilterOptions, Filtered, Judge, Mismatch, Standing, Way};
use narrowgate_graphql::plan::{Plan, Variables};
use narrowgate_graphql::{Decided, Named, Reference, Refusal};
use serde_json::{Value, json};

/// What a permission is granted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    Project(u64),
    Group(u64),
    User,
    Instance,
}

/// Permissions by their index, and where they are granted.
pub(crate) type Grants = Vec<(usize, Ground)>;

pub(crate) struct ListJudge<'a> {
    pub(crate) grants: &'a Grants,
    pub(crate) places: Vec<Named>,
    pub(crate) questions: Vec<String>,
}

impl ListJudge<'_> {
    fn ground(&self, standing: Standing) -> Option<Ground> {
        match standing {
            Standing::User => Some(Ground::User),
            Standing::Instance => Some(Ground::Instance),
            Standing::Place { index, boundary } => match (&self.places[index], boundary) {
                (Named::Project(Reference::Id(id)), BoundaryType::Project) => Some(Ground::Project(*id)),
                (Named::Group(Reference::Id(id)), BoundaryType::Group) => Some(Ground::Group(*id)),
                _ => None,
            },
        }
    }

    fn holds(&self, permission: PermissionId, ground: Ground) -> bool {
        self.grants
            .iter()
            .any(|(granted, at)| PermissionId::new(*granted) == Some(permission) && *at == ground)
    }
}

impl Judge for ListJudge<'_> {
    fn judge(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        self.questions.push(format!("{ways:?}"));
        let grounds = |way: &Way<'_>| -> Vec<Ground> {
            way.standings.iter().filter_map(|standing| self.ground(*standing)).collect()
        };
        let admits = |way: &Way<'_>| {
            grounds(way)
                .into_iter()
                .any(|ground| way.permissions.iter().all(|permission| self.holds(*permission, ground)))
        };
        if ways.iter().any(admits) {
            return Ok(());
        }
        match ways.iter().find(|way| !grounds(way).is_empty()) {
            Some(way) => Err(missing(way.permissions)),
            None => Err(not_found()),
        }
    }
}

pub(crate) fn missing(permissions: &[PermissionId]) -> Refusal {
    let names: Vec<String> =
        permissions.iter().map(|permission| format!("p{}", permission.index())).collect();
    refusal(
        &format!("Access denied: {names:?}."),
        &json!({ "reason": "permission_missing", "permissions": names }),
    )
}

pub(crate) fn not_found() -> Refusal {
    refusal("404 Not Found", &json!({ "reason": "not_found" }))
}

pub(crate) fn refusal(message: &str, detail: &Value) -> Refusal {
    Refusal { message: message.into(), detail: detail.as_object().unwrap().clone() }
}

/// What a client sees who has these grants.
pub(crate) fn filter(plan: &Plan, body: &str, grants: &Grants) -> Result<Filtered, Mismatch> {
    filter_decided(plan, &undecided(plan), body, grants)
}

pub(crate) fn filter_decided(
    plan: &Plan,
    decided: &Decided,
    body: &str,
    grants: &Grants,
) -> Result<Filtered, Mismatch> {
    let variables = Variables::default();
    let asked = Asked { plan, decided, variables: &variables, relative_root: "" };
    let answer = Answer::read(asked, body.as_bytes())?;
    let mut judge = ListJudge { grants, places: answer.places().to_vec(), questions: Vec::new() };
    Ok(answer.filter(&mut judge, FilterOptions::default()))
}

pub(crate) fn undecided(plan: &Plan) -> Decided {
    let fields = plan.root.fields.len();
    Decided { refused: vec![None; fields], places: vec![None; fields] }
}
