//! A small GitLab-compatible forge for trying Narrowgate and for its tests.
