//! `narrowgate policy set`.

use std::io::{Write as _, stdout};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use narrowgate_store::TenantId;
use narrowgate_store::audit::{ActorKind, AuditEvent};
use narrowgate_store::policies::TokenPolicy;
use narrowgate_store::time::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::scope::{ScopeFlags, name};
use crate::database;
use crate::outcome::Outcome;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// Change what tokens must keep to; what is not named stays as it is. Prints the policy.
///
/// Example: `narrowgate policy set --require-expiry true --maximum-lifetime-days 90`
#[derive(Args, Debug)]
pub(crate) struct Set {
    #[command(flatten)]
    changes: Changes,
    /// Take a rule back, by its name such as `maximum_lifetime_days`; repeat for more.
    #[arg(long, value_name = "RULE")]
    unset: Vec<String>,
    /// Take every rule back.
    #[arg(long, conflicts_with_all = ["unset", "Changes"])]
    clear: bool,
    #[command(flatten)]
    scope: ScopeFlags,
    #[command(flatten)]
    flags: StoreFlags,
}

/// The rules, by the names that the policy has for them.
#[derive(Args, Debug, Serialize)]
#[command(next_help_heading = "Rules")]
struct Changes {
    /// Days that a token lives when its creator names no date.
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    default_lifetime_days: Option<u32>,
    /// Days that a token may live at most.
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_lifetime_days: Option<u32>,
    /// Whether each token must expire.
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    require_expiry: Option<bool>,
    /// Days that must pass between two rotations of a token.
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_rotation_days: Option<u32>,
    /// Days without use after which a token is revoked.
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    revoke_unused_after_days: Option<u32>,
    /// The day from which on legacy tokens are held to the check of fine-grained ones, and refused.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Date::parse)]
    #[serde(skip_serializing_if = "Option::is_none")]
    fine_grained_only_from: Option<Date>,
    /// Whether legacy tokens are neither made nor rotated.
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_new_legacy: Option<bool>,
    /// Whether fine-grained tokens are neither made nor taken yet.
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_fine_grained: Option<bool>,
    /// Whether impersonation tokens are neither made nor taken.
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_impersonation: Option<bool>,
    /// Whether `--fine-grained-only-from` only records what it would refuse.
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

impl Set {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let store = database::open_existing(&settings).await?;
        let scope = self.scope.resolve(&settings)?;
        let old = store.policies().lookup(&scope).await?.map(|stored| stored.policy).unwrap_or_default();
        let new = self.apply(&old)?;
        if !new.suits(&scope) {
            bail!("`no_fine_grained` and `no_impersonation` are for the tenant or an instance");
        }
        let at = store.now();
        if new == TokenPolicy::default() {
            store.policies().remove(&scope, at).await?;
        } else {
            store.policies().put(&scope, &new, at).await?;
        }
        if new != old {
            let event = AuditEvent {
                actor: ActorKind::Operator,
                details: json!({ "scope": name(&scope), "old": old, "new": new }),
                ..AuditEvent::new(TenantId::DEFAULT, at, "policy.changed")
            };
            store.audit().append(&[event]).await?;
        }
        writeln!(stdout(), "{}", serde_json::to_string(&new)?)?;
        Ok(Outcome::Done)
    }

    fn apply(&self, old: &TokenPolicy) -> Result<TokenPolicy> {
        if self.clear {
            return Ok(TokenPolicy::default());
        }
        let mut rules = object(old)?;
        rules.extend(object(&self.changes)?);
        for rule in &self.unset {
            let rule = rule.replace('-', "_");
            // What is not set needs no taking back, but a name that is none is a mistake.
            if rules.remove(&rule).is_none() && !is_rule(&rule) {
                bail!("there is no rule `{rule}`");
            }
        }
        TokenPolicy::parse(&Value::Object(rules).to_string()).context("cannot change the policy")
    }
}

fn object(rules: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(rules)? {
        Value::Object(fields) => Ok(fields),
        _ => bail!("a policy is a JSON object"),
    }
}

fn is_rule(name: &str) -> bool {
    // Every rule takes null, or a boolean.
    [json!({ name: null }), json!({ name: false })]
        .iter()
        .any(|policy| TokenPolicy::parse(&policy.to_string()).is_ok())
}
