//! The least that would turn a refusal into a pass.

use std::cmp::Reverse;

use narrowgate_catalog::{Catalog, PermissionId, PermissionSet, Scope, ScopeSet};

use crate::decide::{enforced_place, is_bounded, is_public_read};
use crate::escalate::includes;
use crate::{Access, Bearer, Enforcement, Grant, Grants, LocatedNeed, Place, Privileges, Question};

/// What to add to a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// These grants, besides those it has.
    Grants(Vec<Grant>),
    /// This legacy scope.
    Scope(Scope),
}

/// The least that, added to the bearer's privileges, would allow what was asked.
///
/// `None` if it is allowed already or nothing would help: the token is dead, the place can't be found, or the operation
/// takes no such token. A legacy token under a top-level group that takes none is told which grants a fine-grained token
/// needs.
#[must_use]
pub fn suggest(bearer: &Bearer, question: &Question<'_>) -> Option<Suggestion> {
    let bounded = is_bounded(bearer, question) || matches!(bearer.privileges, Privileges::Job);
    if bearer.barred(question.now, question.address).is_some() || bounded {
        return None;
    }
    match &bearer.privileges {
        Privileges::Job => None,
        Privileges::FineGrained(grants) => suggest_grants(grants, question),
        Privileges::Legacy(scopes) if !scopes.intersects(question.scopes) => {
            narrowest(question.scopes).map(Suggestion::Scope)
        }
        Privileges::Legacy(_) if enforced_place(question, Enforcement::On).is_some() => {
            suggest_grants(&Grants::prepare(&[]), question)
        }
        Privileges::Legacy(_) => None,
    }
}

/// The scope that is part of the most others: `read_user` of `api`, `read_api` and `read_user`.
fn narrowest(scopes: ScopeSet) -> Option<Scope> {
    // Of equals the first, since GitLab lists what reads before what writes.
    scopes.iter().min_by_key(|narrow| Reverse(scopes.iter().filter(|wide| includes(*wide, *narrow)).count()))
}

fn suggest_grants(held: &Grants, question: &Question<'_>) -> Option<Suggestion> {
    if !question.fine_grained_supported || question.needs.is_empty() {
        return None;
    }
    let mut added: Vec<Grant> = Vec::new();
    for need in question.needs {
        let more = Grants::prepare(&added);
        if !need_holds([held, &more], need, question.public_reads) {
            add(&mut added, cheapest([held, &more], need)?);
        }
    }
    prune(held, &mut added, question);
    if added.is_empty() { None } else { Some(Suggestion::Grants(added)) }
}

fn need_holds(grants: [&Grants; 2], need: &LocatedNeed<'_>, public_reads: bool) -> bool {
    let holds = |place| !need.permissions.is_empty() && lacking(grants, need.permissions, place).is_empty();
    need.places.iter().any(holds) || (public_reads && is_public_read(need))
}

fn lacking(grants: [&Grants; 2], permissions: &[PermissionId], place: &Place<'_>) -> PermissionSet {
    let [held, more] = grants;
    let first = held.missing(permissions, place);
    more.missing(&first, place).into_iter().collect()
}

/// The alternative that needs the fewest permissions; of equals the first, which is the narrower one.
fn cheapest(grants: [&Grants; 2], need: &LocatedNeed<'_>) -> Option<Grant> {
    let options = need.places.iter().filter_map(|place| {
        let permissions = lacking(grants, need.permissions, place);
        access_to(place).map(|access| Grant { access, permissions })
    });
    options.filter(|grant| !grant.permissions.is_empty()).min_by_key(|grant| grant.permissions.len())
}

fn access_to(place: &Place<'_>) -> Option<Access> {
    match place {
        Place::Project(project) => {
            Some(Access::SelectedMemberships { projects: vec![project.id], groups: Vec::new() })
        }
        Place::Group(group) => {
            Some(Access::SelectedMemberships { projects: Vec::new(), groups: vec![group.id] })
        }
        Place::User => Some(Access::User),
        Place::Instance => Some(Access::Instance),
        Place::NotFound(_) => None,
    }
}

fn add(grants: &mut Vec<Grant>, more: Grant) {
    match grants.iter_mut().find(|grant| grant.access == more.access) {
        Some(same) => same.permissions.union_with(&more.permissions),
        None => grants.push(more),
    }
}

/// Takes out what a later addition made superfluous.
fn prune(held: &Grants, added: &mut Vec<Grant>, question: &Question<'_>) {
    let every: Vec<(usize, PermissionId)> = added
        .iter()
        .enumerate()
        .flat_map(|(at, grant)| grant.permissions.iter().map(move |id| (at, id)).collect::<Vec<_>>())
        .collect();
    for (at, id) in every {
        let without = without(added, at, id);
        let more = Grants::prepare(&without);
        if question.needs.iter().all(|need| need_holds([held, &more], need, question.public_reads)) {
            *added = without;
        }
    }
    added.retain(|grant| !grant.permissions.is_empty());
}

fn without(grants: &[Grant], at: usize, id: PermissionId) -> Vec<Grant> {
    let mut less = grants.to_vec();
    if let Some(grant) = less.get_mut(at) {
        grant.permissions = grant.permissions.difference(&[id].into_iter().collect());
    }
    less
}

impl Suggestion {
    /// The suggestion in one sentence.
    #[must_use]
    pub fn sentence(&self, catalog: &Catalog) -> String {
        match self {
            Self::Scope(scope) => format!("Use a token with the scope `{scope}`."),
            Self::Grants(grants) => {
                let parts: Vec<String> = grants.iter().map(|grant| describe(grant, catalog)).collect();
                format!("Grant {}.", parts.join(", and "))
            }
        }
    }
}

/// `read_job on project 20`.
fn describe(grant: &Grant, catalog: &Catalog) -> String {
    let names: Vec<String> =
        grant.permissions.iter().map(|id| format!("`{}`", catalog.describe(id).name)).collect();
    format!("{} on {}", names.join(", "), describe_access(&grant.access))
}

fn describe_access(access: &Access) -> String {
    match access {
        Access::PersonalProjects => "personal projects".to_owned(),
        Access::AllMemberships => "all memberships".to_owned(),
        Access::User => "the user".to_owned(),
        Access::Instance => "the instance".to_owned(),
        Access::SelectedMemberships { projects, groups } => {
            let projects = projects.iter().map(|id| format!("project {id}"));
            let groups = groups.iter().map(|id| format!("group {id}"));
            projects.chain(groups).collect::<Vec<_>>().join(" and ")
        }
    }
}
