//! No token makes one that is bound less tightly than itself.
//!
//! The companion of [`crate::escalate`], which compares privileges: this compares what bounds a token besides them.

use narrowgate_catalog::Role;

use crate::escalate::{Selected, Standing};
use crate::{Conditions, Confinement};

/// What bounds a token besides its privileges. The default bounds nothing and adds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds<'a> {
    /// Its own role.
    pub role: Option<Role>,
    /// All that it reaches.
    pub confinement: Option<Confinement>,
    /// What it demands of requests; nothing if absent.
    pub conditions: Option<&'a Conditions>,
    /// Whether it may act as another user.
    pub sudo: bool,
}

/// Why a token may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LooserBoundsError {
    /// Its role would be higher, or it would be held to none.
    #[error("A token can only create tokens with a role no higher than its own.")]
    Role,
    /// It would reach beyond what the maker is confined to.
    #[error("A token can only create tokens for the project or group that it belongs to.")]
    Confinement,
    /// It could be used from more addresses.
    #[error("A token can only create tokens for addresses that it may be used from itself.")]
    Addresses,
    /// It could push to more refs.
    #[error("A token can only create tokens for refs that it may push to itself.")]
    PushRefs,
    /// It could act as another user.
    #[error("A token that may not act as another user can't create one that may.")]
    Sudo,
}

/// Checks that a token bound by `wanted` may be made by one bound by `maker`. `standing` tells about a project or group
/// that the wanted token belongs to.
///
/// When a token begins to work is no matter: its maker works already.
///
/// # Errors
/// The first bound that would be looser.
pub fn bind<'a>(
    maker: &Bounds<'_>,
    wanted: &Bounds<'_>,
    standing: impl Fn(Selected) -> Standing<'a>,
) -> Result<(), LooserBoundsError> {
    if maker.role.is_some_and(|own| wanted.role.is_none_or(|role| role > own)) {
        return Err(LooserBoundsError::Role);
    }
    if maker.confinement.is_some_and(|own| !lies_within(own, wanted.confinement, standing)) {
        return Err(LooserBoundsError::Confinement);
    }
    let nothing = Conditions::default();
    let (own, new) = (maker.conditions.unwrap_or(&nothing), wanted.conditions.unwrap_or(&nothing));
    if !own.addresses.include(&new.addresses) {
        Err(LooserBoundsError::Addresses)
    } else if !own.include_refs(new) {
        Err(LooserBoundsError::PushRefs)
    } else if wanted.sudo && !maker.sudo {
        Err(LooserBoundsError::Sudo)
    } else {
        Ok(())
    }
}

fn lies_within<'a>(
    own: Confinement,
    wanted: Option<Confinement>,
    standing: impl Fn(Selected) -> Standing<'a>,
) -> bool {
    let Some(wanted) = wanted else { return false };
    let place = match wanted {
        Confinement::Project(id) => Selected::Project(id),
        Confinement::Group(id) => Selected::Group(id),
    };
    own == wanted || matches!(own, Confinement::Group(id) if standing(place).ancestors.contains(&id))
}
