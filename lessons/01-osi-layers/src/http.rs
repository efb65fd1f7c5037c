//! The head of an HTTP/1 message, as fields: enough to name every byte.
//!
//! ```text
//! GET /hello HTTP/1.1⏎      request line: method, target, version
//! Host: 10.0.0.2⏎           header lines
//! ⏎                         an empty line ends the head
//! …                         the body
//! ```
//!
//! RFC 9112, section 2.1; ⏎ is CR LF. TCP doesn't say which protocol its
//! data belongs to: a segment that begins like a message is taken for one.
//!
//! Start reading at [`begins`].

use crate::field::{Entry, Layout, show};

/// Whether data begins as a request or a response does.
#[inline]
pub fn begins(data: &[u8]) -> bool {
    // RFC 9110, section 9.1.
    const STARTS: [&[u8]; 9] = [
        b"GET ",
        b"HEAD ",
        b"POST ",
        b"PUT ",
        b"DELETE ",
        b"CONNECT ",
        b"OPTIONS ",
        b"TRACE ",
        b"HTTP/1.",
    ];
    data.first().is_some_and(u8::is_ascii_uppercase)
        && STARTS.iter().any(|start| data.starts_with(start))
}

/// The fields of a message.
pub static LAYOUT: Layout = Layout {
    id: "http",
    name: "HTTP/1.1",
    fixed: &[],
    varying: &[
        Entry::new(
            "http.method",
            "Method",
            0,
            show::text,
            "What should be done with the target. GET asks for its content.",
        ),
        Entry::new(
            "http.target",
            "Target",
            0,
            show::text,
            "What the request is about: a path on the server.",
        ),
        Entry::new(
            "http.version",
            "Version",
            0,
            show::text,
            "The version of HTTP that the sender speaks.",
        ),
        Entry::new(
            "http.status",
            "Status code",
            0,
            show::text,
            "How the request went, for programs. 200 is success.",
        ),
        Entry::new(
            "http.reason",
            "Reason phrase",
            0,
            show::text,
            "The same for people. Programs ignore it.",
        ),
        Entry::new(
            "http.space",
            "Space",
            0,
            show::count,
            "One space separates the parts of the first line.",
        ),
        Entry::new(
            "http.end_of_line",
            "End of line",
            0,
            show::text,
            "CR LF ends each line of the head.",
        ),
        Entry::new(
            "http.header",
            "Header",
            0,
            show::text,
            "A name, a colon, a value: something to know about the message.",
        ),
        Entry::new(
            "http.blank",
            "Empty line",
            0,
            show::text,
            "Ends the head. What follows is the body.",
        ),
        Entry::new(
            "http.body",
            "Body",
            0,
            show::data,
            "The content. TCP knows nothing of all this: to it, these are \
             bytes like the others.",
        ),
    ],
    next,
};

/// Which field begins at `at`. The bytes before it tell: all but the first
/// line is read the same way wherever it stands.
fn next(message: &[u8], at: usize) -> (&'static Entry, usize) {
    let [.., space, end_of_line, header, blank, body] = LAYOUT.varying else {
        return crate::rest::next(message, at);
    };
    let (before, rest) = message.split_at(at);
    let at_line_start = before.ends_with(b"\r\n");
    if before.ends_with(b"\r\n\r\n") {
        (body, rest.len())
    } else if rest.starts_with(b"\r\n") {
        (if at_line_start { blank } else { end_of_line }, 2)
    } else if at_line_start {
        (header, line(rest))
    } else if rest[0] == b' ' {
        (space, 1)
    } else {
        first_line(before, rest)
    }
}

/// The parts of the first line: told apart by the spaces before them.
fn first_line(before: &[u8], rest: &[u8]) -> (&'static Entry, usize) {
    let spaces = before.iter().filter(|&&byte| byte == b' ').count();
    let response = before.starts_with(b"HTTP/") || rest.starts_with(b"HTTP/");
    let which = match (response && spaces < 3, spaces) {
        (_, 0) if rest.starts_with(b"HTTP/") => 2,
        (_, 0) => 0,
        (true, 1) if before.starts_with(b"HTTP/") => 3,
        (_, 1) => 1,
        _ if before.starts_with(b"HTTP/") => 4,
        _ => 2,
    };
    let to_end = line(rest);
    let width = match which {
        4 => to_end,
        _ => rest.iter().position(|&b| b == b' ').unwrap_or(to_end),
    };
    (&LAYOUT.varying[which], width.min(to_end))
}

/// The bytes up to the line's end, or all that are there; at least one.
fn line(rest: &[u8]) -> usize {
    let end = rest.windows(2).position(|pair| pair == b"\r\n");
    end.unwrap_or(rest.len())
}
