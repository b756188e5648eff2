use super::*;
use http::Request;

fn found(build: impl FnOnce(http::request::Builder) -> http::request::Builder) -> Result<String, String> {
    let head = build(Request::builder().uri("/a")).body(()).unwrap().into_parts().0;
    match in_head(&head, &Prefixes::default()) {
        Ok(Presented::Nothing) => Ok("nothing".to_owned()),
        Ok(Presented::Ours(_)) => Ok("ours".to_owned()),
        Ok(Presented::Foreign(found)) if found.digest == TokenDigest::of("glpat-x") => {
            Ok("glpat-x".to_owned())
        }
        Ok(Presented::Foreign(found)) if found.is_job => Ok("job".to_owned()),
        Ok(Presented::Foreign(_)) => Ok("foreign".to_owned()),
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
fn job_tokens_come_as_such() {
    let basic = |user: &str, token: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{token}")));
    for (name, value, expected) in [
        ("job-token", "glcbt-1", "job"),
        ("authorization", &basic("gitlab-ci-token", "64_abc"), "job"),
        ("authorization", "Bearer glcbt-1", "job"),
        ("private-token", "glcbt-1", "foreign"),
        ("authorization", &basic("dev", "glcbt-1"), "foreign"),
    ] {
        assert_eq!(found(|request| request.header(name, value)), Ok(expected.to_owned()), "{name}: {value}");
    }
    let own = job_token();
    let own = own.expose();
    for (name, value, expected) in [
        ("job-token", own.to_owned(), Ok("ours".to_owned())),
        ("authorization", basic("gitlab-ci-token", own), Ok("ours".to_owned())),
        ("authorization", format!("Bearer {own}"), Ok("ours".to_owned())),
        ("authorization", basic("dev", own), Err("unknown".to_owned())),
        ("private-token", own.to_owned(), Err("unknown".to_owned())),
    ] {
        assert_eq!(found(|request| request.header(name, &value)), expected, "{name}");
    }
}

fn job_token() -> narrowgate_secret::PlainToken {
    use rand::SeedableRng;
    narrowgate_secret::mint(Prefixes::default().job(), &mut rand::rngs::StdRng::seed_from_u64(1))
}
