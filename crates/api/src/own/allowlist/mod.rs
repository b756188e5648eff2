//! Which projects' and groups' jobs may reach a project.

pub(super) mod put;
pub(super) mod show;
mod view;
