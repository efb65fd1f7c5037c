//! HEAD, 204 and 304: a body that never comes.
//!
//! A response to HEAD has the fields that GET would get, Content-Length among
//! them, and no body. So has 304; and 204 has neither (RFC 9112, section 6.3;
//! RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5). Whoever looks at the fields
//! alone waits for a body, and takes for it what comes next.

use std::io;

use narrator::say;

use super::stage::{Stage, quoted};

const HEAD: &str = "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n";

/// Requests that the client sends one after the other, and the responses.
const EXCHANGES: [(&str, &str, &str); 3] = [
    ("HEAD", HEAD, "200 OK"),
    (
        "GET",
        "GET /a HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v1\"\r\n\r\n",
        "304 Not Modified",
    ),
    ("DELETE", "DELETE /a HTTP/1.1\r\nHost: a\r\n\r\n", "204 No Content"),
];

const AFTER: &str = "GET /b HTTP/1.1\r\nHost: a\r\n\r\n";
const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";

/// What no server may send to HEAD: its body is somebody's text.
const WITH_BODY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n\
    HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

/// Each of the three, and a response after it, read in both ways. Then a
/// server that sends a body to HEAD.
pub fn run() -> io::Result<()> {
    for (method, request, status) in EXCHANGES {
        let mut stage = Stage::open()?;
        stage.client_sends([request, AFTER].concat().as_bytes())?;
        stage.server_receives()?;
        let length = match status {
            "204 No Content" => "",
            _ => "Content-Length: 31\r\n",
        };
        let first = format!("HTTP/1.1 {status}\r\n{length}\r\n");
        stage.server_sends([first.as_str(), ANSWER].concat().as_bytes())?;
        let bytes = stage.client_receives()?;
        both(&bytes, &[method, "GET"]);
    }
    say("server", "believes", "that a body to HEAD does no harm");
    let mut stage = Stage::open()?;
    stage.client_sends([HEAD, AFTER].concat().as_bytes())?;
    stage.server_receives()?;
    stage.server_sends([WITH_BODY, ANSWER].concat().as_bytes())?;
    both(&stage.client_receives()?, &["HEAD", "GET"]);
    Ok(())
}

fn both(bytes: &[u8], methods: &[&str]) {
    read("naive", bytes, methods, |_, _| true);
    read("careful", bytes, methods, may_have_body);
}

// ANCHOR: rule
/// RFC 9112, section 6.3, the first rule: it comes before every length.
fn may_have_body(method: &str, status: &str) -> bool {
    let never = status.starts_with('1') || status == "204" || status == "304";
    method != "HEAD" && !never
}
// ANCHOR_END: rule

/// What a client takes for the responses to its requests.
fn read(
    who: &str,
    bytes: &[u8],
    methods: &[&str],
    may_have_body: fn(&str, &str) -> bool,
) {
    let mut rest = bytes;
    for method in methods {
        let end = rest.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            say(who, method, "waits for a response");
            return;
        };
        let (head, body) = rest.split_at(end + 4);
        let head = String::from_utf8_lossy(head);
        let line = head.lines().next().unwrap_or_default();
        let status = line.split(' ').nth(1).unwrap_or_default();
        let length = match may_have_body(method, status) {
            true => length(&head).unwrap_or(body.len()),
            false => 0,
        };
        let (body, next) = body.split_at(length.min(body.len()));
        let body = match body {
            [] => "no body".to_string(),
            body => quoted(body),
        };
        say(who, method, format_args!("{line}, {body}"));
        rest = next;
    }
    if !rest.is_empty() {
        say(who, "left over", quoted(rest));
    }
}

/// Without a length the body lasts until the connection ends.
fn length(head: &str) -> Option<usize> {
    head.lines()
        .filter_map(|line| line.strip_prefix("Content-Length: "))
        .find_map(|value| value.parse().ok())
}
