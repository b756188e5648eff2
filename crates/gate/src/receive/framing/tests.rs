use super::*;
use proptest::prelude::*;

/// Feeds `bytes` in pieces of the given sizes, and gives the verdicts on the first `requests` requests.
fn verdicts(bytes: &[u8], sizes: &[usize], requests: usize) -> Vec<Result<(), Violation>> {
    let verdicts = Verdicts::default();
    let mut tracker = Tracker::new(4096);
    let mut rest = bytes;
    let mut sizes = sizes.iter().copied().cycle();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().unwrap_or(1).clamp(1, rest.len()));
        tracker.feed(piece, &verdicts);
        rest = after;
    }
    (0..requests).map(|_| verdicts.next()).collect()
}

fn both_ways(bytes: &str, expected: &[Result<(), Violation>]) {
    for sizes in [&[usize::MAX][..], &[1], &[7, 2]] {
        assert_eq!(verdicts(bytes.as_bytes(), sizes, expected.len()), expected, "{bytes:?} in {sizes:?}");
    }
}

#[test]
fn plain_requests_are_counted() {
    let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    both_ways(get, &[Ok(()), Err(Violation::OutOfSync)]);
    both_ways(&get.repeat(3), &[Ok(()), Ok(()), Ok(()), Err(Violation::OutOfSync)]);
    both_ways(&format!("\r\n{get}"), &[Ok(()), Err(Violation::OutOfSync)]);
}

#[test]
fn bodies_are_passed_over() {
    let fixed =
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nGET /b HTTP/1.1\r\nHost: evil\r\n\r";
    both_ways(fixed, &[Ok(()), Err(Violation::OutOfSync)]);
    let chunked = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
                   5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n";
    both_ways(chunked, &[Ok(()), Ok(()), Err(Violation::OutOfSync)]);
}

#[test]
fn contradictions_are_refused() {
    use Violation::*;
    for (head, violation) in [
        (
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            ConflictingLength,
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            ConflictingLength,
        ),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", InvalidContentLength),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", InvalidTransferEncoding),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", InvalidTransferEncoding),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            InvalidTransferEncoding,
        ),
        ("GET / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", InvalidTransferEncoding),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n", InvalidHeader),
        ("GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", InvalidHeader),
        ("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", InvalidHeader),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", FoldedHeader),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\n\r\n\r\n", BareLineEnd),
        ("GET / HTTP/1.1\nHost: x\r\n\r\n", BareLineEnd),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", BareLineEnd),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", BareLineEnd),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\u{1}b\r\n\r\n", InvalidHeader),
        ("GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n", HostRepeated),
        ("GET / HTTP/1.1\r\n\r\n", HostMissing),
        ("GET / HTTP/1.0\r\n\r\n", HostMissing),
        ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequestLine),
        ("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", InvalidRequestLine),
        ("GET / HTTP/1.2\r\nHost: x\r\n\r\n", InvalidRequestLine),
        ("GET /\r\nHost: x\r\n\r\n", InvalidRequestLine),
        ("G\u{7}T / HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequestLine),
        ("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", AbsoluteForm),
        ("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", AuthorityForm),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", AsteriskForm),
        ("GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", Fragment),
    ] {
        let again = format!("{head}GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        both_ways(&again, &[Err(violation), Err(violation)]);
    }
}

#[test]
fn malformed_chunks_break_the_connection() {
    for body in
        ["5 \r\nhello\r\n", "x\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n", "-1\r\n", "10000000000000000\r\n"]
    {
        let bytes = format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        both_ways(&bytes, &[Ok(()), Err(Violation::InvalidChunk)]);
    }
}

#[test]
fn long_heads_are_refused() {
    let bytes = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(5000));
    both_ways(&bytes, &[Err(Violation::HeadTooLarge)]);
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: aaaaaaaa\r\n".repeat(500));
    both_ways(&many, &[Err(Violation::HeadTooLarge)]);
}

proptest! {
    #[test]
    fn pieces_do_not_matter(
        heads in prop::collection::vec("(GET|POST) /[a-c]{0,3} HTTP/1\\.[01]\r\nHost: x\r\n(Content-Length: [0-9]\r\n|X: y\n|Transfer-Encoding: chunked\r\n|A : b\r\n)?\r\n[a-z0-9\r\n]{0,12}", 1..4),
        sizes in prop::collection::vec(1_usize..20, 1..6),
    ) {
        let bytes = heads.concat();
        prop_assert_eq!(verdicts(bytes.as_bytes(), &sizes, 5), verdicts(bytes.as_bytes(), &[usize::MAX], 5));
    }
}
