//! GraphQL held to grants, checked against a naive authoriser.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`schema`] | GitLab's own schema, with what guards it |
//! | [`tape`] | choices that shrink |
//! | [`world`] | random projects and groups, and a random token |
//! | [`things`] | the data of such a world |
//! | [`document`] | random documents |
//! | [`execute`] | a small executor: the instance, and with an authoriser the oracle |
//! | [`authorise`] | the authoriser: knows where each object belongs |
//! | [`gate`] | the library's way of the same request |
//! | [`oracle`] | both, compared |
//! | [`path`] | the shortest documents that lead to a type |
//! | [`corpus`] | documents as well-known clients send them |

#![expect(clippy::expect_used, clippy::panic, reason = "a test vocabulary fails by panicking")]

pub mod authorise;
pub mod corpus;
pub mod document;
pub mod execute;
pub mod gate;
pub mod hash;
pub mod json;
pub mod oracle;
pub mod path;
pub mod schema;
pub mod sought;
pub mod tape;
pub mod things;
pub mod world;
