//! The authority as the command line calls it.

use std::sync::Arc;

use narrowgate_api::authority::{self, Actor, AuthorityError, Expiry, TokenQuery};
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::TokenFilter;
use narrowgate_store::{Page, TenantId, TokenId};

use crate::world::{World, fine, legacy, on};

const OPERATOR: Actor<'static> = Actor::Operator { tenant: TenantId::DEFAULT };

#[tokio::test]
async fn makes_lists_rotates_and_revokes() {
    let world = World::new().await;
    let created = world.try_token(OPERATOR, "maria", fine(&[on(&[20], &[], &["read_job"])])).await.unwrap();
    assert_eq!(created.plain.digest(), created.token.digest);
    let query =
        TokenQuery { user_id: Some(2), active: Some(true), filter: TokenFilter::all(TenantId::DEFAULT) };
    assert_eq!(authority::list(&world.state, OPERATOR, &query, Page::ALL).await.unwrap().total, Some(1));
    let rotated = authority::rotate(&world.state, OPERATOR, created.token.id, Expiry::Default).await.unwrap();
    assert_eq!(rotated.token.privileges, created.token.privileges);
    authority::revoke(&world.state, OPERATOR, rotated.token.id).await.unwrap();
    assert_eq!(authority::list(&world.state, OPERATOR, &query, Page::ALL).await.unwrap().total, Some(0));
}

#[tokio::test]
async fn is_held_to_the_owners_memberships() {
    let world = World::new().await;
    let error = world.try_token(OPERATOR, "gus", fine(&[on(&[23], &[], &["read_job"])])).await.unwrap_err();
    assert!(matches!(error, AuthorityError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn stays_in_its_tenant() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let elsewhere = Actor::Operator { tenant: TenantId(2) };
    let query = TokenQuery { user_id: None, active: None, filter: TokenFilter::all(TenantId::DEFAULT) };
    assert_eq!(authority::list(&world.state, elsewhere, &query, Page::ALL).await.unwrap().total, Some(0));
    let error = authority::revoke(&world.state, elsewhere, TokenId(1)).await.unwrap_err();
    assert!(matches!(error, AuthorityError::NotFound { .. }), "{error}");
    assert!(world.try_token(elsewhere, "maria", legacy(&["api"])).await.is_err());
    // An administrator of another tenant.
    let root = Connection { tenant: TenantId(2), ..Connection::clone(&world.connection("root")) };
    let mut caller = world.user("root");
    caller.connection = Arc::new(root);
    assert_eq!(world.get(&caller, "/personal_access_tokens/1").await.status, 404);
    assert_eq!(world.get(&caller, "/personal_access_tokens").await.text, "[]");
}

#[tokio::test]
async fn an_administrator_of_another_instance_is_a_stranger() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let mut caller = world.user("root");
    caller.connection = world.connect("https://other.example.com", 1, "root", true).await;
    assert_eq!(world.get(&caller, "/personal_access_tokens/1").await.status, 404);
    assert_eq!(world.get(&caller, "/personal_access_tokens").await.text, "[]");
}
