//! The rules re-stated in the plainest way: sets, recursion, no preparation.

use std::collections::BTreeSet;

use narrowgate_catalog::{JobPolicy, Role, Scope};
use narrowgate_policy::{Enforcement, Reason};

use super::{
    NOW, Names, PlainBearer, PlainGrant, PlainNeed, PlainPrivileges, PlainPush, PlainQuestion, Reaches, Spot,
    Verdict, World,
};

impl World {
    /// The groups that hold a group, itself included, found by climbing.
    fn climb(&self, group: Option<u64>) -> Vec<u64> {
        match group {
            None => Vec::new(),
            Some(id) => [vec![id], self.climb(self.group_parents[&id])].concat(),
        }
    }

    /// The groups that hold a spot; a group holds itself.
    pub(crate) fn holders(&self, spot: Spot) -> Vec<u64> {
        match spot {
            Spot::Project(id) => self.climb(self.project_groups[&id]),
            Spot::Group(id) => self.climb(Some(id)),
            _ => Vec::new(),
        }
    }

    /// The highest role, direct or inherited.
    pub(crate) fn role(&self, spot: Spot) -> Option<Role> {
        let inherited =
            self.holders(spot).into_iter().filter_map(|group| self.group_roles.get(&group).copied());
        let direct = match spot {
            Spot::Project(id) if self.own.contains(&id) => Some(Role::Owner),
            Spot::Project(id) => self.project_roles.get(&id).copied(),
            _ => None,
        };
        inherited.chain(direct).max()
    }

    pub(super) fn is_public(&self, spot: Spot) -> bool {
        match spot {
            Spot::Project(id) => self.public_projects.contains(&id),
            Spot::Group(id) => self.public_groups.contains(&id),
            _ => false,
        }
    }

    pub(crate) fn enforcement(&self, spot: Spot) -> Enforcement {
        match self.holders(spot).last() {
            Some(root) if self.enforced_roots.contains(root) => Enforcement::On,
            Some(root) if self.trial_roots.contains(root) => Enforcement::DryRun,
            _ => Enforcement::Off,
        }
    }

    fn reaches(&self, reaches: &Reaches, spot: Spot) -> bool {
        let container = matches!(spot, Spot::Project(_) | Spot::Group(_));
        match reaches {
            Reaches::User => spot == Spot::User,
            Reaches::Instance => spot == Spot::Instance,
            Reaches::Memberships => container && self.role(spot).is_some_and(|role| role != Role::NoAccess),
            Reaches::Personal => matches!(spot, Spot::Project(id) if self.own.contains(&id)),
            Reaches::Selected(projects, groups) => {
                let itself = matches!(spot, Spot::Project(id) if projects.contains(&id));
                itself || self.holders(spot).iter().any(|group| groups.contains(group))
            }
        }
    }

    /// The union of what the grants permit on a spot; `None` if no grant reaches it.
    pub(crate) fn permitted(&self, grants: &[PlainGrant], spot: Spot) -> Option<Names> {
        let reaching: Vec<_> = grants.iter().filter(|grant| self.reaches(&grant.reaches, spot)).collect();
        if reaching.is_empty() {
            return None;
        }
        Some(reaching.iter().flat_map(|grant| grant.names.iter().copied()).collect())
    }

    /// The rules of the decision, one after the other.
    pub(crate) fn verdict(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        bearer.is_usable(question).map_err(|reason| (reason, None))?;
        if question.as_other {
            bearer.may_sudo().map_err(|reason| (reason, None))?;
        }
        if !bearer.branches.is_empty() {
            match &question.push {
                PlainPush::Unknown => return Err((Reason::RefNotAllowed, None)),
                PlainPush::Branches(named) if !named.is_subset(&bearer.branches) => {
                    return Err((Reason::RefNotAllowed, None));
                }
                _ => {}
            }
        }
        match &bearer.privileges {
            PlainPrivileges::Grants(_) => self.verdict_on_grants(bearer, question),
            PlainPrivileges::Scopes(scopes) => self.verdict_on_scopes(bearer, scopes, question),
            PlainPrivileges::Job => self.verdict_on_job(bearer, question),
        }
    }

    fn verdict_on_grants(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        if !question.supported {
            return Err((Reason::KindNotAccepted, None));
        }
        if question.needs.is_empty() {
            return Err((Reason::NotCovered, None));
        }
        self.verdict_on_needs(bearer, question)
    }

    fn verdict_on_job(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        let Some(rule) = &question.job_rule else { return Err((Reason::NotOpenToJobs, None)) };
        if question.needs.is_empty() && (rule.own_only || !rule.policies.is_empty()) {
            return Err((Reason::NotAllowlisted, None));
        }
        self.verdict_on_needs(bearer, question)
    }

    fn verdict_on_scopes(
        &self,
        bearer: &PlainBearer,
        scopes: &BTreeSet<Scope>,
        question: &PlainQuestion,
    ) -> Verdict {
        if scopes.is_disjoint(&question.scopes) {
            return Err((Reason::ScopeMissing, None));
        }
        if let Some(spot) = self.first_spot(question, Enforcement::On) {
            return Err((Reason::FineGrainedRequired, Some(spot)));
        }
        if bearer.confined_to.is_some() && question.needs.is_empty() && !question.itself {
            return Err((Reason::OutsideBoundary, None));
        }
        if bearer.confined_to.is_some() || bearer.role.is_some() || question.as_other {
            self.verdict_on_needs(bearer, question)?;
        }
        Ok(())
    }

    /// The first spot in a top-level group that enforces fine-grained tokens in that way.
    pub(crate) fn first_spot(&self, question: &PlainQuestion, way: Enforcement) -> Option<Spot> {
        let spots = question.needs.iter().flat_map(|need| &need.spots);
        spots.copied().find(|spot| self.enforcement(*spot) == way)
    }

    fn verdict_on_needs(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        question.needs.iter().try_for_each(|need| self.verdict_on_need(bearer, question, need))
    }

    fn verdict_on_need(&self, bearer: &PlainBearer, question: &PlainQuestion, need: &PlainNeed) -> Verdict {
        let public =
            question.public_reads && need.public_read && need.spots.iter().any(|spot| self.is_public(*spot));
        let outcomes: Vec<_> = need
            .spots
            .iter()
            .map(|spot| (self.verdict_on_spot(bearer, question, need, *spot), *spot))
            .collect();
        if public || outcomes.iter().any(|(outcome, _)| outcome.is_ok()) {
            return Ok(());
        }
        let with = |wanted| outcomes.iter().find(|(outcome, _)| *outcome == Err(wanted));
        let named = with(Reason::NotFound).or(with(Reason::RoleTooLow)).or(outcomes.first());
        match named {
            None => Err((Reason::NotFound, None)),
            Some((outcome, spot)) => Err((outcome.unwrap_err(), Some(*spot))),
        }
    }

    /// One need on one spot: first whether it is there, then whether the token may, then whether its role and the user
    /// who is acted as may.
    fn verdict_on_spot(
        &self,
        bearer: &PlainBearer,
        question: &PlainQuestion,
        need: &PlainNeed,
        spot: Spot,
    ) -> Result<(), Reason> {
        let container = matches!(spot, Spot::Project(_) | Spot::Group(_));
        if matches!(spot, Spot::Hidden(_)) {
            return Err(Reason::NotFound);
        }
        if let Some(home) = bearer.confined_to.filter(|_| !question.itself) {
            let inside = container
                && (spot == home || matches!(home, Spot::Group(id) if self.holders(spot).contains(&id)));
            if !inside && container && !self.is_public(spot) {
                return Err(Reason::NotFound);
            }
            if !inside {
                return Err(bearer.lacking(need, Reason::OutsideBoundary));
            }
        }
        self.granted_on_spot(bearer, question, need, spot)?;
        if container && bearer.role.is_some_and(|role| role < need.role) {
            return Err(Reason::RoleTooLow);
        }
        if question.as_other { self.other_may(need, spot) } else { Ok(()) }
    }

    fn granted_on_spot(
        &self,
        bearer: &PlainBearer,
        question: &PlainQuestion,
        need: &PlainNeed,
        spot: Spot,
    ) -> Result<(), Reason> {
        match &bearer.privileges {
            PlainPrivileges::Scopes(_) => Ok(()),
            PlainPrivileges::Grants(grants) => match self.permitted(grants, spot) {
                None => Err(bearer.lacking(need, Reason::OutsideBoundary)),
                Some(held) if !need.names.is_empty() && need.names.is_subset(&held) => Ok(()),
                Some(_) => Err(bearer.lacking(need, Reason::PermissionMissing)),
            },
            PlainPrivileges::Job => {
                let rule = question.job_rule.as_ref().unwrap();
                let (id, own) = match spot {
                    Spot::Project(id) => (id, id == self.job_project),
                    // Groups and projects share their numbers, but only projects have allowlists.
                    Spot::Group(_) => return Err(Reason::NotAllowlisted),
                    _ if rule.own_only || !rule.policies.is_empty() => return Err(Reason::NotAllowlisted),
                    _ if rule.push => return Err(Reason::PolicyMissing),
                    _ => return Ok(()),
                };
                if own {
                    return if rule.push && !self.job_may_push { Err(Reason::PolicyMissing) } else { Ok(()) };
                }
                match self.allowlists.get(&id) {
                    None => Err(Reason::NotAllowlisted),
                    Some(_) if rule.own_only => Err(Reason::NotAllowlisted),
                    Some(_) if rule.push => Err(Reason::PolicyMissing),
                    Some(None) => Ok(()),
                    Some(Some(policies)) => {
                        let covered = |needed: &JobPolicy| {
                            let writes = needed.as_str().replace("READ_", "ADMIN_");
                            policies.contains(needed) || policies.iter().any(|held| held.as_str() == writes)
                        };
                        if rule.policies.iter().all(covered) { Ok(()) } else { Err(Reason::PolicyMissing) }
                    }
                }
            }
        }
    }

    /// What the user who is acted as may do: what an administrator may, what the role allows, nothing that is not seen.
    fn other_may(&self, need: &PlainNeed, spot: Spot) -> Result<(), Reason> {
        match spot {
            Spot::User => Ok(()),
            Spot::Instance if self.other_administers => Ok(()),
            Spot::Instance => Err(Reason::RoleTooLow),
            Spot::Project(id) | Spot::Group(id) => match self.other_roles.get(&id) {
                None => Err(Reason::NotFound),
                Some(_) if self.other_administers => Ok(()),
                Some(role) if *role >= need.role => Ok(()),
                Some(_) => Err(Reason::RoleTooLow),
            },
            Spot::Hidden(_) => Err(Reason::NotFound),
        }
    }
}

impl PlainBearer {
    fn is_usable(&self, question: &PlainQuestion) -> Result<(), Reason> {
        if self.revoked {
            Err(Reason::Revoked)
        } else if matches!(self.expires_at, Some(at) if NOW >= at) {
            Err(Reason::Expired)
        } else if self.owner_blocked {
            Err(Reason::OwnerBlocked)
        } else if matches!(self.not_before, Some(at) if NOW < at) {
            Err(Reason::NotYetValid)
        } else if !self.addresses.is_empty() && !self.addresses.contains(&question.address) {
            Err(Reason::AddressNotAllowed)
        } else {
            Ok(())
        }
    }

    fn may_sudo(&self) -> Result<(), Reason> {
        match &self.privileges {
            _ if self.confined_to.is_some() => Err(Reason::SudoNotAllowed),
            PlainPrivileges::Grants(_) if self.sudo => Ok(()),
            PlainPrivileges::Scopes(scopes) if scopes.contains(&Scope::Sudo) => Ok(()),
            PlainPrivileges::Scopes(_) => Err(Reason::ScopeMissing),
            PlainPrivileges::Grants(_) | PlainPrivileges::Job => Err(Reason::SudoNotAllowed),
        }
    }

    /// A need that demands nothing is a mistake in the catalogue, which no token can make good.
    fn lacking(&self, need: &PlainNeed, reason: Reason) -> Reason {
        if need.names.is_empty() { Reason::NotCovered } else { reason }
    }
}
