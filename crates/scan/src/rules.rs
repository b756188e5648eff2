//! GitLab's formats, one line for each prefix (WIRE 9).

use crate::kind::Kind;
use crate::shape::Shape;

/// A prefix, the kind of its tokens, and how they look. Any of them may be routable besides.
pub(crate) type Rule = (&'static str, Kind, &'static [Shape]);

/// How a personal access token of GitLab looks, whatever prefix the instance gives it.
pub(crate) const PERSONAL: &[Shape] = &[Shape::Word(20)];

/// Every prefix of GitLab's.
pub(crate) const RULES: [Rule; 15] = [
    ("glpat-", Kind::Personal, PERSONAL),
    ("gloas-", Kind::OauthSecret, &[Shape::Word(64)]),
    ("gldt-", Kind::Deploy, &[Shape::Word(20)]),
    ("glrt-", Kind::Runner, &[Shape::Word(20), Shape::Partitioned(20)]),
    ("glrtr-", Kind::RunnerRegistration, &[Shape::Word(20)]),
    ("glcbt-", Kind::Job, &[Shape::Partitioned(20), Shape::Word(20), Shape::Jwt]),
    ("glptt-", Kind::Trigger, &[Shape::Hex(40), Shape::Word(20)]),
    ("glft-", Kind::Feed, &[Shape::PathBound, Shape::Word(20)]),
    ("glimt-", Kind::IncomingMail, &[Shape::Word(25), Shape::Word(26)]),
    ("glagent-", Kind::Agent, &[Shape::Word(50)]),
    ("glwt-", Kind::Workspace, &[Shape::WordAtLeast(20)]),
    ("glsoat-", Kind::Scim, &[Shape::Word(20)]),
    ("glffct-", Kind::FeatureFlags, &[Shape::Word(20)]),
    ("_gitlab_session=", Kind::Session, &[Shape::Hex(32)]),
    ("_gitlab_session%3D", Kind::Session, &[Shape::Hex(32)]),
];
