//! What tokens hold for a document: all that it needs, and all but one permission on one place.

use std::collections::BTreeSet;
use std::fmt;

use narrowgate_graphql_tests::corpus::Worldly;
use narrowgate_store::tokens::{GrantAccess, StoredGrant};
use narrowgate_tests::stock;
use narrowgate_tests::world::{ACME, WEB};

/// Where permissions are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Project,
    Group,
    Personal,
    User,
    Instance,
}

const PLACES: [On; 5] = [On::Project, On::Group, On::Personal, On::User, On::Instance];

impl On {
    fn of(self, needs: &Worldly) -> &BTreeSet<String> {
        match self {
            Self::Project => &needs.project,
            Self::Group => &needs.group,
            Self::Personal => &needs.personal,
            Self::User => &needs.own,
            Self::Instance => &needs.instance,
        }
    }

    fn grant(self, names: &[String]) -> StoredGrant {
        match self {
            Self::Project => stock::on_project(WEB, names),
            Self::Group => stock::on_group(ACME, names),
            Self::Personal => stock::plain(GrantAccess::PersonalProjects, names),
            Self::User => stock::plain(GrantAccess::User, names),
            Self::Instance => stock::plain(GrantAccess::Instance, names),
        }
    }
}

/// A permission that a token lacks.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    pub(super) on: On,
    pub(super) name: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} on {:?}", self.name, self.on)
    }
}

/// Each permission that a document needs, where it needs it.
pub(super) fn each(needs: &Worldly) -> Vec<Missing> {
    let on = |on: On| on.of(needs).iter().map(move |name| Missing { on, name: name.clone() });
    PLACES.into_iter().flat_map(on).collect()
}

/// All that a document needs but for what is missing. A token has to hold something.
pub(super) fn grants(needs: &Worldly, missing: Option<&Missing>) -> Vec<StoredGrant> {
    let is_held = |on: On, name: &String| missing.is_none_or(|it| it.on != on || it.name != *name);
    let held = |on: On| on.of(needs).iter().filter(|name| is_held(on, name)).cloned().collect::<Vec<_>>();
    let grants = PLACES.into_iter().map(|on| (on, held(on))).filter(|(_, names)| !names.is_empty());
    let mut grants: Vec<StoredGrant> = grants.map(|(on, names)| on.grant(&names)).collect();
    if grants.is_empty() {
        grants.push(stock::on_project(WEB, &["read_wiki".to_owned()]));
    }
    grants
}
