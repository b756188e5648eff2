//! What the gate says when it can't do its work, and that it repeats nothing that is not safe to repeat.

use std::time::{Duration, Instant};

use narrowgate_store::tokens::TokenPrivileges;
use narrowgate_tests::grant::{memberships, project};
use narrowgate_tests::{
    Bearer, Fault, FaultyInstance, Reply, Stock, TestGate, TlsFront, raw, start_sandbox, stock, world,
};
use serde_json::json;

struct Scene {
    instance: FaultyInstance,
    gate: TestGate,
    bearer: Bearer,
}

impl Scene {
    /// A gate that loses patience after two seconds, before an instance that misbehaves on demand.
    async fn start() -> Self {
        let sandbox = start_sandbox().await;
        let instance = FaultyInstance::before(sandbox.base_url()).await;
        let builder = TestGate::builder().sandbox(sandbox).instance(&instance.url());
        let builder = builder
            .argument("--response-timeout-s=2")
            .argument("--idle-timeout-s=2")
            .argument("--connect-timeout-s=2");
        let gate = builder.start().await;
        let grants = [memberships(&["read_work_item", "create_work_item"])];
        let bearer = gate.maintainer().token(&grants).await;
        Self { instance, gate, bearer }
    }

    /// Lets the gate learn what it needs to know of acme/web, so that a fault hits the forwarded request alone.
    async fn warm(&self) {
        self.bearer.get("/projects/20/issues").await.assert_ok();
    }
}

/// A 5xx of the gate's own: JSON, with the request id in header and body, and nothing of the instance.
#[track_caller]
fn assert_gateway_error(scene: &Scene, reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.summary());
    let id = reply.header("x-request-id");
    assert!(id.len() >= 16 && reply.text().contains(id), "no request id: {}", reply.summary());
    assert_eq!(reply.json()["narrowgate"]["request_id"], id, "{}", reply.summary());
    assert!(!reply.text().contains(scene.instance.url().as_str()), "{}", reply.summary());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_fails_is_a_clear_error() {
    let scene = Scene::start().await;
    for (fault, status) in
        [(Fault::Drop, 502), (Fault::Hang, 504), (Fault::Late(Duration::from_secs(10)), 504)]
    {
        scene.warm().await;
        scene.instance.break_only("/issues", fault);
        let started = Instant::now();
        let reply = scene.bearer.get("/projects/20/issues").await;
        assert_gateway_error(&scene, &reply, status);
        assert!(started.elapsed() < Duration::from_secs(8), "{fault:?} took {:?}", started.elapsed());
        scene.instance.heal();
    }
    // What the instance itself says is passed on.
    scene.instance.break_only("/issues", Fault::Status(503));
    let reply = scene.bearer.get("/projects/20/issues").await.assert_status(503);
    assert_eq!(reply.json()["message"], "503 made up");
    scene.instance.heal();
    scene.bearer.get("/projects/20/issues").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_sent_once() {
    let scene = Scene::start().await;
    for fault in [Fault::Drop, Fault::Hang] {
        scene.warm().await;
        scene.instance.break_only("POST /api/v4/projects/20/issues", fault);
        let reply = scene.bearer.post("/projects/20/issues", &json!({"title": "once"})).await;
        assert!(reply.status >= 500, "{}", reply.summary());
        assert_eq!(scene.instance.arrived("POST /api/v4/projects/20/issues"), 1, "{fault:?}");
        scene.instance.heal();
    }
    // A read may be tried again, but not for ever.
    scene.warm().await;
    scene.instance.break_only("GET /api/v4/projects/20/issues", Fault::Drop);
    scene.bearer.get("/projects/20/issues").await.assert_status(502);
    assert!(scene.instance.arrived("GET /api/v4/projects/20/issues") <= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_sent_once_over_a_connection_that_has_died() {
    let scene = Scene::start().await;
    scene.warm().await;
    // Every kept connection dies with the first drop; the next write finds out when it is written.
    scene.instance.break_only("POST", Fault::Drop);
    for _ in 0..5 {
        let before = scene.instance.arrived("POST");
        let reply = scene.bearer.post("/projects/20/issues", &json!({"title": "once"})).await;
        assert!(reply.status >= 500, "{}", reply.summary());
        assert_eq!(scene.instance.arrived("POST"), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_breaks_off_for_the_client() {
    let scene = Scene::start().await;
    for fault in [Fault::BreakBody, Fault::StallBody] {
        scene.warm().await;
        scene.instance.break_only("/issues", fault);
        let result = scene.bearer.call("GET", "/projects/20/issues").try_send().await;
        // The head may have been sent: then the body must not end as if it were whole.
        match result {
            Err(error) => assert!(error.contains("broke off"), "{fault:?}: {error}"),
            Ok(reply) => assert!(reply.status >= 500, "{fault:?}: {}", reply.summary()),
        }
        assert_eq!(scene.instance.arrived("/issues"), 1, "{fault:?}");
        scene.instance.heal();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stops_sending_is_given_up() {
    let scene = Scene::start().await;
    scene.warm().await;
    scene.instance.forget();
    let head = format!(
        "POST /api/v4/projects/20/issues HTTP/1.1\r\nHost: gate\r\nPRIVATE-TOKEN: {}\r\n\
         Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{{\"title\":",
        scene.bearer.text()
    );
    let answer = raw::exchange(scene.gate.address(), head.as_bytes(), Duration::from_secs(10)).await;
    assert_eq!(answer.status(), 408, "{}", answer.text());
    assert!(answer.closed, "the connection is of no further use");
    let made = scene.bearer.get("/projects/20/issues").await.assert_ok();
    assert_eq!(made.json(), json!([]), "half a request made nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_fails_refuses_the_request() {
    let scene = Scene::start().await;
    let cases = [
        (Fault::Drop, 502),
        (Fault::BadJson, 502),
        (Fault::OtherJson, 502),
        (Fault::Status(500), 502),
        (Fault::BreakBody, 502),
        (Fault::Hang, 504),
    ];
    for (fault, status) in cases {
        // The gate has not asked for this project yet, and remembers no failure.
        scene.instance.break_only("/api/v4/projects/22", fault);
        let reply = scene.bearer.call("GET", "/projects/22/issues").send().await;
        assert_eq!(scene.instance.arrived("/issues"), 0, "{fault:?}: forwarded although nothing is known");
        assert_gateway_error(&scene, &reply, status);
        scene.instance.heal();
    }
    scene.bearer.get("/projects/22/issues").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_down_is_a_clear_error() {
    let scene = Scene::start().await;
    scene.warm().await;
    scene.instance.shut_down();
    assert_gateway_error(&scene, &scene.bearer.get("/projects/20/issues").await, 502);
    assert_gateway_error(&scene, &scene.bearer.get("/projects/22/issues").await, 502);
    // What needs no instance goes on: refusals of the credential are the gate's own.
    scene.gate.nobody().get("/projects/20/issues").await.assert_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_the_instance_no_longer_takes() {
    let gate = TestGate::start().await;
    let bearer = gate.maintainer().token(&[project(world::WEB, &["read_work_item"])]).await;
    bearer.get("/projects/20/issues").await.assert_ok();
    gate.sandbox().revoke_native("maria");
    let reply = bearer.get("/projects/20/issues").await;
    assert!(reply.status == 401 || reply.status >= 500, "{}", reply.summary());
    // The client's token is fine: no answer may tell it that it was revoked.
    assert!(!reply.text().contains("revoked"), "{}", reply.summary());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_what_must_be_kept() {
    // No file may grow beyond a limit; with the signal ignored, writes fail as they do on a full disk.
    let limited = ["sh", "-c", "trap '' XFSZ; exec prlimit --fsize=700000 \"$@\"", "sh"];
    let gate = TestGate::builder().wrapped_by(&limited).start().await;
    let native = gate.maintainer().native();
    let body = json!({"name": "n".repeat(200), "description": "d".repeat(200), "granular_scopes": [project(world::WEB, &["read_work_item"])]});
    let mut made = Vec::new();
    let mut failed = None;
    for _ in 0..2000 {
        let reply = native.post("/user/personal_access_tokens", &body).await;
        if reply.status != 201 {
            failed = Some(reply);
            break;
        }
        made.push(reply.json()["token"].as_str().expect("shown once").to_owned());
    }
    let failed = failed.expect("the disk fills up");
    assert!(failed.status == 500 || failed.status == 503, "{}", failed.summary());
    assert!(failed.header("x-request-id").len() >= 16, "no request id: {}", failed.summary());
    // All that was acknowledged works, and the gate still serves.
    for text in [made.first(), made.last()].into_iter().flatten() {
        gate.holder_of(text).get("/projects/20/issues").await.assert_ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_stops_finishes_what_it_has_begun() {
    let mut scene = Scene::start().await;
    scene.warm().await;
    scene.instance.break_only("/issues", Fault::Late(Duration::from_secs(1)));
    let bearer = scene.bearer.clone();
    let begun = tokio::spawn(async move { bearer.get("/projects/20/issues").await });
    while scene.instance.arrived("/issues") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(scene.gate.process().terminate().await, "exit code 0: {}", scene.gate.output());
    begun.await.expect("the request was not cut").assert_ok();
    assert!(
        scene.bearer.call("GET", "/projects/20/issues").try_send().await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_whose_certificate_is_not_trusted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for trusted in [false, true] {
        let sandbox = start_sandbox().await;
        let front = TlsFront::before(&sandbox.address().to_string(), folder.path()).await;
        let trust = format!("--ca-file={}", front.certificate().display());
        let mut builder = TestGate::builder().sandbox(sandbox).instance(front.url()).connect_argument(&trust);
        if trusted {
            builder = builder.argument(&trust);
        }
        let mut token = String::new();
        let stocking = async |folder: &std::path::Path| {
            let grants = vec![stock::on_project(world::WEB, &["read_work_item".to_owned()])];
            token = Stock::open(folder).await.add("dev", TokenPrivileges::FineGrained(grants), None).await.1;
        };
        let gate = builder.start_with(stocking).await;
        let reply = gate.holder_of(&token).get("/projects/20/issues").await;
        if trusted {
            reply.assert_ok();
        } else {
            let id = reply.header("x-request-id").to_owned();
            assert!(id.len() >= 16 && reply.text().contains(&id), "no request id: {}", reply.summary());
            reply.assert_status(502);
        }
    }
}
