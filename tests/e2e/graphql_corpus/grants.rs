//! What tokens hold for a document: all that it needs, all but one permission on one place, and all of it elsewhere.

use std::collections::BTreeSet;
use std::fmt;

use narrowgate_graphql_tests::corpus::Worldly;
use narrowgate_store::tokens::{GrantAccess, StoredGrant};
use narrowgate_tests::stock;
use narrowgate_tests::world::{ACME, API, PLATFORM, WEB};

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

    /// The permissions, here or on a place of the same kind elsewhere.
    fn grant(self, names: &[String], elsewhere: bool) -> StoredGrant {
        match self {
            Self::Project if elsewhere => stock::on_project(API, names),
            Self::Group if elsewhere => stock::on_group(PLATFORM, names),
            Self::Project => stock::on_project(WEB, names),
            Self::Group => stock::on_group(ACME, names),
            Self::Personal => stock::plain(GrantAccess::PersonalProjects, names),
            Self::User => stock::plain(GrantAccess::User, names),
            Self::Instance => stock::plain(GrantAccess::Instance, names),
        }
    }
}

/// What a token holds.
#[derive(Clone, Debug)]
pub(super) enum Held {
    All,
    /// All but one permission.
    Without(On, String),
    /// All, but on another project and another group.
    Elsewhere,
}

impl fmt::Display for Held {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(out, "with all"),
            Self::Without(on, name) => write!(out, "without {name} on {on:?}"),
            Self::Elsewhere => write!(out, "with all elsewhere"),
        }
    }
}

/// Each permission that a document needs, and where.
pub(super) fn each(needs: &Worldly) -> impl Iterator<Item = (On, &String)> {
    PLACES.into_iter().flat_map(|on| on.of(needs).iter().map(move |name| (on, name)))
}

/// What the tokens hold that ask a document.
pub(super) fn tries(needs: &Worldly) -> Vec<Held> {
    let without = each(needs).map(|(on, name)| Held::Without(on, name.clone()));
    let moves = !needs.project.is_empty() || !needs.group.is_empty();
    without.chain(moves.then_some(Held::Elsewhere)).chain([Held::All]).collect()
}

/// A token has to hold something.
pub(super) fn grants(needs: &Worldly, held: &Held) -> Vec<StoredGrant> {
    let mut grants = Vec::new();
    for on in PLACES {
        let is_held =
            |name: &&String| !matches!(held, Held::Without(at, lacking) if *at == on && lacking == *name);
        let names: Vec<String> = on.of(needs).iter().filter(is_held).cloned().collect();
        if !names.is_empty() {
            grants.push(on.grant(&names, matches!(held, Held::Elsewhere)));
        }
    }
    if grants.is_empty() {
        grants.push(stock::on_project(WEB, &["read_wiki".to_owned()]));
    }
    grants
}
