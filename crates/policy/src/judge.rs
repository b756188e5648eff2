//! One need on one place: whether it holds there, and if not, why.

use narrowgate_catalog::{JobPolicySet, Role};

use crate::{Bearer, LocatedNeed, PermissionList, Place, Privileges, Question, job};

/// One place of one need of a question.
#[derive(Clone, Copy)]
pub(crate) struct Case<'q> {
    pub(crate) bearer: &'q Bearer,
    pub(crate) question: &'q Question<'q>,
    pub(crate) need: &'q LocatedNeed<'q>,
    pub(crate) place: &'q Place<'q>,
    /// Which need and which place of it, to find what the user who is acted as is to it.
    at: (usize, usize),
}

/// What comes of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It holds.
    Held,
    /// The place can't be found, as far as the bearer may know.
    NotFound,
    /// No grant reaches the place, or it lies beyond what the token is confined to.
    Outside,
    /// Grants reach the place, but lack permissions.
    Missing(PermissionList),
    /// The allowlist does not name the job's project.
    NotAllowlisted,
    /// The allowlist entry lacks these policies; none, where no policy would help.
    PolicyMissing(JobPolicySet),
    /// The role held is too low.
    RoleTooLow(Option<Role>, Role),
}

/// The cases of one need, in the order of its places.
pub(crate) fn cases<'q>(
    bearer: &'q Bearer,
    question: &'q Question<'q>,
    nth: usize,
) -> impl Iterator<Item = Case<'q>> {
    let of_need = move |need: &'q LocatedNeed<'q>| {
        need.places.iter().enumerate().map(move |(at, place)| Case {
            bearer,
            question,
            need,
            place,
            at: (nth, at),
        })
    };
    question.needs.get(nth).into_iter().flat_map(of_need)
}

impl Case<'_> {
    /// Whether it holds; [`Self::judge`] says why not.
    pub(crate) fn holds(&self) -> bool {
        self.is_within() && self.is_granted() && self.own_role_suffices() && self.user_may()
    }

    #[cold]
    pub(crate) fn judge(&self) -> Verdict {
        if !self.place.is_visible() {
            Verdict::NotFound
        } else if !self.is_within() {
            if self.is_hidden_from_bot() { Verdict::NotFound } else { Verdict::Outside }
        } else if !self.is_granted() {
            self.lack()
        } else if let Some(role) = self.bearer.role.filter(|_| !self.own_role_suffices()) {
            Verdict::RoleTooLow(Some(role), self.need.role)
        } else if !self.user_may() {
            self.users_lack()
        } else {
            Verdict::Held
        }
    }

    fn is_within(&self) -> bool {
        self.question.itself || self.bearer.confinement.is_none_or(|own| own.contains(self.place))
    }

    /// The bot of a project or group is a member of nothing else, so it sees nothing else but what is public.
    fn is_hidden_from_bot(&self) -> bool {
        self.place.located().is_some_and(|located| !located.public)
    }

    fn is_granted(&self) -> bool {
        match &self.bearer.privileges {
            Privileges::FineGrained(grants) => grants.hold(self.need.permissions, self.place),
            Privileges::Legacy(_) => self.place.is_visible(),
            Privileges::Job => self.question.job_token.is_some_and(|rule| job::admits(rule, self.place)),
        }
    }

    fn lack(&self) -> Verdict {
        let permissions = self.need.permissions;
        match &self.bearer.privileges {
            Privileges::FineGrained(grants) => {
                // Of one permission that was not found there is nothing to work out.
                let (covered, missing) = match permissions {
                    [_] => (grants.cover(self.place), PermissionList::from_slice(permissions)),
                    several => grants.survey(several, self.place),
                };
                if covered { Verdict::Missing(missing) } else { Verdict::Outside }
            }
            Privileges::Legacy(_) => Verdict::Outside,
            Privileges::Job => match self.question.job_token.and_then(|rule| job::lacks(rule, self.place)) {
                Some(policies) => Verdict::PolicyMissing(policies),
                None => Verdict::NotAllowlisted,
            },
        }
    }

    fn own_role_suffices(&self) -> bool {
        let beneath = |role| role < self.need.role && self.place.located().is_some();
        !self.bearer.role.is_some_and(beneath)
    }

    /// What the user who is acted as may do is bounded by that user's own rights.
    fn user_may(&self) -> bool {
        let Some(user) = self.question.acting_as else { return true };
        match self.users_place() {
            Some(Place::User) => true,
            Some(Place::Instance) => user.administrator,
            Some(Place::Project(located) | Place::Group(located)) => {
                user.administrator || located.role.unwrap_or(Role::NoAccess) >= self.need.role
            }
            Some(Place::NotFound(_)) | None => false,
        }
    }

    fn users_lack(&self) -> Verdict {
        match self.users_place() {
            Some(Place::Project(located) | Place::Group(located)) => {
                Verdict::RoleTooLow(located.role, self.need.role)
            }
            Some(Place::User | Place::Instance) => Verdict::RoleTooLow(None, Role::Admin),
            Some(Place::NotFound(_)) | None => Verdict::NotFound,
        }
    }

    /// The same place in the eyes of the user who is acted as; of another place nothing follows.
    fn users_place(&self) -> Option<&Place<'_>> {
        let (need, place) = self.at;
        let seen = self.question.acting_as?.places.get(need)?.get(place)?;
        let same = seen.boundary() == self.place.boundary()
            && seen
                .located()
                .is_none_or(|seen| self.place.located().is_some_and(|place| place.id == seen.id));
        same.then_some(seen)
    }
}
