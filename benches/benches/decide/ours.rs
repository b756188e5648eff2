//! Narrowgate's own decision.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context, Result};
use narrowgate_catalog::{Catalog, PermissionId, Role, Scope, ScopeSet};
use narrowgate_policy::{
    Access, Bearer, Grant, Grants, Located, LocatedNeed, Micros, Place, Privileges, Question, TokenClass,
    decide,
};

use crate::Contender;
use crate::scenario::{ASKED, GROUPS, PROJECT, Scenario};

pub(crate) struct Ours {
    bearer: Bearer,
    asked: [PermissionId; 1],
}

impl Ours {
    pub(crate) fn new(scenario: &Scenario) -> Result<Self> {
        let id =
            |name: &str| Catalog::embedded().permission(name).map(|known| known.id).context(name.to_owned());
        let grants = scenario.granted().into_iter().map(|(group, permission)| {
            let access = Access::SelectedMemberships { projects: Vec::new(), groups: vec![group] };
            Ok(Grant { access, permissions: [id(permission)?].into_iter().collect() })
        });
        let grants = grants.collect::<Result<Vec<Grant>>>()?;
        let privileges = Privileges::FineGrained(Grants::prepare(&grants));
        let expires_at = Some(Micros(i64::MAX));
        let bearer = Bearer { expires_at, ..Bearer::new(TokenClass::Personal, privileges) };
        Ok(Self { bearer, asked: [id(ASKED)?] })
    }
}

impl Contender for Ours {
    fn allows(&mut self) -> bool {
        let located =
            Located { id: PROJECT, ancestors: &GROUPS, role: Some(Role::Developer), ..Located::default() };
        let places = [Place::Project(located)];
        let needs = [LocatedNeed {
            permissions: &self.asked,
            places: &places,
            public_read: false,
            role: Role::Developer,
        }];
        let scopes = ScopeSet::from_iter([Scope::Api]);
        let question = Question::new(&needs, scopes, Micros(1), IpAddr::V4(Ipv4Addr::LOCALHOST));
        black_box(decide(black_box(&self.bearer), black_box(&question))).is_allow()
    }
}
