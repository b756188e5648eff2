//! Noting the use of tokens.

use std::collections::BTreeMap;
use std::net::IpAddr;

use sqlx::{query, query_as};

use crate::error::StoreError;
use crate::ids::TokenId;
use crate::sqlite::values::addresses;
use crate::sqlite::{SqliteBackend, Write};
use crate::time::Timestamp;
use crate::tokens::{LAST_USED_ADDRESSES, TokenUse};

/// What a token remembers of its use.
#[derive(Default)]
struct Memory {
    last_used_at: Option<Timestamp>,
    addresses: Vec<IpAddr>,
}

impl Memory {
    fn add(&mut self, at: Timestamp, address: Option<IpAddr>) {
        self.last_used_at = self.last_used_at.max(Some(at));
        if let Some(address) = address {
            self.addresses.retain(|known| *known != address);
            self.addresses.insert(0, address);
            self.addresses.truncate(LAST_USED_ADDRESSES);
        }
    }
}

impl SqliteBackend {
    pub(super) async fn record_token_uses(&self, uses: &[TokenUse]) -> Result<(), StoreError> {
        let mut by_token: BTreeMap<TokenId, Vec<&TokenUse>> = BTreeMap::new();
        for one in uses {
            by_token.entry(one.token).or_default().push(one);
        }
        let mut write = self.begin().await?;
        for (token, mut uses) in by_token {
            uses.sort_by_key(|one| one.at);
            let Some(mut memory) = recall(&mut write, token).await? else { continue };
            uses.iter().for_each(|one| memory.add(one.at, one.address));
            remember(&mut write, token, &memory).await?;
        }
        write.commit().await
    }
}

/// What is known of a token's use; `None` when there is no such token.
async fn recall(write: &mut Write, token: TokenId) -> Result<Option<Memory>, StoreError> {
    let row: Option<(Option<i64>, String)> =
        query_as("select last_used_at, addresses from token_uses where token_id = $1")
            .bind(token.0)
            .fetch_optional(write.connection()?)
            .await?;
    let Some((last_used_at, column)) = row else { return Ok(None) };
    let addresses = addresses(&column)?;
    Ok(Some(Memory { last_used_at: last_used_at.map(Timestamp), addresses }))
}

async fn remember(write: &mut Write, token: TokenId, memory: &Memory) -> Result<(), StoreError> {
    let addresses: Vec<String> = memory.addresses.iter().map(ToString::to_string).collect();
    query("update token_uses set last_used_at = $2, addresses = $3 where token_id = $1")
        .bind(token.0)
        .bind(memory.last_used_at.map(|at| at.0))
        .bind(addresses.join(" "))
        .execute(write.connection()?)
        .await?;
    Ok(())
}
