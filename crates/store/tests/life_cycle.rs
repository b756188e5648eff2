//! The life of tokens against a model in plain collections: whatever is done in whatever order, both agree.

#[cfg(test)]
mod model;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;
    use std::time::Duration;

    use narrowgate_secret::{Sealed, TokenDigest};
    use narrowgate_store::changes::Operation;
    use narrowgate_store::connections::{Connection, Credential, NewConnection};
    use narrowgate_store::time::{Date, ManualClock, Timestamp};
    use narrowgate_store::tokens::{
        NewToken, Revocation, Rotation, State, Successor, TokenFilter, TokenKind, TokenPrivileges,
    };
    use narrowgate_store::{Page, Sequence, Store, StoreError, TenantId, TokenId};
    use proptest::prelude::*;

    use crate::model::Model;

    #[derive(Clone, Debug)]
    enum Step {
        /// Adds a token with the text of that number, which expires after that many days.
        Add(u8, Option<u8>),
        Revoke(u8),
        Rotate(u8, u8),
        RevokeFamily(u8),
        PassHours(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        let id = 0..12_u8;
        prop_oneof![
            3 => (0..20_u8, prop::option::of(0..4_u8)).prop_map(|(text, days)| Step::Add(text, days)),
            2 => id.clone().prop_map(Step::Revoke),
            3 => (id.clone(), 0..20_u8).prop_map(|(id, text)| Step::Rotate(id, text)),
            1 => id.prop_map(Step::RevokeFamily),
            1 => (1..40_u8).prop_map(Step::PassHours),
        ]
    }

    struct World {
        store: Store,
        clock: Arc<ManualClock>,
        connection: Connection,
        model: Model,
    }

    impl World {
        async fn new() -> Self {
            let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-24T09:30:00Z").unwrap()));
            let store = Store::in_memory(clock.clone()).await.unwrap();
            let sealed = Sealed { key_id: "66687aad".to_owned(), bytes: vec![0] };
            let new = NewConnection {
                tenant: TenantId::DEFAULT,
                instance_url: "https://gitlab.example.com".to_owned(),
                user_id: 7,
                username: "maintainer".to_owned(),
                administrator: false,
                credential: Credential { sealed, scopes: vec!["api".to_owned()], expires_at: None },
            };
            let connection = store.connections().add(&new).await.unwrap();
            Self { store, clock, connection, model: Model::default() }
        }

        async fn take(&mut self, step: Step) {
            let now = self.store.now();
            match step {
                Step::Add(text, days) => {
                    self.add(text, days.map(|days| now.date().plus_days(days.into()))).await;
                }
                Step::Revoke(id) => {
                    let done =
                        self.store.tokens().revoke(TokenId(id.into()), Revocation::asked(now)).await.unwrap();
                    assert_eq!(done, self.model.revoke(id.into(), now));
                }
                Step::Rotate(id, text) => self.rotate(id.into(), text).await,
                Step::RevokeFamily(id) => {
                    let revoked = self
                        .store
                        .tokens()
                        .revoke_family(TokenId(id.into()), Revocation::asked(now))
                        .await
                        .unwrap();
                    let revoked: BTreeSet<_> = revoked.into_iter().map(|id| id.0).collect();
                    assert_eq!(revoked, self.model.revoke_family(id.into(), now));
                }
                Step::PassHours(hours) => self.clock.advance(Duration::from_secs(3600 * u64::from(hours))),
            }
        }

        async fn add(&mut self, text: u8, expires_at: Option<Date>) {
            let privileges = TokenPrivileges::Legacy(vec!["read_api".to_owned()]);
            let name = format!("token {text}");
            let new = NewToken {
                expires_at,
                ..NewToken::new(&self.connection, TokenKind::Personal, digest(text), name, privileges)
            };
            match (self.store.tokens().add(&new).await, self.model.add(text, expires_at, self.store.now())) {
                (Ok(token), Some(id)) => assert_eq!(token.id.0, id),
                (Err(StoreError::Conflict(..)), None) => {}
                (result, expected) => panic!("{result:?} instead of {expected:?}"),
            }
        }

        async fn rotate(&mut self, id: i64, text: u8) {
            let now = self.store.now();
            let successor = Successor { digest: digest(text), expires_at: None };
            let rotation = self.store.tokens().rotate(TokenId(id), &successor, now).await;
            match (rotation, self.model.rotate(id, text, now)) {
                (Ok(Rotation::Rotated(token)), Ok(Some(id))) => assert_eq!(token.id.0, id),
                (Ok(Rotation::AlreadyRevoked), Ok(None)) | (Err(StoreError::Conflict(..)), Err(())) => {}
                (result, expected) => panic!("{result:?} instead of {expected:?}"),
            }
        }

        async fn compare(&self) {
            let now = self.store.now();
            let tokens = self.store.tokens();
            let listed = tokens.list(&TokenFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap().items;
            assert_eq!(self.model.rows(), listed.iter().rev().map(Model::row).collect::<Vec<_>>());
            for token in listed {
                assert_eq!(tokens.find_by_digest(&token.digest).await.unwrap().as_ref(), Some(&token));
            }
            for (state, active) in [(State::Active(now), true), (State::Inactive(now), false)] {
                let filter = TokenFilter { state: Some(state), ..TokenFilter::all(TenantId::DEFAULT) };
                let ids =
                    tokens.list(&filter, Page::ALL).await.unwrap().items.into_iter().map(|token| token.id.0);
                assert_eq!(ids.collect::<BTreeSet<_>>(), self.model.ids(active, now));
            }
        }

        /// Whoever follows the log knows which tokens work.
        async fn compare_log(&self) {
            let mut live = BTreeSet::new();
            for (change, sequence) in
                self.store.changes().since(Sequence(1), 10_000).await.unwrap().iter().zip(2..)
            {
                assert_eq!(change.sequence.0, sequence);
                let changed = match change.operation {
                    Operation::Created => live.insert(change.entity_id),
                    _ => live.remove(&change.entity_id),
                };
                assert!(changed, "{change:?}");
            }
            assert_eq!(live, self.model.unrevoked());
        }
    }

    fn digest(text: u8) -> TokenDigest {
        TokenDigest::of(&text.to_string())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn agrees_with_the_model(steps in prop::collection::vec(step(), 1..40)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut world = World::new().await;
                for step in steps {
                    world.take(step).await;
                    world.compare().await;
                }
                world.compare_log().await;
            });
        }
    }
}
