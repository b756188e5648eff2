//! The forge's own personal access tokens.

use std::fmt;

use ring::digest::{SHA256, digest};
use secrecy::SecretString;

use super::World;

/// A personal access token of the forge. The plain text is kept for the tokens of the seeded world only.
#[derive(Clone)]
pub(crate) struct NativeToken {
    pub(crate) id: u64,
    pub(crate) user: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: i64,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) expires_at: Option<String>,
    pub(crate) revoked: bool,
    plain: Option<SecretString>,
}

impl fmt::Debug for NativeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeToken").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

pub(super) fn digest_of(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

/// What a new token is to be.
pub(crate) struct TokenRequest {
    pub(crate) user: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Option<String>,
}

impl World {
    pub(crate) fn mint(&mut self, request: TokenRequest, now: i64) -> (u64, SecretString) {
        let TokenRequest { user, name, description, scopes, expires_at } = request;
        let id = self.next_id("token");
        let plain = format!("glpat-{}", self.draw_secret(20));
        let token = NativeToken {
            id,
            user,
            name,
            description,
            scopes,
            created_at: now,
            last_used_at: None,
            expires_at,
            revoked: false,
            plain: None,
        };
        self.tokens.insert(id, token);
        self.tokens_by_digest.insert(digest_of(&plain), id);
        (id, plain.into())
    }

    /// Mints a token for a user by name.
    pub(crate) fn mint_for(&mut self, username: &str, scopes: &[&str], now: i64) -> Option<SecretString> {
        let user = self.user_named(username)?.id;
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let name = format!("minted for {username}");
        Some(self.mint(TokenRequest { user, name, description: None, scopes, expires_at: None }, now).1)
    }

    /// Mints the token that a seeded user has from the start, and keeps its text for tests. An administrator's may act as
    /// others.
    pub(super) fn mint_seeded(&mut self, user: u64, admin: bool, now: i64) {
        let names: &[&str] = if admin { &["api", "sudo"] } else { &["api"] };
        let scopes = names.iter().map(|scope| (*scope).to_owned()).collect();
        let name = "seeded".to_owned();
        let (id, plain) =
            self.mint(TokenRequest { user, name, description: None, scopes, expires_at: None }, now);
        if let Some(token) = self.tokens.get_mut(&id) {
            token.plain = Some(plain);
        }
    }

    pub(crate) fn first_token(&self, username: &str) -> Option<SecretString> {
        let user = self.user_named(username)?.id;
        self.tokens.values().find(|token| token.user == user)?.plain.clone()
    }

    /// The token with this text, whatever its state.
    pub(crate) fn find_token(&self, plain: &str) -> Option<&NativeToken> {
        self.tokens.get(self.tokens_by_digest.get(&digest_of(plain))?)
    }

    pub(crate) fn token(&self, id: u64) -> Option<&NativeToken> {
        self.tokens.get(&id)
    }

    pub(crate) fn token_mut(&mut self, id: u64) -> Option<&mut NativeToken> {
        self.tokens.get_mut(&id)
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = &NativeToken> {
        self.tokens.values()
    }

    pub(crate) fn revoke_all(&mut self, username: &str) {
        let user = self.user_named(username).map(|user| user.id);
        self.tokens
            .values_mut()
            .filter(|token| Some(token.user) == user)
            .for_each(|token| token.revoked = true);
    }
}
