//! Stands between the gate and the sandbox, and misbehaves on demand.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::bearer::{HttpClient, http_client};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed without an answer.
    Drop,
    /// No answer ever comes.
    Hang,
    /// The answer's head and half of its body arrive, then the connection is closed.
    BreakBody,
    /// The answer's head and half of its body arrive, then nothing more.
    StallBody,
    /// The sandbox answers, but late.
    Late(Duration),
    /// 200 with `application/json` and a body that is none.
    BadJson,
    /// 200 with JSON of another shape.
    OtherJson,
    /// The status, with a body of GitLab's kind.
    Status(u16),
}

/// The head of a request as it arrived from the gate, secrets included: for comparisons, not for messages.
#[derive(Clone)]
pub struct Head {
    /// Method and target, as in a request line.
    pub line: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Head").field("line", &self.line).field("headers", &names).finish()
    }
}

impl Head {
    fn of(request: &Request<Incoming>) -> Self {
        let text =
            |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            line: format!("{} {}", request.method(), request.uri()),
            headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        }
    }

    /// Every value of the header.
    pub fn values<'h>(&'h self, name: &str) -> Vec<&'h str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }
}

#[derive(Default)]
struct Plan {
    rules: Vec<(String, Fault)>,
    answers: BTreeMap<String, String>,
    seen: Vec<Head>,
}

/// An HTTP server before the sandbox: passes every request on, save those that a rule names.
#[derive(Clone)]
pub struct FaultyInstance {
    address: std::net::SocketAddr,
    plan: Arc<Mutex<Plan>>,
    listener: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl std::fmt::Debug for FaultyInstance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyInstance").field("address", &self.address).finish_non_exhaustive()
    }
}

impl FaultyInstance {
    /// Starts before the instance at `upstream` (a URL without a slash at its end).
    pub async fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let plan = Arc::new(Mutex::new(Plan::default()));
        let task = tokio::spawn(accept(listener, upstream.to_owned(), Arc::clone(&plan)));
        Self { address, plan, listener: Arc::new(Mutex::new(Some(task))) }
    }

    /// Its URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, requests whose request line contains `text` suffer `fault`, and no others.
    pub fn break_only(&self, text: &str, fault: Fault) {
        let mut plan = self.plan.lock().expect("no holder panics");
        plan.rules = vec![(text.to_owned(), fault)];
        plan.seen.clear();
    }

    /// Answers `GET` of the target (compared after decoding) with this JSON, for what the sandbox doesn't know.
    pub fn answer(&self, target: &str, body: &str) {
        self.plan.lock().expect("no holder panics").answers.insert(target.to_owned(), body.to_owned());
    }

    /// From now on, all is well.
    pub fn heal(&self) {
        self.plan.lock().expect("no holder panics").rules.clear();
    }

    /// How many requests whose request line contains `text` have arrived since the last [`Self::break_only`].
    pub fn arrived(&self, text: &str) -> usize {
        self.heads().iter().filter(|head| head.line.contains(text)).count()
    }

    /// The head of every request since the last [`Self::break_only`] or [`Self::forget`].
    pub fn heads(&self) -> Vec<Head> {
        self.plan.lock().expect("no holder panics").seen.clone()
    }

    /// Forgets the requests seen so far.
    pub fn forget(&self) {
        self.plan.lock().expect("no holder panics").seen.clear();
    }

    /// Stops listening and closes every connection: the instance is down.
    pub fn shut_down(&self) {
        if let Some(task) = self.listener.lock().expect("no holder panics").take() {
            task.abort();
        }
    }
}

async fn accept(listener: TcpListener, upstream: String, plan: Arc<Mutex<Plan>>) {
    let http = http_client();
    // Held here, so that aborting this task closes the connections too.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, upstream.clone(), Arc::clone(&plan), http.clone()));
    }
}

async fn serve(stream: TcpStream, upstream: String, plan: Arc<Mutex<Plan>>, http: HttpClient) {
    let service = service_fn(|request| answer(request, &upstream, &plan, &http));
    // A fault ends the connection with an error: that is what the test asked for.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

async fn answer(
    request: Request<Incoming>,
    upstream: &str,
    plan: &Mutex<Plan>,
    http: &HttpClient,
) -> Result<Response<Halting>, io::Error> {
    let target = request.uri().to_string();
    let line = format!("{} {target}", request.method());
    let fault = {
        let mut plan = plan.lock().expect("no holder panics");
        plan.seen.push(Head::of(&request));
        if let Some(body) = plan.answers.get(&decoded(&line)) {
            return Ok(made_up(200, body));
        }
        plan.rules.iter().find(|(text, _)| line.contains(text)).map(|(_, fault)| *fault)
    };
    match fault {
        Some(Fault::Drop) => return Err(io::Error::other("dropped on purpose")),
        Some(Fault::Hang) => std::future::pending::<()>().await,
        Some(Fault::Late(pause)) => tokio::time::sleep(pause).await,
        Some(Fault::BadJson) => return Ok(made_up(200, "{\"id\": 20, \"na")),
        Some(Fault::OtherJson) => return Ok(made_up(200, "[\"not\", \"what\", \"was\", \"asked\"]")),
        Some(Fault::Status(status)) => {
            return Ok(made_up(status, &format!("{{\"message\":\"{status} made up\"}}")));
        }
        Some(Fault::BreakBody | Fault::StallBody) | None => {}
    }
    let answer = pass_on(request, &target, upstream, http).await?;
    Ok(match fault {
        Some(Fault::BreakBody) => answer.map(|body| Halting::half(&body, End::Break)),
        Some(Fault::StallBody) => answer.map(|body| Halting::half(&body, End::Stall)),
        _ => answer.map(Halting::whole),
    })
}

fn decoded(line: &str) -> String {
    percent_encoding::percent_decode_str(line.strip_prefix("GET ").unwrap_or_default())
        .decode_utf8_lossy()
        .into_owned()
}

async fn pass_on(
    request: Request<Incoming>,
    target: &str,
    upstream: &str,
    http: &HttpClient,
) -> Result<Response<Bytes>, io::Error> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    head.uri = format!("{upstream}{target}").parse().map_err(io::Error::other)?;
    head.headers.remove("transfer-encoding");
    let answer = http.request(Request::from_parts(head, Full::new(body))).await.map_err(io::Error::other)?;
    let (mut head, body) = answer.into_parts();
    head.headers.remove("transfer-encoding");
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    Ok(Response::from_parts(head, body))
}

fn made_up(status: u16, body: &str) -> Response<Halting> {
    let mut response = Response::new(Halting::whole(Bytes::copy_from_slice(body.as_bytes())));
    *response.status_mut() = StatusCode::from_u16(status).expect("a test names a real status");
    response
        .headers_mut()
        .insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    response
}

#[derive(Clone, Copy, Debug)]
enum End {
    Proper,
    Break,
    Stall,
}

/// A body that may halt half-way while its head promised more.
#[derive(Debug)]
struct Halting {
    promised: u64,
    chunk: Option<Bytes>,
    end: End,
}

impl Halting {
    fn whole(body: Bytes) -> Self {
        Self { promised: body.len() as u64, chunk: Some(body), end: End::Proper }
    }

    fn half(body: &Bytes, end: End) -> Self {
        Self { promised: body.len() as u64, chunk: Some(body.slice(..body.len() / 2)), end }
    }
}

impl Body for Halting {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(chunk) = self.chunk.take() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.end {
            End::Proper => Poll::Ready(None),
            End::Break => Poll::Ready(Some(Err(io::Error::other("broken on purpose")))),
            // Nobody is woken again: the connection hangs until the other side gives up.
            End::Stall => Poll::Pending,
        }
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.promised)
    }
}
