//! Many rotations and revocations at once, on a database on disk.

use std::sync::Arc;

use narrowgate_api::authority::{self, Actor, AuthorityError, Expiry};
use narrowgate_store::TokenId;
use narrowgate_store::tokens::RevocationReason;

use crate::world::{World, legacy};

const AT_ONCE: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_rotations_one_wins_and_the_family_dies() {
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::new(World::on_disk(&directory.path().join("narrowgate.db")).await);
    let token = world.token("maria", legacy(&["api"])).await;
    let rotations = (0..AT_ONCE).map(|_| {
        let (world, id) = (Arc::clone(&world), token.id);
        tokio::spawn(async move {
            let maria = world.user("maria");
            authority::rotate(&world.state, Actor::Caller(&maria), id, Expiry::Default).await
        })
    });
    let mut winners = Vec::new();
    for rotation in rotations.collect::<Vec<_>>() {
        match rotation.await.unwrap() {
            Ok(created) => winners.push(created.token.id),
            Err(error) => assert!(matches!(error, AuthorityError::Dead { state: "revoked" }), "{error}"),
        }
    }
    assert_eq!(winners.len(), 1);
    let (old, new) = (world.stored(token.id.0).await, world.stored(winners[0].0).await);
    assert_eq!(old.revocation.unwrap().reason, RevocationReason::Rotated);
    assert_eq!(
        new.revocation.unwrap().reason,
        RevocationReason::Reused,
        "whoever came late holds a stolen token"
    );
    assert!(world.store.tokens().lookup(TokenId(new.id.0 + 1)).await.unwrap().is_none(), "no third token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_among_rotations_leaves_nothing_alive() {
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::new(World::on_disk(&directory.path().join("narrowgate.db")).await);
    let token = world.token("maria", legacy(&["api"])).await;
    let tasks = (0..AT_ONCE).map(|at| {
        let (world, id) = (Arc::clone(&world), token.id);
        tokio::spawn(async move {
            let maria = world.user("maria");
            let actor = Actor::Caller(&maria);
            if at % 10 == 3 {
                authority::revoke(&world.state, actor, id).await.map(drop)
            } else {
                authority::rotate(&world.state, actor, id, Expiry::Default).await.map(drop)
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        let _ = task.await.unwrap();
    }
    for id in 1..=2 {
        let found = world.store.tokens().lookup(TokenId(id)).await.unwrap();
        assert!(found.is_none_or(|token| token.revocation.is_some()), "{id}");
    }
}
