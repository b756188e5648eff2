//! Client of a GitLab instance and the directory of its projects, groups and memberships.
