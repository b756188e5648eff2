use super::*;
use http::Request;

fn found(build: impl FnOnce(http::request::Builder) -> http::request::Builder) -> Result<String, String> {
    let head = build(Request::builder().uri("/a")).body(()).unwrap().into_parts().0;
    match in_head(&head, &Prefixes::default()) {
        Ok(Presented::Nothing) => Ok("nothing".to_owned()),
        Ok(Presented::Ours(_)) => Ok("ours".to_owned()),
        Ok(Presented::Foreign(digest, _)) if digest == TokenDigest::of("glpat-x") => Ok("glpat-x".to_owned()),
        Ok(Presented::Foreign(..)) => Ok("foreign".to_owned()),
        Err(refusal) => Err(refusal.as_str().to_owned()),
    }
}

#[test]
fn one_credential_is_found_wherever_it_is() {
    let basic = format!("Basic {}", STANDARD.encode("anybody:glpat-x"));
    for (name, value) in [
        ("authorization", "Bearer glpat-x"),
        ("authorization", "bearer  glpat-x"),
        ("authorization", &basic),
        ("private-token", "glpat-x"),
        ("job-token", "glpat-x"),
    ] {
        assert_eq!(found(|request| request.header(name, value)), Ok("glpat-x".to_owned()), "{name}: {value}");
    }
    for uri in ["/a?private_token=glpat-x", "/a?b&access_token=glpat%2Dx", "/a?job_token[]=glpat-x"] {
        assert_eq!(found(|request| request.uri(uri)), Ok("glpat-x".to_owned()), "{uri}");
    }
    assert_eq!(found(|request| request), Ok("nothing".to_owned()));
}

#[test]
fn two_different_credentials_are_refused() {
    let refused = Err("two_credentials".to_owned());
    let two = |a: &'static str, b: &'static str| {
        found(move |request| request.header("private-token", a).header("authorization", b))
    };
    assert_eq!(two("glpat-x", "Bearer glpat-y"), refused);
    assert_eq!(two("glpat-x", "Bearer glpat-x"), Ok("glpat-x".to_owned()));
    let in_one = |name: &'static str, a: &'static str, b: &'static str| {
        found(move |request| request.header(name, a).header(name, b))
    };
    assert_eq!(in_one("private-token", "glpat-x", "glpat-y"), refused);
    assert_eq!(in_one("authorization", "Bearer glpat-x", "Bearer glpat-y"), refused);
    assert_eq!(in_one("authorization", "Bearer glpat-x", "Bearer glpat-x"), Ok("glpat-x".to_owned()));
    let mixed = found(|request| request.uri("/a?private_token=glpat-y").header("private-token", "glpat-x"));
    assert_eq!(mixed, refused);
}

#[test]
fn malformed_credentials_are_refused() {
    let damaged = format!("ngpat-{}", "0".repeat(33));
    for (name, value) in [
        ("authorization", "glpat-x"),
        ("authorization", "Digest glpat-x"),
        ("authorization", "Basic !"),
        ("authorization", "Basic eA=="),
        ("authorization", "Bearer "),
        ("private-token", ""),
        ("private-token", damaged.as_str()),
    ] {
        let refused = found(|request| request.header(name, value));
        assert_eq!(refused, Err("malformed".to_owned()), "{name}: {value}");
    }
}

#[test]
fn sudo_is_refused_wherever_it_is() {
    for uri in ["/a?sudo=root", "/a?b=1&%73udo=1", "/a?[sudo]=1"] {
        let head = Request::builder().uri(uri).body(()).unwrap().into_parts().0;
        assert!(matches!(refuse_sudo(&head), Err(Refusal::Sudo)), "{uri}");
    }
    let head = Request::builder().uri("/a?b=sudo").header("Sudo", "1").body(()).unwrap().into_parts().0;
    assert!(matches!(refuse_sudo(&head), Err(Refusal::Sudo)));
}
