//! The decision: bearer, needs and facts in, allow or a denial with its reason out.
//!
//! [`decide()`] is pure: no I/O, no clock, and no allocation while it allows. The caller has located every place that an
//! operation touches and passes the facts in; a [`Denial`] carries the facts that led to it, and the wire body, the log,
//! the audit row and `explain` are all renderings of that one value.

pub mod bearer;
pub mod conditions;
pub mod decide;
pub mod denial;
pub mod escalate;
pub mod grant;
mod job;
mod judge;
pub mod prepare;
pub mod question;
pub mod refs;
mod selected;
pub mod suggest;
pub mod trace;
pub mod wire;

pub use bearer::{Bearer, Confinement, Micros, Privileges, TokenClass};
pub use conditions::{AddressRanges, Conditions};
pub use decide::{Basis, Decision, check_acting, check_refs, decide};
pub use denial::{Denial, PermissionList, Reason};
pub use grant::{Access, Grant};
pub use prepare::{Grants, Reach};
pub use question::{ActingAs, Enforcement, JobAccess, Located, LocatedNeed, Place, Push, Question};
pub use refs::{ParseRefPatternError, RefPattern};
pub use suggest::{Suggestion, suggest};
pub use trace::{Outcome, Step, Tried, trace};
