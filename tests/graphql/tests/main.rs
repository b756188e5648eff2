//! GraphQL held to grants, without a network: the library against a naive authoriser and against GitLab's tables.

mod corpus;
mod documents;
mod oracle;
