//! One request and its response, every part named.
//!
//! ```text
//! start line   GET /hello?to=you HTTP/1.1    HTTP/1.1 200 OK
//! fields       Host: example.org             Content-Length: 11
//! empty line
//! body                                       hello, you!
//! ```
//!
//! The server sends no Date, which a real one must if it has a clock
//! (RFC 9110, section 6.6.1): a transcript is the same every day. `serve`
//! sends it.

use std::io;

use clap::Args;
use lesson_framing::Status;
use lesson_http::{Body, ChunkedDecoder, Field, Limits, Piece};
use lesson_http::{Refusal, Request, body, parse};
use narrator::{line, say};
use serde::Serialize;

use super::stage::{Stage, quoted};

#[derive(Args, Default)]
pub struct Record {
    /// Print requests and their parts as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

/// Some bytes of a message, and what they are for.
#[derive(Serialize)]
struct Part {
    name: &'static str,
    at: usize,
    length: usize,
    why: &'static str,
}

const REQUEST: &[u8] = b"GET /hello?to=you HTTP/1.1\r\nHost: example.org\r\n\
    Accept: text/plain\r\n\r\n";

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\
    Content-Length: 11\r\n\r\nhello, you!";

/// Sends both over a connection, and names their parts.
pub fn run(record: Record) -> io::Result<()> {
    if record.json {
        return print();
    }
    let mut stage = Stage::open()?;
    stage.client_sends(REQUEST)?;
    let bytes = stage.server_receives()?;
    say("server", "recv", format_args!("{} bytes", bytes.len()));
    let (parts, verdict) = take_apart(&bytes);
    tell("request", &bytes, &parts);
    say("server", "verdict", verdict);
    stage.server_sends(RESPONSE)?;
    let bytes = stage.client_receives()?;
    say("client", "recv", format_args!("{} bytes", bytes.len()));
    tell("answer", &bytes, &response(&bytes));
    Ok(())
}

fn tell(who: &str, bytes: &[u8], parts: &[Part]) {
    for Part { name, at, length, why } in parts {
        let text = quoted(&bytes[*at..at + length]);
        let name = name.trim_start_matches("field ");
        say(who, name, format_args!("{text:<19} byte {at:>2}: {why}"));
    }
}

/// The parts of a request, and what comes of it.
fn take_apart(bytes: &[u8]) -> (Vec<Part>, String) {
    match read(bytes) {
        Ok(Some(read)) => read,
        Ok(None) => (Vec::new(), "not whole yet".to_string()),
        Err(refusal) => (Vec::new(), format!("refused, {refusal}")),
    }
}

// ANCHOR: parts
fn read(bytes: &[u8]) -> Result<Option<(Vec<Part>, String)>, Refusal> {
    let mut fields = [Field::EMPTY; 20];
    let found = parse(bytes, &Limits::default(), &mut fields)?;
    let Status::Complete((request, head)) = found else { return Ok(None) };
    let mut parts = request_parts(&request, bytes, head);
    let verdict = match body(&request)? {
        Body::None => "accepted, no body".to_string(),
        Body::Chunked => {
            let length = decode(&bytes[head..]).map_err(|refusal| Refusal {
                at: head + refusal.at,
                ..refusal
            })?;
            format!("accepted, chunks of {length} bytes in all")
        }
        Body::Length(length) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let why = "as many bytes as Content-Length says";
            parts.push(Part { name: "body", at: head, length, why });
            format!("accepted, a body of {length} bytes")
        }
    };
    Ok(Some((parts, verdict)))
}

/// How much is in the chunks that are there.
fn decode(mut bytes: &[u8]) -> Result<usize, Refusal> {
    let mut decoder = ChunkedDecoder::new(&Limits::default());
    let mut length = 0;
    while let Status::Complete(Piece::Data(data)) = decoder.next(&mut bytes)? {
        length += data.len();
    }
    Ok(length)
}

fn request_parts(
    request: &Request<'_, '_>,
    bytes: &[u8],
    head: usize,
) -> Vec<Part> {
    let mut parts = Parts::default();
    parts.put("method", request.method.len(), "what is to be done");
    parts.at += 1;
    parts.put("target", request.target.len(), "with what");
    parts.at += 1;
    parts.put("version", "HTTP/1.1".len(), "whose rules it keeps");
    parts.put("line end", 2, "CR and LF");
    for field in request.fields {
        parts.put("field name", field.name.len(), "in any case");
        parts.at = field.at;
        parts.put("field value", field.value.len(), "without the spaces");
        // Spaces may be between the value and the line's end.
        let rest = bytes[parts.at..head].iter();
        parts.at += rest.take_while(|&&byte| byte != b'\r').count();
        parts.put("line end", 2, "CR and LF");
    }
    parts.at = head - 2;
    parts.put("blank line", 2, "the end of the head");
    parts.list
}

#[derive(Default)]
struct Parts {
    list: Vec<Part>,
    /// Where the next one begins.
    at: usize,
}

impl Parts {
    fn put(&mut self, name: &'static str, length: usize, why: &'static str) {
        self.list.push(Part { name, at: self.at, length, why });
        self.at += length;
    }
}
// ANCHOR_END: parts

/// The parts of the response. Its form is known: it's ours.
fn response(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Parts::default();
    let text = String::from_utf8_lossy(bytes);
    for (i, line) in text.split_inclusive("\r\n").enumerate() {
        let content = line.trim_end_matches("\r\n");
        match content.split_once(": ") {
            _ if i == 0 => status_line(&mut parts, content),
            Some((name, value)) => {
                parts.put("field name", name.len(), "in any case");
                parts.at += 2;
                parts.put("field value", value.len(), "without the spaces");
            }
            None if content.is_empty() => {
                parts.put("blank line", 2, "the end of the head");
                continue;
            }
            None => {
                parts.put("body", content.len(), "as long as it says");
                continue;
            }
        }
        parts.put("line end", 2, "CR and LF");
    }
    parts.list
}

/// `HTTP-version SP status-code SP reason-phrase`: RFC 9112, section 4.
fn status_line(parts: &mut Parts, line: &str) {
    parts.put("version", "HTTP/1.1".len(), "whose rules it keeps");
    parts.at += 1;
    parts.put("status", "200".len(), "what came of it, for programs");
    parts.at += 1;
    parts.put("reason", line.len() - 13, "the same, for people");
}

/// A request for the widget to begin with. Each character of `bytes` is one
/// byte.
#[derive(Serialize)]
struct Example {
    label: &'static str,
    bytes: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part>,
    verdict: String,
}

#[derive(Serialize)]
struct Recording {
    demo: &'static str,
    title: &'static str,
    requests: Vec<Example>,
}

const EXAMPLES: [(&str, &[u8]); 13] = [
    ("a request", REQUEST),
    (
        "a form",
        b"POST /notes HTTP/1.1\r\nHost: example.org\r\n\
            Content-Length: 14\r\n\r\nto=you&from=me",
    ),
    (
        "chunks",
        b"PUT /notes/1 HTTP/1.1\r\nHost: example.org\r\n\
            Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n\
            6;seen=yes\r\n world\r\n0\r\nDigest: none\r\n\r\n",
    ),
    (
        "two requests",
        b"POST /notes HTTP/1.1\r\nHost: example.org\r\n\
            Content-Length: 5\r\n\r\nhello\
            GET /notes HTTP/1.1\r\nHost: example.org\r\n\r\n",
    ),
    (
        "both lengths",
        b"POST / HTTP/1.1\r\nHost: example.org\r\nContent-Length: 6\r\n\
            Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET ",
    ),
    ("LF alone", b"GET / HTTP/1.1\r\nHost: example.org\nAccept: */*\r\n\r\n"),
    (
        "a space before the colon",
        b"POST / HTTP/1.1\r\nHost: example.org\r\n\
            Content-Length : 5\r\n\r\nhello",
    ),
    (
        "a folded line",
        b"GET / HTTP/1.1\r\nHost: example.org\r\nAccept: a,\r\n b\r\n\r\n",
    ),
    (
        "two Hosts",
        b"GET / HTTP/1.1\r\nHost: example.org\r\nHost: b.example\r\n\r\n",
    ),
    ("no Host", b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"),
    (
        "a length with a plus",
        b"POST / HTTP/1.1\r\nHost: example.org\r\n\
            Content-Length: +5\r\n\r\nhello",
    ),
    (
        "a chunk's size with 0x",
        b"POST / HTTP/1.1\r\nHost: example.org\r\n\
            Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    ),
    ("half a request", b"GET / HTTP/1.1\r\nHost: exam"),
];

fn print() -> io::Result<()> {
    let example = |&(label, bytes): &(&'static str, &[u8])| {
        let (parts, verdict) = take_apart(bytes);
        let bytes = bytes.iter().copied().map(char::from).collect();
        Example { label, bytes, parts, verdict }
    };
    let requests = EXAMPLES.iter().map(example).collect();
    let (demo, title) = ("exchange", "A request, byte by byte");
    let recording = Recording { demo, title, requests };
    line(serde_json::to_string_pretty(&recording)?);
    Ok(())
}
