//! Needs and places as they were found, for people.

use narrowgate_catalog::{BoundaryType, PermissionId, Role};
use narrowgate_policy::{Enforcement, Place};

use crate::locate::{FoundNeed, FoundPlace};

/// One need, located.
#[derive(Clone, Debug)]
pub struct ExplainedNeed {
    /// The permissions, all of which are needed on one of the places.
    pub permissions: Vec<PermissionId>,
    /// The alternatives.
    pub places: Vec<ExplainedPlace>,
    /// Whether public places need no grant.
    pub public_read: bool,
}

/// One place.
#[derive(Clone, Debug)]
pub struct ExplainedPlace {
    /// What kind of boundary.
    pub boundary: BoundaryType,
    /// Whether it was found, and the owner may see it.
    pub found: bool,
    /// The project's or group's id.
    pub id: Option<u64>,
    /// The project's or group's full path.
    pub full_path: Option<String>,
    /// Groups above it, nearest first.
    pub ancestors: Vec<u64>,
    /// The owner's role there.
    pub role: Option<Role>,
    /// Whether it lies in the owner's own namespace.
    pub personal: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// Whether its top-level group takes fine-grained tokens only.
    pub enforced: bool,
}

impl From<&FoundNeed> for ExplainedNeed {
    fn from(need: &FoundNeed) -> Self {
        Self {
            permissions: need.permissions.to_vec(),
            places: need.places.iter().map(ExplainedPlace::from).collect(),
            public_read: need.public_read,
        }
    }
}

impl From<&FoundPlace> for ExplainedPlace {
    fn from(found: &FoundPlace) -> Self {
        let place = found.as_place();
        let located = place.located().copied().unwrap_or_default();
        let full_path = match found {
            FoundPlace::Project(facts, _) => Some(facts.full_path.clone()),
            FoundPlace::Group(facts, _) => Some(facts.full_path.clone()),
            FoundPlace::User | FoundPlace::Instance | FoundPlace::NotFound(_) => None,
        };
        Self {
            boundary: place.boundary(),
            found: !matches!(place, Place::NotFound(_)),
            id: place.located().map(|located| located.id),
            full_path,
            ancestors: located.ancestors.to_vec(),
            role: located.role,
            personal: located.personal,
            public: located.public,
            enforced: located.enforcement == Enforcement::On,
        }
    }
}
