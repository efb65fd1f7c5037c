//! What a request's head costs, beside httparse on the same bytes:
//! `scripts/bench-parser` runs it and says what is due.
//!
//! The two take turns, and the shortest of many rounds counts: what else the
//! machine does can only add time. httparse passes over 16 or 32 bytes at
//! once where the processor can; it doesn't look for Host, and takes some
//! requests that ours refuses.

use std::hint::black_box;
use std::time::Instant;

use lesson_framing::Status;
use lesson_http::{Field, Limits, parse};

/// The request that parsers are often measured by, 9 fields, of
/// which one is long.
const USUAL: &[u8] = b"\
    GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg H\
    TTP/1.1\r\n\
    Host: www.kittyhell.com\r\n\
    User-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-\
    mac; rv:1.9.2.3) Gecko/20100401 Firefox/3.6.3 Pathtraq/0.9\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;\
    q=0.8\r\n\
    Accept-Language: ja,en-us;q=0.7,en;q=0.3\r\n\
    Accept-Encoding: gzip,deflate\r\n\
    Accept-Charset: Shift_JIS,utf-8;q=0.7,*;q=0.7\r\n\
    Keep-Alive: 115\r\n\
    Connection: keep-alive\r\n\
    Cookie: wp_ozh_wsa_visits=2; wp_ozh_wsa_visit_lasttime=xxxxxxxxxx;\
    \x20__utma=xxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.x; _\
    _utmz=xxxxxxxxx.xxxxxxxxxx.x.x.utmccn=(referral)|utmcsr=reader.liv\
    edoor.com|utmcct=/reader/|utmcmd=referral|padding=under256\r\n\
    \r\n";

/// What a browser of today sends for a page of this book: 15 fields.
const BROWSER: &[u8] = b"\
    GET /part-4-servers/16-http.html HTTP/1.1\r\n\
    Host: 127.0.0.1:8000\r\n\
    Connection: keep-alive\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KH\
    TML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,imag\
    e/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange\
    ;v=b3;q=0.7\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Sec-Fetch-Mode: navigate\r\n\
    Sec-Fetch-User: ?1\r\n\
    Sec-Fetch-Dest: document\r\n\
    Referer: http://127.0.0.1:8000/\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-US,en;q=0.9\r\n\
    \r\n";

/// As little as may be.
const SHORT: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const ROUNDS: usize = 2_000;
const TIMES: u32 = 200;

fn main() {
    println!("{:<28}    ours  httparse  ratio", "");
    for (name, bytes) in [
        ("the usual request", USUAL),
        ("a browser of today", BROWSER),
        ("one field", SHORT),
    ] {
        let (ours, other) = race(bytes);
        let title = format!("{name}, {} bytes", bytes.len());
        let ratio = ours / other;
        println!("{title:<28} {ours:4.0} ns   {other:4.0} ns   {ratio:.2}");
    }
}

/// The shortest times of both, in nanoseconds.
fn race(bytes: &[u8]) -> (f64, f64) {
    let (mut ours, mut other) = (f64::MAX, f64::MAX);
    let limits = Limits::default();
    let mut fields = [Field::EMPTY; 32];
    let mut headers = [httparse::EMPTY_HEADER; 32];
    for _ in 0..ROUNDS {
        ours = ours.min(time(|| {
            let parsed = parse(black_box(bytes), &limits, &mut fields);
            matches!(black_box(parsed), Ok(Status::Complete(_)))
        }));
        other = other.min(time(|| {
            let mut request = httparse::Request::new(&mut headers);
            let parsed = request.parse(black_box(bytes));
            black_box(&request);
            matches!(black_box(parsed), Ok(httparse::Status::Complete(_)))
        }));
    }
    (ours, other)
}

fn time(mut once: impl FnMut() -> bool) -> f64 {
    let began = Instant::now();
    for _ in 0..TIMES {
        assert!(once(), "the request isn't taken");
    }
    began.elapsed().as_nanos() as f64 / f64::from(TIMES)
}
