//! A body that nobody read isn't gone.
//!
//! It lies where the next request is looked for. A server that answers before
//! it has read the body must read it all the same, or close the connection
//! (RFC 9112, section 9.3).
//!
//! Here a client sends one request, whose body is made to look like another.
//! A web page may send such a body to any server, from any visitor's browser.

use std::io;

use lesson_framing::Status;
use lesson_http::{Body, Field, Limits, Request, body, parse};
use narrator::say;

use super::stage::{Stage, quoted};

/// Its body is the second half.
const REQUEST: &str = "POST /nothing HTTP/1.1\r\nHost: a\r\n\
    Content-Length: 35\r\n\r\nDELETE /notes HTTP/1.1\r\nHost: a\r\n\r\n";

const NEXT: &str = "GET /news HTTP/1.1\r\nHost: a\r\n\r\n";

/// A body that is longer than anybody wants to read, and its beginning.
const LONG: &str = "POST /nothing HTTP/1.1\r\nHost: a\r\n\
    Content-Length: 1000000\r\n\r\nDELETE /notes HTTP/1.1\r\n";

/// The most that the server reads and throws away, to keep a connection.
const DRAIN: u64 = 1000;

/// What the server does with a body that its handler didn't want.
#[derive(Clone, Copy)]
enum Unread {
    Forget,
    DrainOrClose,
}

/// The body is forgotten, drained, and too long to be drained.
pub fn run() -> io::Result<()> {
    let both = [REQUEST, NEXT].concat();
    say("server", "forgets", "the body that its handler didn't read");
    exchange(Unread::Forget, &both)?;
    say("server", "drains", "the body: reads it, and throws it away");
    exchange(Unread::DrainOrClose, &both)?;
    say("server", "closes", "where there is too much to drain");
    exchange(Unread::DrainOrClose, LONG)
}

fn exchange(unread: Unread, bytes: &str) -> io::Result<()> {
    let mut stage = Stage::open()?;
    stage.client_sends(bytes.as_bytes())?;
    let bytes = stage.server_receives()?;
    serve(&mut stage, unread, &bytes)?;
    let bytes = stage.client_receives()?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter(|line| line.starts_with("HTTP/"));
    lines.for_each(|line| say("client", "recv", line));
    Ok(())
}

// ANCHOR: serve
/// Answers one request after the other.
fn serve(stage: &mut Stage, unread: Unread, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let mut fields = [Field::EMPTY; 20];
        let found = parse(rest, &Limits::default(), &mut fields);
        let found = found.map_err(io::Error::other)?;
        let Status::Complete((request, head)) = found else { break };
        rest = &rest[head..];
        let Request { method, target, .. } = request;
        say("server", "request", format_args!("{method} {target}"));
        let length = match body(&request).map_err(io::Error::other)? {
            Body::Length(length) => length,
            _ => 0,
        };
        let drained = matches!(unread, Unread::DrainOrClose);
        if drained && length > DRAIN {
            say("server", "body", format_args!("{length} bytes, too many"));
            return answer(stage, method, "Connection: close\r\n");
        }
        answer(stage, method, "")?;
        if drained && length > 0 {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let body = &rest[..length.min(rest.len())];
            say("server", "drain", quoted(body));
            rest = &rest[body.len()..];
        }
    }
    Ok(())
}
// ANCHOR_END: serve

/// The handler looks at the head only.
fn answer(stage: &mut Stage, method: &str, field: &str) -> io::Result<()> {
    let status = match method {
        "GET" => "204 No Content",
        "DELETE" => "200 Deleted",
        _ => "404 Not Found",
    };
    let length = match method {
        "GET" => "",
        _ => "Content-Length: 0\r\n",
    };
    let head = format!("HTTP/1.1 {status}\r\n{length}{field}\r\n");
    stage.server_sends(head.as_bytes())
}
