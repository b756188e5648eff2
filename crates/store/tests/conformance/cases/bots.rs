use narrowgate_store::bots::NewBot;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::Resource;
use narrowgate_store::{BotId, ConnectionId, StoreError, TenantId};

use crate::fixture::Fixture;

fn new_bot(connection: &Connection, resource: Resource, username: &str) -> NewBot {
    NewBot {
        tenant: connection.tenant,
        connection: connection.id,
        resource,
        username: username.to_owned(),
        name: "deployer".to_owned(),
        access_level: 40,
    }
}

pub(crate) async fn are_found_as_added(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let bots = fixture.store.bots();
    let mut added = Vec::new();
    for (resource, username) in [
        (Resource::Project(20), "project_20_bot_a"),
        (Resource::Group(20), "group_20_bot_b"),
        (Resource::Project(20), "project_20_bot_c"),
    ] {
        let bot = bots.add(&new_bot(&connection, resource, username)).await.unwrap();
        assert_eq!((bot.resource, bot.username.as_str()), (resource, username));
        assert_eq!((bot.access_level, bot.created_at), (40, fixture.store.now()));
        assert_eq!(bots.lookup(bot.id).await.unwrap().as_ref(), Some(&bot));
        added.push(bot);
    }
    let of_project = bots.list(TenantId::DEFAULT, Resource::Project(20)).await.unwrap();
    assert_eq!(of_project, [added[0].clone(), added[2].clone()]);
    assert_eq!(bots.list(TenantId::DEFAULT, Resource::Group(20)).await.unwrap(), added[1..2]);
    assert_eq!(bots.list(TenantId(2), Resource::Group(20)).await.unwrap(), []);
}

pub(crate) async fn have_ids_beyond_users(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let resource = Resource::Project(20);
    let first = fixture.store.bots().add(&new_bot(&connection, resource, "a")).await.unwrap();
    let second = fixture.store.bots().add(&new_bot(&connection, resource, "b")).await.unwrap();
    assert_eq!((first.id, second.id), (BotId(BotId::OFFSET + 1), BotId(BotId::OFFSET + 2)));
    assert_eq!(fixture.store.bots().lookup(BotId(7)).await.unwrap(), None);
}

pub(crate) async fn need_a_name_of_their_own(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let good = new_bot(&connection, Resource::Project(20), "bot");
    let bots = fixture.store.bots();
    bots.add(&good).await.unwrap();
    let tenant = fixture.tenant().await;
    for wrong in [
        good.clone(),
        NewBot { resource: Resource::Project(0), username: "a".to_owned(), ..good.clone() },
        NewBot { username: String::new(), ..good.clone() },
        NewBot { access_level: 7, username: "b".to_owned(), ..good.clone() },
        NewBot { connection: ConnectionId(99), username: "c".to_owned(), ..good.clone() },
        NewBot { tenant, username: "d".to_owned(), ..good },
    ] {
        let result = bots.add(&wrong).await;
        assert!(matches!(result, Err(StoreError::Conflict(..))), "{wrong:?}: {result:?}");
    }
}
