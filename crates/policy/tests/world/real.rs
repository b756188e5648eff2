//! The world's values as the engine takes them.

use std::net::IpAddr;

use ipnet::IpNet;
use narrowgate_catalog::{BoundaryType, JobTokenRule, PermissionId, ScopeSet};
use narrowgate_policy::{
    Access, ActingAs, Bearer, Conditions, Confinement, Grant, Grants, JobAccess, Located, LocatedNeed,
    Micros, Place, Privileges, Push, Question, RefPattern, TokenClass,
};

use super::{
    NOW, PlainBearer, PlainGrant, PlainPrivileges, PlainPush, PlainQuestion, PlainRule, Reaches, Spot, World,
};

impl World {
    /// A spot in the eyes of the user who is acted as.
    fn as_other<'a>(&self, spot: Spot, ancestors: &'a [u64]) -> Place<'a> {
        let role = match spot {
            Spot::Project(id) | Spot::Group(id) => self.other_roles.get(&id).copied(),
            _ => None,
        };
        match (self.locate(spot, ancestors), role) {
            (Place::Project(located), Some(role)) => Place::Project(Located { role: Some(role), ..located }),
            (Place::Group(located), Some(role)) => Place::Group(Located { role: Some(role), ..located }),
            (Place::Project(_), None) => Place::NotFound(BoundaryType::Project),
            (Place::Group(_), None) => Place::NotFound(BoundaryType::Group),
            (other, _) => other,
        }
    }

    fn job_access(&self, spot: Spot) -> JobAccess {
        match spot {
            Spot::Project(id) if id == self.job_project => JobAccess::Own { push: self.job_may_push },
            Spot::Project(id) => match self.allowlists.get(&id) {
                None => JobAccess::None,
                Some(None) => JobAccess::Default,
                Some(Some(policies)) => JobAccess::Policies(policies.iter().copied().collect()),
            },
            _ => JobAccess::None,
        }
    }

    /// Calls the engine's way of asking: facts located, slices borrowed.
    pub(crate) fn ask<T>(&self, question: &PlainQuestion, with: impl FnOnce(&Question<'_>) -> T) -> T {
        let ids: Vec<Vec<PermissionId>> =
            question.needs.iter().map(|need| need.names.iter().map(|at| permission(*at)).collect()).collect();
        let above: Vec<Vec<Vec<u64>>> = question
            .needs
            .iter()
            .map(|need| need.spots.iter().map(|spot| self.ancestors(*spot)).collect())
            .collect();
        let places: Vec<Vec<Place<'_>>> = question
            .needs
            .iter()
            .zip(&above)
            .map(|(need, above)| {
                need.spots.iter().zip(above).map(|(spot, above)| self.locate(*spot, above)).collect()
            })
            .collect();
        let seen: Vec<Vec<Place<'_>>> = question
            .needs
            .iter()
            .zip(&above)
            .map(|(need, above)| {
                need.spots.iter().zip(above).map(|(spot, above)| self.as_other(*spot, above)).collect()
            })
            .collect();
        let seen: Vec<&[Place<'_>]> = seen.iter().map(Vec::as_slice).collect();
        let acting_as =
            question.as_other.then_some(ActingAs { administrator: self.other_administers, places: &seen });
        let names: Vec<Vec<u8>> = match &question.push {
            PlainPush::Branches(branches) => branches.iter().map(|branch| branch_name(*branch)).collect(),
            _ => Vec::new(),
        };
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let push = match &question.push {
            PlainPush::Nothing => Push::Nothing,
            PlainPush::ByCommand => Push::ByCommand,
            PlainPush::Unknown => Push::Unknown,
            PlainPush::Branches(_) => Push::Refs(&names),
        };
        let needs: Vec<LocatedNeed<'_>> = (0..question.needs.len())
            .map(|at| LocatedNeed {
                permissions: &ids[at],
                places: &places[at],
                public_read: question.needs[at].public_read,
                role: question.needs[at].role,
            })
            .collect();
        let scopes = question.scopes.iter().copied().collect();
        with(&Question {
            public_reads: question.public_reads,
            fine_grained_supported: question.supported,
            job_token: question.job_rule.as_ref().map(PlainRule::real),
            push,
            acting_as,
            itself: question.itself,
            ..Question::new(&needs, scopes, Micros(NOW), address(question.address))
        })
    }

    pub(crate) fn ancestors(&self, spot: Spot) -> Vec<u64> {
        let skip = usize::from(matches!(spot, Spot::Group(_)));
        self.holders(spot).into_iter().skip(skip).collect()
    }

    pub(crate) fn locate<'a>(&self, spot: Spot, ancestors: &'a [u64]) -> Place<'a> {
        let facts = |id, personal| Located {
            id,
            ancestors,
            role: self.role(spot),
            personal,
            public: self.is_public(spot),
            enforcement: self.enforcement(spot),
            job: self.job_access(spot),
        };
        match spot {
            Spot::Project(id) => Place::Project(facts(id, self.own.contains(&id))),
            Spot::Group(id) => Place::Group(facts(id, false)),
            Spot::User => Place::User,
            Spot::Instance => Place::Instance,
            Spot::Hidden(boundary) => Place::NotFound(boundary),
        }
    }

    /// Every spot there is, but hidden ones.
    pub(crate) fn spots(&self) -> Vec<Spot> {
        let projects = self.project_groups.keys().copied().map(Spot::Project);
        let groups = self.group_parents.keys().copied().map(Spot::Group);
        projects.chain(groups).chain([Spot::User, Spot::Instance]).collect()
    }
}

impl PlainGrant {
    pub(crate) fn real(&self) -> Grant {
        let access = match &self.reaches {
            Reaches::Personal => Access::PersonalProjects,
            Reaches::Memberships => Access::AllMemberships,
            Reaches::User => Access::User,
            Reaches::Instance => Access::Instance,
            Reaches::Selected(projects, groups) => Access::SelectedMemberships {
                // Backwards, since the engine must not rely on the order in which ids were stored.
                projects: projects.iter().rev().copied().collect(),
                groups: groups.iter().rev().copied().collect(),
            },
        };
        Grant { access, permissions: self.names.iter().map(|at| permission(*at)).collect() }
    }
}

impl PlainBearer {
    pub(crate) fn real(&self) -> Bearer {
        let privileges = match &self.privileges {
            PlainPrivileges::Grants(grants) => Privileges::FineGrained(Grants::prepare(&real_grants(grants))),
            PlainPrivileges::Scopes(scopes) => {
                Privileges::Legacy(scopes.iter().copied().collect::<ScopeSet>())
            }
            PlainPrivileges::Job => Privileges::Job,
        };
        let confinement = self.confined_to.map(|home| match home {
            Spot::Project(id) => Confinement::Project(id),
            Spot::Group(id) => Confinement::Group(id),
            other => panic!("nothing is confined to {other:?}"),
        });
        Bearer {
            revoked: self.revoked,
            expires_at: self.expires_at.map(Micros),
            owner_blocked: self.owner_blocked,
            role: self.role,
            confinement,
            conditions: Some(self.conditions()).filter(|own| !own.is_empty()).map(Box::new),
            sudo: self.sudo,
            ..Bearer::new(TokenClass::Personal, privileges)
        }
    }

    fn conditions(&self) -> Conditions {
        let branches = self.branches.iter().map(|branch| String::from_utf8(branch_name(*branch)).unwrap());
        Conditions {
            not_before: self.not_before.map(Micros),
            addresses: self.addresses.iter().map(|last| IpNet::from(address(*last))).collect(),
            push_refs: branches.map(|name| RefPattern::parse(&name).unwrap()).collect(),
        }
    }
}

impl PlainRule {
    fn real(&self) -> JobTokenRule {
        JobTokenRule {
            policies: self.policies.iter().copied().collect(),
            own_project_only: self.own_only,
            push: self.push,
        }
    }
}

pub(crate) fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn branch_name(branch: u8) -> Vec<u8> {
    format!("refs/heads/{branch}").into_bytes()
}

pub(crate) fn real_grants(grants: &[PlainGrant]) -> Vec<Grant> {
    grants.iter().map(PlainGrant::real).collect()
}

pub(crate) fn permission(index: usize) -> PermissionId {
    PermissionId::new(index).unwrap()
}
