//! Revokes tokens that nobody uses, where a policy says so.

use std::collections::HashMap;
use std::time::Duration;

use narrowgate_gitlab::Reference;
use narrowgate_store::connections::Connection;
use narrowgate_store::policies::{StoredPolicy, TokenPolicy};
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{
    Cursor, GrantAccess, Resource, RevocationReason, Sort, SortKey, State, Token, TokenFilter,
    TokenPrivileges,
};
use narrowgate_store::{ConnectionId, StoreError, TenantId, TokenId};

use super::health::revoke_all;
use super::worker::{Memory, Report, Worker, later};

/// Days are long: nothing is gained by looking more often.
const EVERY: Duration = Duration::from_secs(3600);
const MICROS_PER_DAY: i64 = 86_400_000_000;
const BATCH: u32 = 200;

/// Whether it is time to look, which is noted.
pub(super) fn is_due(memory: &mut Memory, now: Timestamp) -> bool {
    let due = memory.swept_at.is_none_or(|at| later(at, EVERY) <= now || now < at);
    if due {
        memory.swept_at = Some(now);
    }
    due
}

/// Revokes what the policies of a tenant call unused.
pub(super) async fn sweep(worker: &Worker, tenant: TenantId, report: &mut Report) -> Result<(), StoreError> {
    let policies = worker.store.policies().list(tenant).await?;
    for stored in policies.iter().filter(|stored| stored.policy.revoke_unused_after_days.is_some()) {
        let Some(filter) = unused(worker, stored) else { continue };
        report.inactive += match stored.scope.root_group {
            None => revoke_all(worker, &filter, RevocationReason::Inactive).await?,
            Some(group) => sweep_group(worker, filter, group).await?,
        };
    }
    Ok(())
}

fn unused(worker: &Worker, stored: &StoredPolicy) -> Option<TokenFilter> {
    let TokenPolicy { revoke_unused_after_days, .. } = stored.policy;
    let now = worker.store.now();
    let since = now.0.checked_sub(i64::from(revoke_unused_after_days?).checked_mul(MICROS_PER_DAY)?)?;
    Some(TokenFilter {
        instance_url: stored.scope.instance_url.clone(),
        unused_since: Some(Timestamp(since)),
        state: Some(State::Active(now)),
        sort: Sort { key: SortKey::Id, descending: false },
        ..TokenFilter::all(stored.scope.tenant)
    })
}

/// Revokes the unused tokens that belong to a top-level group: those of its projects and groups, and the fine-grained ones
/// that reach nothing else.
async fn sweep_group(worker: &Worker, mut filter: TokenFilter, group: u64) -> Result<usize, StoreError> {
    let mut roots = Roots { worker, owners: HashMap::new(), known: HashMap::new() };
    let mut revoked = 0;
    loop {
        let tokens = worker.store.tokens().list_after(&filter, BATCH).await?;
        let Some(last) = tokens.last() else { return Ok(revoked) };
        filter.after = Some(Cursor::after(last, filter.sort));
        let mut ids: Vec<TokenId> = Vec::new();
        for token in &tokens {
            if roots.all_in(token, group).await? {
                ids.push(token.id);
            }
        }
        if !ids.is_empty() {
            // The condition is kept: whoever used a token since it was listed keeps it.
            let chosen = TokenFilter { ids, after: None, ..filter.clone() };
            revoked += revoke_all(worker, &chosen, RevocationReason::Inactive).await?;
        }
    }
}

/// The top-level groups of projects and groups, as the owners of tokens see them.
struct Roots<'w> {
    worker: &'w Worker,
    owners: HashMap<ConnectionId, Option<Connection>>,
    known: HashMap<(ConnectionId, Resource), Option<u64>>,
}

impl Roots<'_> {
    /// Whether all that a token reaches lies in a top-level group. What cannot be found out counts as no.
    async fn all_in(&mut self, token: &Token, group: u64) -> Result<bool, StoreError> {
        let resources = match (token.resource, &token.privileges) {
            (Some(resource), _) => vec![resource],
            (None, TokenPrivileges::FineGrained(grants)) => {
                let select =
                    grants.iter().map(|grant| match (grant.access, grant.project_id, grant.group_id) {
                        (GrantAccess::SelectedMemberships, Some(id), _) => Some(Resource::Project(id)),
                        (GrantAccess::SelectedMemberships, None, Some(id)) => Some(Resource::Group(id)),
                        _ => None,
                    });
                match select.collect::<Option<Vec<_>>>() {
                    Some(resources) => resources,
                    None => return Ok(false),
                }
            }
            _ => return Ok(false),
        };
        for resource in resources {
            if self.root(token.connection, resource).await? != Some(group) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn root(
        &mut self,
        connection: ConnectionId,
        resource: Resource,
    ) -> Result<Option<u64>, StoreError> {
        if let Some(root) = self.known.get(&(connection, resource)) {
            return Ok(*root);
        }
        if !self.owners.contains_key(&connection) {
            let owner = self.worker.store.connections().lookup(connection).await?;
            self.owners.insert(connection, owner);
        }
        let Some(Some(owner)) = self.owners.get(&connection) else { return Ok(None) };
        let reference = Reference::Id(resource.id());
        let containers = &self.worker.containers;
        let root = match resource {
            Resource::Project(_) => containers
                .project(owner, &reference)
                .await
                .map(|found| found.and_then(|project| project.ancestors.last().copied())),
            Resource::Group(id) => containers
                .group(owner, &reference)
                .await
                .map(|found| found.map(|group| group.ancestors.last().copied().unwrap_or(id))),
        };
        let root = root.unwrap_or_else(|error| {
            tracing::debug!(%error, "The top-level group of a token is unknown");
            None
        });
        self.known.insert((connection, resource), root);
        Ok(root)
    }
}
