//! Users, projects and groups as GitLab writes them.

mod group;
mod project;
mod user;

pub(crate) use group::{group, group_in_list};
pub(crate) use project::{namespace, project, project_brief};
pub(crate) use user::{author, author_of, extend, member, user, user_self};
