//! Telling the story, and checking that it came out as told.

use std::io::{Write as _, stdout};

use anyhow::Result;
use narrowgate_policy::Reason;

use super::reply::Reply;
use crate::outcome::Outcome;

/// How an act must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With this status.
    Passed(u16),
    /// With this status, refused by the gate for this reason.
    Refused(u16, Reason),
    /// With this status, refused by the instance, for whom a token's owner stays who he is.
    RefusedByInstance(u16),
}

/// Prints each act and counts those that ended otherwise than told.
#[derive(Debug)]
pub(super) struct Narrator {
    played: usize,
    wrong: usize,
}

impl Narrator {
    pub(super) fn new() -> Self {
        Self { played: 0, wrong: 0 }
    }

    /// Opens a part of the story.
    pub(super) fn chapter(&self, title: &str) -> Result<()> {
        Ok(writeln!(stdout(), "\n{title}\n")?)
    }

    /// Prints one act: what was asked, the status, and why.
    pub(super) fn tell(&mut self, request: &str, reply: &Reply, ending: Ending) -> Result<()> {
        self.played += 1;
        let as_told = ending.is(reply);
        let mut out = stdout().lock();
        let mark = if as_told { "  " } else { "! " };
        writeln!(out, "{mark}{request}\n      {}  {}", reply.status, reply.why())?;
        if !as_told {
            self.wrong += 1;
            writeln!(out, "      expected {ending:?}")?;
        }
        Ok(())
    }

    /// Prints how many acts came out as told.
    pub(super) fn conclude(&self) -> Result<Outcome> {
        let right = self.played - self.wrong;
        writeln!(stdout(), "\n{right} of {} requests ended as they must.", self.played)?;
        Ok(if self.wrong == 0 { Outcome::Done } else { Outcome::Failed })
    }
}

impl Ending {
    fn is(self, reply: &Reply) -> bool {
        match self {
            Self::Passed(status) | Self::RefusedByInstance(status) => {
                reply.status == status && reply.reason().is_none()
            }
            Self::Refused(status, reason) => reply.status == status && reply.reason() == Some(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refusal_must_have_the_status_and_the_reason() {
        let ending = Ending::Refused(403, Reason::NotCovered);
        let reply = |status, reason: &str| Reply { status, body: json!({"narrowgate": {"reason": reason}}) };
        assert!(ending.is(&reply(403, "not_covered")));
        assert!(!ending.is(&reply(403, "expired")));
        assert!(!ending.is(&reply(404, "not_covered")));
        assert!(!Ending::Passed(403).is(&reply(403, "not_covered")));
        assert!(Ending::RefusedByInstance(403).is(&Reply { status: 403, body: json!({"message": "no"}) }));
    }
}
