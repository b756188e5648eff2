//! The filter agrees with the plainest one, and nothing that isn't shown slips through odd answers.

use std::collections::BTreeSet;

use narrowgate_graphql::plan::Plan;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use serde_json::Value;

use crate::judge::{Grants, filter};
use crate::naive::Naive;
use crate::random::{Choices, Json};

struct Case {
    plan: Plan,
    grants: Grants,
    data: Json,
}

fn case(choices: &mut Choices<'_>) -> Case {
    let plan = choices.plan();
    let grants = choices.grants();
    let data = Json::Object(choices.fields(&plan.root));
    Case { plan, grants, data }
}

/// All strings of an answer that stand for content.
fn secrets(text: &str) -> BTreeSet<&str> {
    text.split('"').filter(|part| part.starts_with("secret")).collect()
}

/// At least 2,000 cases, and more where `PROPTEST_CASES` says so.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(2_000), failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn shown_is_what_the_plainest_filter_shows(choices in proptest::collection::vec(any::<u16>(), 0..600)) {
        let mut choices = Choices::new(&choices);
        let Case { plan, grants, data } = case(&mut choices);
        let data = data.to_string();
        let value: Value = serde_json::from_str(&data).unwrap();
        let paths: Vec<Vec<Value>> = (0..choices.below(5)).map(|_| choices.path(&plan, &value)).collect();
        let errors: Vec<String> = paths
            .iter()
            .map(|path| format!(r#"{{"message":"upstream","path":{}}}"#, Value::from(path.clone())))
            .collect();
        let body = format!(r#"{{"errors":[{}],"data":{data}}}"#, errors.join(","));
        let expected = Naive { grants: &grants, errors: &paths }.answer(&plan, &value);
        let filtered = filter(&plan, &body, &grants).unwrap();
        prop_assert_eq!(String::from_utf8(filtered.body).unwrap(), expected.to_string(), "{}", body);
    }

    #[test]
    fn odd_answers_are_refused_or_show_no_more(choices in proptest::collection::vec(any::<u16>(), 0..600)) {
        let mut choices = Choices::new(&choices);
        let Case { plan, grants, mut data } = case(&mut choices);
        let whole = filter(&plan, &format!(r#"{{"data":{data}}}"#), &grants).unwrap();
        let position = choices.below(data.len());
        data.corrupt(position, &mut choices);
        if let Ok(odd) = filter(&plan, &format!(r#"{{"data":{data}}}"#), &grants) {
            let (odd, whole) = (String::from_utf8(odd.body).unwrap(), String::from_utf8(whole.body).unwrap());
            let more: Vec<&str> = secrets(&odd).difference(&secrets(&whole)).copied().collect();
            prop_assert!(more.is_empty(), "{more:?} of {data}");
        }
    }
}
