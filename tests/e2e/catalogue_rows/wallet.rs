//! The tokens that the checks need, each made once.

use std::collections::BTreeMap;
use std::path::Path;

use narrowgate_store::tokens::{GrantAccess, StoredGrant, TokenPrivileges};
use narrowgate_tests::{Stock, stock};

use super::row::Place;

/// Whose tokens they are: Maintainer of acme, so that the instance shows everything and lets nothing be destroyed.
const OWNER: &str = "maria";

/// What a token holds: permissions by name at each place, or legacy scopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Privileges {
    Grants(Vec<(Hold, Vec<String>)>),
    Scopes(Vec<String>),
}

/// What a grant covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    At(Place),
    Memberships,
    Personal,
}

/// Collects tokens before the gate starts. A token may be made twice, where a request would use it up.
#[derive(Default)]
pub(super) struct Wallet {
    known: BTreeMap<(Privileges, Option<usize>), usize>,
    tokens: Vec<Privileges>,
}

impl Wallet {
    /// The number of a token that holds this.
    pub(super) fn token(&mut self, privileges: Privileges) -> usize {
        self.keep(privileges, None)
    }

    /// The number of a token of its own that holds this.
    pub(super) fn single(&mut self, privileges: Privileges) -> usize {
        self.keep(privileges, Some(self.tokens.len()))
    }

    fn keep(&mut self, privileges: Privileges, copy: Option<usize>) -> usize {
        *self.known.entry((privileges.clone(), copy)).or_insert_with(|| {
            self.tokens.push(privileges);
            self.tokens.len() - 1
        })
    }

    /// Puts all of them into the database of a gate; gives their texts by number.
    pub(super) async fn stock(&self, folder: &Path) -> Vec<String> {
        let mut database = Stock::open(folder).await;
        let mut texts = Vec::new();
        for privileges in &self.tokens {
            texts.push(database.add(OWNER, stored(privileges), None).await.1);
        }
        texts
    }
}

fn stored(privileges: &Privileges) -> TokenPrivileges {
    match privileges {
        Privileges::Scopes(scopes) => TokenPrivileges::Legacy(scopes.clone()),
        Privileges::Grants(grants) => TokenPrivileges::FineGrained(
            grants.iter().map(|(hold, permissions)| grant(*hold, permissions)).collect(),
        ),
    }
}

fn grant(hold: Hold, permissions: &[String]) -> StoredGrant {
    match hold {
        Hold::At(Place::Project(id)) => stock::on_project(id, permissions),
        Hold::At(Place::Group(id)) => stock::on_group(id, permissions),
        Hold::At(Place::User) => stock::plain(GrantAccess::User, permissions),
        Hold::At(Place::Instance) => stock::plain(GrantAccess::Instance, permissions),
        Hold::Memberships => stock::plain(GrantAccess::AllMemberships, permissions),
        Hold::Personal => stock::plain(GrantAccess::PersonalProjects, permissions),
    }
}
