use std::net::TcpListener;

use reqwest::StatusCode;

use crate::support::{Serving, connected, http};

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_stops_in_good_order() {
    let (_sandbox, place) = connected().await;
    let serving = Serving::start(&place, &[]);
    let answer = http().get(format!("{}/api/v4/user", serving.url())).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    drop(answer);
    assert_eq!(serving.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_a_listener_of_their_own() {
    let (_sandbox, place) = connected().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let serving = Serving::start(&place, &["--metrics-listen", &free]);
    http().get(format!("{}/api/v4/user", serving.url())).send().await.unwrap();
    let metrics = http().get(format!("http://{free}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("narrowgate_requests_total") && metrics.contains("no_credential"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn token_made_beside_a_running_gate_works_and_a_revoked_one_is_dead_within_a_second() {
    let (_sandbox, place) = connected().await;
    let serving = Serving::start(&place, &[]);
    let privileges =
        ["token", "create", "--name=beside", "--permission=read_work_item", "--project=acme/web"];
    let token = place.run(&privileges).done().trim_end().to_owned();
    let ask = async || {
        let request = http().get(format!("{}/api/v4/projects/20/issues", serving.url()));
        request.header("PRIVATE-TOKEN", &token).send().await.unwrap().status()
    };
    assert_eq!(ask().await, StatusCode::OK);
    assert_eq!(place.run(&["token", "revoke", "1"]).code, Some(0));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(ask().await, StatusCode::UNAUTHORIZED);
}
