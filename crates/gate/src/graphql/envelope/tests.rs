use super::*;

fn read(query: &str, content: Content, body: &str) -> Result<Envelope, Violation> {
    envelope(query, content, body.as_bytes(), true)
}

fn one(query: &str, content: Content, body: &str) -> Request {
    let mut envelope = read(query, content, body).unwrap();
    assert_eq!((envelope.requests.len(), envelope.is_batch), (1, false));
    envelope.requests.remove(0)
}

fn request(query: &str, operation: Option<&str>, variables: Option<&str>) -> Request {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Request { query: Some(query.to_owned()), operation_name: owned(operation), variables: owned(variables) }
}

#[test]
fn documents_come_in_several_ways() {
    for (query, content, body) in [
        ("", Content::Json, r#"{"query":"{a}","operationName":"A","variables":{"n": 1.10}}"#),
        (
            "",
            Content::Json,
            r#" {"variables":{"n": 1.10},"extensions":{"x":[1]},"operationName":"A","query":"{\u0061}"}"#,
        ),
        ("", Content::Form, "query=%7Ba%7D&operationName=A&variables=%7B%22n%22%3A+1.10%7D"),
        ("", Content::Form, "query=%7Ba%7D;operationName=A;utf8=x&variables=%7B%22n%22%3A+1.10%7D"),
        ("query=%7Ba%7D&operationName=A&variables=%7B%22n%22%3A+1.10%7D", Content::Opaque, ""),
        ("private_token=x&query=%7Ba%7D&operationName=A&variables=%7B%22n%22%3A+1.10%7D", Content::Form, ""),
    ] {
        assert_eq!(
            one(query, content, body),
            request("{a}", Some("A"), Some(r#"{"n": 1.10}"#)),
            "{query}{body}"
        );
    }
    for (query, content, body) in [
        ("", Content::Json, r#"{"query":"{a}","operationName":null,"variables":null}"#),
        ("", Content::Json, r#"{"query":"{a}","operationName":""}"#),
        ("query=%7Ba%7D&operationName=&variables=", Content::Json, ""),
    ] {
        assert_eq!(one(query, content, body), request("{a}", None, None), "{query}{body}");
    }
    for (content, body) in
        [(Content::Json, "{}"), (Content::Json, r#"{"query":null}"#), (Content::Form, "a=b")]
    {
        assert_eq!(one("", content, body), Request::default(), "{body}");
    }
    assert_eq!(one("", Content::Opaque, "{ not looked at }"), Request::default());
}

#[test]
fn arrays_are_batches() {
    let batch = read("", Content::Json, r#"[{"query":"{a}"},{"query":"{b}","variables":"{}"}]"#).unwrap();
    assert!(batch.is_batch);
    assert_eq!(batch.requests, [request("{a}", None, None), request("{b}", None, Some("\"{}\""))]);
    assert!(read("", Content::Json, r#"[{"query":"{a}"}]"#).unwrap().is_batch);
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    use Violation::*;
    for (query, content, body, violation) in [
        ("", Content::Json, r#"{"query":"{a}","query":"{b}"}"#, RepeatedKey),
        ("", Content::Json, r#"{"query":"{a}","\u0071uery":"{b}"}"#, RepeatedKey),
        ("", Content::Json, r#"{"query":"{a}","x":{"y":1,"y":1}}"#, RepeatedKey),
        ("", Content::Json, r#"{"query":"{a}","variables":{"a":{"b":1,"b":2}}}"#, RepeatedKey),
        ("", Content::Json, r#"[{"query":"{a}","operationName":"A","operationName":"B"}]"#, RepeatedKey),
        ("", Content::Json, r#"{"query":["{a}"]}"#, InvalidBody),
        ("", Content::Json, r#"{"query":"{a}","operationName":7}"#, InvalidBody),
        ("", Content::Json, r#"[[{"query":"{a}"}]]"#, InvalidBody),
        ("", Content::Json, "[]", InvalidBody),
        ("", Content::Json, r#""{a}""#, InvalidBody),
        ("", Content::Json, r#"{"query":"{a}"} {}"#, InvalidBody),
        ("", Content::Json, r#"{"query":"{a}" /* */}"#, InvalidBody),
        ("", Content::Json, "\u{feff}{}", InvalidBody),
        ("query=%7Ba%7D", Content::Json, r#"{"query":"{b}"}"#, RepeatedParameter),
        ("operationName=B", Content::Json, r#"{"query":"{b}"}"#, RepeatedParameter),
        ("variables={}", Content::Form, "query=%7Bb%7D", RepeatedParameter),
        ("query=%7Ba%7D&query=%7Bb%7D", Content::Opaque, "", RepeatedParameter),
        ("query=%7Ba%7D&qu%65ry=%7Bb%7D", Content::Opaque, "", RepeatedParameter),
        ("", Content::Form, "query=%7Ba%7D;query=%7Bb%7D", RepeatedParameter),
        ("query[]=%7Ba%7D", Content::Opaque, "", InvalidBody),
        ("query=%7Ba%7D&variables[n]=1", Content::Opaque, "", InvalidBody),
        ("query=%7Ba%7D&variables=%7B%22n%22:1,%22n%22:2%7D", Content::Opaque, "", InvalidBody),
        ("query=%7Ba%7D&variables=n", Content::Opaque, "", InvalidBody),
        ("", Content::Form, "_json[][query]=%7Ba%7D", InvalidBody),
    ] {
        assert_eq!(read(query, content, body), Err(violation), "{query} {body}");
    }
}

#[test]
fn what_is_written_is_what_was_read() {
    let head = || http::Request::get("/api/graphql?query=x&private_token=y").body(()).unwrap().into_parts().0;
    let mut received = Received { method: Method::Get, head: Box::new(head()), body: Payload::Empty };
    let single = read(
        "",
        Content::Json,
        r#"{"_json":[{"query":"mutation{a}"}],"query":"{b}","variables":{"n": 1.10}}"#,
    );
    let body = single.unwrap().write(&mut received).unwrap();
    assert_eq!(body, r#"{"query":"{b}","variables":{"n": 1.10}}"#);
    assert_eq!(
        (received.head.method.as_str(), received.head.uri.to_string()),
        ("POST", "/api/graphql".to_owned())
    );
    assert_eq!(received.head.headers[CONTENT_LENGTH], body.len().to_string());
    let batch = read("", Content::Json, r#"[{"query":"{b}","operationName":"B"}]"#).unwrap();
    assert_eq!(batch.write(&mut received).unwrap(), r#"[{"query":"{b}","operationName":"B"}]"#);
}

#[test]
fn read_api_admits_queries_only() {
    let admits = |body: &str| read("", Content::Json, body).unwrap().scopes().contains(Scope::ReadApi);
    assert!(admits(r#"{"query":"{ currentUser { id } }"}"#));
    assert!(admits(r#"{"query":"{ __schema { mutationType { name } } }"}"#));
    assert!(admits(r#"[{"query":"{ a }"},{"query":"query { b }"}]"#));
    assert!(admits("{}"), "nothing is asked");
    assert!(!admits(r#"{"query":"mutation { a }"}"#));
    assert!(!admits(r#"{"query":"muta\u0074ion { a }"}"#));
    assert!(!admits(r#"{"query":"query A { a } mutation B { b }","operationName":"A"}"#));
    assert!(!admits(r#"[{"query":"{ a }"},{"query":"mutation { b }"}]"#));
    assert!(!admits(r#"{"query":"{ mutation"}"#), "what can't be read");
}
