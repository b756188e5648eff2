//! The control plane: GitLab's token API, answered by Narrowgate.
