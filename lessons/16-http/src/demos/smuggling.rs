//! Two readers of one message see two different requests.
//!
//! ```text
//! clients ──→ front ══ one connection ══→ back
//!             a proxy, which checks        the server, which believes it
//! ```
//!
//! The front passes on what many clients send, one after the other, over one
//! connection. If front and back don't agree where a request ends, its rest is
//! read as the beginning of the next client's request: request smuggling
//! (RFC 9112, section 11.2).
//!
//! Both readers here are lenient, each in its own way that some server has
//! had. What comes of it isn't told by a script: both read the same bytes.

use std::io;

use lesson_framing::Status;
use lesson_http::{Body, ChunkedDecoder, Field, Limits, Refusal, body, parse};
use narrator::say;

use super::stage::quoted;

/// What all the attacks begin with.
const BEGIN: &str = "POST / HTTP/1.1\r\nHost: a\r\n";

/// The next client's request.
const VICTIM: &str = "GET /news HTTP/1.1\r\nHost: a\r\n\r\n";

/// What the front is not to see. Its last line has no end: the next client's
/// first line becomes its value.
const OPEN: &str = "GET /admin HTTP/1.1\r\nHost: a\r\nX: ";

/// The same with an end, and a body of 7 bytes: what the chunk that it is in
/// leaves over.
const WHOLE: &str = "GET /admin HTTP/1.1\r\nHost: a\r\n\
    Content-Length: 7\r\n\r\n";

// ANCHOR: rules
/// How a lenient reader reads.
#[derive(Clone, Copy)]
struct Rules {
    /// Lines may end with LF alone.
    bare_lf: bool,
    /// Spaces before a colon don't matter.
    trims_names: bool,
    /// A line that begins with a space goes on with the one before.
    unfolds: bool,
    /// What has `chunked` in it is chunked.
    loosely_chunked: bool,
    /// Content-Length counts also if the body is chunked.
    prefers_length: bool,
    /// Of two lengths the last one counts, not the first.
    last_length: bool,
    /// What a length is, and a chunk's size.
    length: fn(&str) -> usize,
    size: fn(&str) -> usize,
}

/// Digits up to the first other byte, as atoi(3) has it.
fn digits(text: &str) -> usize {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text[..end.unwrap_or(text.len())].parse().unwrap_or(0)
}

/// With a sign, as Rust's own `parse` has it.
fn signed(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

/// Hexadecimal digits up to the first other byte.
fn hexadecimal(text: &str) -> usize {
    let end = text.find(|c: char| !c.is_ascii_hexdigit());
    usize::from_str_radix(&text[..end.unwrap_or(text.len())], 16).unwrap_or(0)
}

/// With 0x before them, as strtol(3) has it.
fn prefixed(text: &str) -> usize {
    hexadecimal(text.strip_prefix("0x").unwrap_or(text))
}

/// A reader of whom the others differ by one rule each.
const PLAIN: Rules = Rules {
    bare_lf: false,
    trims_names: false,
    unfolds: false,
    loosely_chunked: false,
    prefers_length: false,
    last_length: false,
    length: digits,
    size: hexadecimal,
};
const BY_LENGTH: Rules = Rules { prefers_length: true, ..PLAIN };
// ANCHOR_END: rules

/// A message's shape, and two readers that disagree about it.
struct Shape {
    name: &'static str,
    front: Rules,
    back: Rules,
    /// The fields. `{all}` is the body's length, `{hex}` the same in
    /// hexadecimal, and `{line}` the length of its first line.
    fields: &'static str,
    body: fn() -> String,
}

/// The last chunk, and then what isn't to be seen.
fn after_the_last_chunk() -> String {
    format!("0\r\n\r\n{OPEN}")
}

fn in_a_chunk() -> String {
    format!("{:x}\r\n{WHOLE}\r\n0\r\n\r\n", WHOLE.len())
}

/// For who stops at the x, the last chunk and an empty line.
fn in_a_chunk_with_0x() -> String {
    format!("0x{:x}\r\n\r\n{WHOLE}\r\n0\r\n\r\n", 2 + WHOLE.len())
}

// ANCHOR: shapes
const SHAPES: [Shape; 10] = [
    Shape {
        name: "CL.TE: the front goes by the length, the back by the chunks",
        front: BY_LENGTH,
        back: PLAIN,
        fields: "Content-Length: {all}\r\nTransfer-Encoding: chunked\r\n",
        body: after_the_last_chunk,
    },
    Shape {
        name: "TE.CL: the front goes by the chunks, the back by the length",
        front: PLAIN,
        back: BY_LENGTH,
        fields: "Content-Length: {line}\r\nTransfer-Encoding: chunked\r\n",
        body: in_a_chunk,
    },
    Shape {
        name: "TE.TE: only the back takes this for chunked",
        front: PLAIN,
        back: Rules { loosely_chunked: true, ..PLAIN },
        fields: "Content-Length: {all}\r\nTransfer-Encoding: xchunked\r\n",
        body: after_the_last_chunk,
    },
    Shape {
        name: "a space before the colon, which only the back passes over",
        front: PLAIN,
        back: Rules { trims_names: true, ..PLAIN },
        fields: "Content-Length: {all}\r\nTransfer-Encoding : chunked\r\n",
        body: after_the_last_chunk,
    },
    Shape {
        name: "a folded line, which only the back unfolds",
        front: PLAIN,
        back: Rules { unfolds: true, ..PLAIN },
        fields: "Content-Length: {all}\r\nTransfer-Encoding:\r\n chunked\r\n",
        body: after_the_last_chunk,
    },
    Shape {
        name: "LF alone, which ends a line only for the back",
        front: PLAIN,
        back: Rules { bare_lf: true, ..PLAIN },
        fields: "Content-Length: {all}\r\nX: y\nTransfer-Encoding: chunked\r\n",
        body: after_the_last_chunk,
    },
    Shape {
        name: "two lengths: the first counts, or the last",
        front: PLAIN,
        back: Rules { last_length: true, ..PLAIN },
        fields: "Content-Length: {all}\r\nContent-Length: 0\r\n",
        body: || OPEN.to_string(),
    },
    Shape {
        name: "a length with a sign: a number, or none",
        front: Rules { length: signed, ..PLAIN },
        back: PLAIN,
        fields: "Content-Length: +{all}\r\n",
        body: || OPEN.to_string(),
    },
    Shape {
        name: "a length with 0x: hexadecimal, or 0",
        front: Rules { length: prefixed, ..PLAIN },
        back: PLAIN,
        fields: "Content-Length: 0x{hex}\r\n",
        body: || OPEN.to_string(),
    },
    Shape {
        name: "a chunk's size with 0x: hexadecimal, or 0",
        front: Rules { size: prefixed, ..PLAIN },
        back: PLAIN,
        fields: "Transfer-Encoding: chunked\r\n",
        body: in_a_chunk_with_0x,
    },
];
// ANCHOR_END: shapes

/// Every shape: what front and back see, and what ours says.
pub fn run() -> io::Result<()> {
    say("client", "begins", quoted(BEGIN.as_bytes()));
    say("victim", "sends", quoted(VICTIM.as_bytes()));
    for (i, shape) in SHAPES.iter().enumerate() {
        let (fields, body) = shape.message();
        say("shape", &format!("{}", i + 1), shape.name);
        say("client", "fields", quoted(fields.as_bytes()));
        say("client", "body", quoted(body.as_bytes()));
        // The front passes on both, one after the other.
        let all = format!("{BEGIN}{fields}\r\n{body}{VICTIM}");
        let front = requests(&all, shape.front);
        let back = requests(&all, shape.back);
        say("front", "reads", front.join(", "));
        say("back", "reads", back.join(", "));
        if let (Some(due), Some(got)) = (front.get(1), back.get(1)) {
            let what = format_args!("the answer to {got}, for {due}");
            say("victim", "gets", what);
        }
        match ours(all.as_bytes()) {
            Ok(end) => say("ours", "accepts", format_args!("{end} bytes")),
            Err(refusal) => say("ours", "refuses", refusal),
        }
    }
    Ok(())
}

impl Shape {
    /// Its fields and its body.
    fn message(&self) -> (String, String) {
        let body = (self.body)();
        let line = body.find('\n').map_or(0, |end| end + 1);
        let fields = self
            .fields
            .replace("{all}", &body.len().to_string())
            .replace("{hex}", &format!("{:x}", body.len()))
            .replace("{line}", &line.to_string());
        (fields, body)
    }
}

// ANCHOR: lenient
/// The requests that a reader by these rules sees.
fn requests(bytes: &str, rules: Rules) -> Vec<String> {
    let (mut seen, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let Some((request, next)) = request(rest, rules) else {
            seen.push("a request without an end".to_string());
            break;
        };
        seen.push(request);
        rest = next;
    }
    seen
}

fn request(bytes: &str, rules: Rules) -> Option<(String, &str)> {
    let (first, mut rest) = line(bytes, rules)?;
    let mut fields: Vec<(String, String)> = Vec::new();
    loop {
        let (field, next) = line(rest, rules)?;
        rest = next;
        match (field.split_once(':'), fields.last_mut()) {
            _ if field.is_empty() => break,
            (_, Some((_, value))) if field.starts_with(' ') => {
                if rules.unfolds {
                    value.push_str(field.trim());
                }
            }
            (Some((name, value)), _) => {
                let name = match rules.trims_names {
                    true => name.trim_end(),
                    false => name,
                };
                fields.push((name.to_lowercase(), value.trim().to_string()));
            }
            (None, _) => {}
        }
    }
    let words = first.rsplit_once(' ').map_or(first, |(words, _)| words);
    Some((words.to_string(), after_body(rest, &fields, rules)?))
}

/// The line, and what follows it.
fn line(bytes: &str, rules: Rules) -> Option<(&str, &str)> {
    let end = if rules.bare_lf { "\n" } else { "\r\n" };
    let (line, rest) = bytes.split_once(end)?;
    Some((line.trim_end_matches('\r'), rest))
}

fn after_body<'a>(
    bytes: &'a str,
    fields: &[(String, String)],
    rules: Rules,
) -> Option<&'a str> {
    let values = |of| fields.iter().filter(move |(name, _)| name == of);
    let mut lengths = values("content-length").map(|(_, value)| value);
    let length = match rules.last_length {
        true => lengths.next_back(),
        false => lengths.next(),
    };
    let chunked = values("transfer-encoding").any(|(_, value)| {
        value == "chunked" || rules.loosely_chunked && value.contains("chunked")
    });
    if chunked && !(rules.prefers_length && length.is_some()) {
        return after_chunks(bytes, rules);
    }
    bytes.get(length.map_or(0, |value| (rules.length)(value))..)
}

fn after_chunks(bytes: &str, rules: Rules) -> Option<&str> {
    let mut rest = bytes;
    loop {
        let (size, next) = line(rest, rules)?;
        let size = (rules.size)(size);
        rest = line(next.get(size..)?, rules)?.1;
        if size == 0 {
            return Some(rest);
        }
    }
}
// ANCHOR_END: lenient

/// What this lesson's reader says: how long the first request is.
fn ours(bytes: &[u8]) -> Result<usize, Refusal> {
    let (limits, mut fields) = (Limits::default(), [Field::EMPTY; 20]);
    let found = parse(bytes, &limits, &mut fields)?;
    let Status::Complete((request, head)) = found else { return Ok(0) };
    if body(&request)? == Body::Chunked {
        let decoded = ChunkedDecoder::new(&limits).next(&mut &bytes[head..]);
        if let Err(refusal) = decoded {
            return Err(Refusal { at: head + refusal.at, ..refusal });
        }
    }
    Ok(head)
}
