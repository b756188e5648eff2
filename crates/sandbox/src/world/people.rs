//! Users.

use super::World;

/// A user of the forge.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) admin: bool,
    pub(crate) state: &'static str,
    pub(crate) created_at: i64,
}

impl User {
    /// The id of the user's own namespace.
    pub(crate) fn namespace_id(&self) -> u64 {
        100 + self.id
    }

    pub(crate) fn is_active(&self) -> bool {
        self.state == "active"
    }
}

impl World {
    pub(crate) fn user_named(&self, username: &str) -> Option<&User> {
        self.users.values().find(|user| user.username == username)
    }

    /// Sets a user's state. Tells whether there is such a user.
    pub(crate) fn set_user_state(&mut self, username: &str, state: &'static str) -> bool {
        let user = self.users.values_mut().find(|user| user.username == username);
        user.map(|user| user.state = state).is_some()
    }
}
