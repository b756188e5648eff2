//! The sandbox's world, by id: what every test may rely on.

/// The administrator.
pub const ROOT: u64 = 1;
/// Maintainer of acme, and so of everything below it.
pub const MARIA: u64 = 2;
/// Developer of acme/web and acme/platform, Reporter of acme/api.
pub const DEV: u64 = 3;
/// Guest of acme/web, and of nothing else.
pub const GUS: u64 = 4;

/// The group acme.
pub const ACME: u64 = 10;
/// The group acme/platform.
pub const PLATFORM: u64 = 11;

/// The project acme/web, private.
pub const WEB: u64 = 20;
/// The project acme/api, internal.
pub const API: u64 = 21;
/// The project acme/platform/infra, private.
pub const INFRA: u64 = 22;
/// The project acme/site, public.
pub const SITE: u64 = 23;
/// The personal project root/home.
pub const ROOT_HOME: u64 = 30;
/// The personal project maria/home.
pub const MARIA_HOME: u64 = 31;
/// The personal project dev/home.
pub const DEV_HOME: u64 = 32;
/// The personal project gus/home.
pub const GUS_HOME: u64 = 33;
/// The project root/vault: private, nobody but the administrator sees it.
pub const VAULT: u64 = 34;

/// Every user's name: each has a connection on a [`crate::TestGate`].
pub const PEOPLE: [&str; 4] = ["root", "maria", "dev", "gus"];
