//! A response, and how it is written.
//!
//! ```text
//! HTTP/1.1 200 OK\r\n                       version SP code SP phrase CRLF
//! Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n   fields, as in a request
//! Content-Length: 5\r\n
//! \r\n                                      an empty line ends the head
//! hello
//! ```
//!
//! (RFC 9112, sections 4 and 6.) The client goes on reading after it, so it
//! must know where it ends: a length, chunks, or, for those who know neither,
//! the connection's end. Three kinds end with the head whatever it says: the
//! answer to HEAD, 204 and 304.
//!
//! Start reading at [`Response`].

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use lesson_coroutines::net::TcpStream;

use crate::class::{self, TOKEN};
use crate::{Version, date};

// ANCHOR: response
/// What goes back to the client.
#[derive(Debug)]
pub struct Response {
    /// The code of the status line: RFC 9110, section 15.
    pub status: u16,
    /// Lines of fields, each with its CRLF.
    fields: Vec<u8>,
    /// What follows the head.
    pub content: Content,
}

/// What follows a response's head.
pub enum Content {
    /// These bytes, counted by Content-Length.
    Bytes(Cow<'static, [u8]>),
    /// A part of a file: so many bytes from there on.
    File(Rc<File>, u64, u64),
    /// Bytes whose number nobody knows yet: in chunks. After an error the
    /// last chunk doesn't come, so that the client knows of it.
    Pieces(Box<dyn Iterator<Item = io::Result<Vec<u8>>>>),
    /// Not an answer any more: whatever comes goes to this connection, and
    /// back (CONNECT).
    Tunnel(TcpStream),
}
// ANCHOR_END: response

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Content::File(_, start, count) => {
                write!(f, "File({start}, {count})")
            }
            Content::Pieces(_) => f.write_str("Pieces"),
            Content::Tunnel(_) => f.write_str("Tunnel"),
        }
    }
}

impl Response {
    /// Without fields and content.
    pub fn new(status: u16) -> Self {
        let content = Content::Bytes(Cow::Borrowed(b""));
        Response { status, fields: Vec::new(), content }
    }

    /// A short text.
    pub fn text(status: u16, text: impl Into<Cow<'static, str>>) -> Self {
        let bytes = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let response = Response {
            content: Content::Bytes(bytes),
            ..Response::new(status)
        };
        response.with("Content-Type", "text/plain; charset=utf-8")
    }

    /// The status in words: what a client sees who gets nothing else.
    pub fn plain(status: u16) -> Self {
        Response::text(status, format!("{status} {}\n", phrase(status)))
    }

    /// The same with another content.
    pub fn carrying(self, content: Content) -> Self {
        Response { content, ..self }
    }

    // ANCHOR: with
    /// The same with one more field.
    ///
    /// A value with a line end would be two fields, or two responses, for
    /// whoever reads it: RFC 9110, section 5.5. Such values often hold what a
    /// client has sent. None is sent: the answer becomes 500.
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        let fine = !name.is_empty()
            && class::run(name.as_bytes(), TOKEN) == name.len()
            && class::run_of_value(value) == value.len();
        if !fine {
            return Response::new(500);
        }
        self.fields.reserve(64);
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            self.fields.extend_from_slice(part);
        }
        self
    }
    // ANCHOR_END: with

    /// The value of the first field of this name, as it will be sent.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields.split(|&byte| byte == b'\n').find_map(|line| {
            let (found, value) = line.split_at_checked(name.len())?;
            let same = found.eq_ignore_ascii_case(name.as_bytes());
            let value = value.strip_prefix(b": ")?.strip_suffix(b"\r")?;
            same.then_some(value)
        })
    }
}

/// How the client learns where the content ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With the head.
    Head,
    /// After so many bytes.
    Length(u64),
    /// After the last chunk.
    Chunks,
    /// With the connection.
    Close,
}

// ANCHOR: end
impl Response {
    /// RFC 9112, section 6.3, seen from the other side.
    pub(crate) fn end(&self, head: bool, version: Version) -> End {
        if head || matches!(self.status, 100..=199 | 204 | 304) {
            return End::Head;
        }
        match &self.content {
            Content::Bytes(bytes) => End::Length(bytes.len() as u64),
            Content::File(_, _, count) => End::Length(*count),
            Content::Pieces(_) if version == Version::Http10 => End::Close,
            Content::Pieces(_) => End::Chunks,
            Content::Tunnel(_) => End::Head,
        }
    }

    /// Appends the head. `connection` is the value of that field, if it needs
    /// one.
    pub(crate) fn write_head(
        &self,
        version: Version,
        connection: Option<&str>,
        out: &mut Vec<u8>,
    ) {
        status_line(self.status, out);
        push_date(out);
        out.extend_from_slice(&self.fields);
        // RFC 9110, section 8.6: to HEAD what GET would have; never with 1xx,
        // 204, or the 2xx of CONNECT; with 304 only what 200 would have said.
        match self.end(false, version) {
            End::Length(length) => {
                out.extend_from_slice(b"Content-Length: ");
                decimal(length, out);
                out.extend_from_slice(b"\r\n");
            }
            End::Chunks => {
                out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
            }
            _ => {}
        }
        if let Some(connection) = connection {
            for part in ["Connection: ", connection, "\r\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}
// ANCHOR_END: end

fn status_line(status: u16, out: &mut Vec<u8>) {
    if status == 200 {
        return out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    }
    // RFC 9110, section 2.5: the version says what the server can, also in
    // answer to 1.0.
    out.extend_from_slice(b"HTTP/1.1 ");
    decimal(status.into(), out);
    out.push(b' ');
    out.extend_from_slice(phrase(status).as_bytes());
    out.extend_from_slice(b"\r\n");
}

pub(crate) fn decimal(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return out.extend_from_slice(&digits[at..]);
        }
    }
}

/// The time by this machine's clock.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs() as i64)
}

// ANCHOR: date
/// RFC 9110, section 6.6.1: an origin server with a clock sends it. It is
/// written once a second, whatever the number of answers.
fn push_date(out: &mut Vec<u8>) {
    thread_local! {
        static LAST: Cell<(i64, [u8; 29])> = const { Cell::new((-1, [0; 29])) };
    }
    let now = now();
    let (mut second, mut text) = LAST.get();
    if second != now {
        (second, text) = (now, date::format(now));
        LAST.set((second, text));
    }
    out.extend_from_slice(b"Date: ");
    out.extend_from_slice(&text);
    out.extend_from_slice(b"\r\n");
}
// ANCHOR_END: date

/// The words that go with a code, for people: RFC 9110, section 15.
pub fn phrase(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        303 => "See Other",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        // RFC 9112, section 4: the phrase may be empty, the space may not.
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(response: &Response, connection: Option<&str>) -> String {
        let mut out = Vec::new();
        response.write_head(Version::Http11, connection, &mut out);
        let text = String::from_utf8(out).unwrap();
        let lines = text.split_inclusive("\r\n");
        lines.filter(|line| !line.starts_with("Date: ")).collect()
    }

    #[test]
    fn a_head_has_a_status_fields_a_length_and_an_empty_line() {
        let response = Response::text(200, "hello").with("X-A", "b c");
        assert_eq!(
            head(&response, Some("close")),
            "HTTP/1.1 200 OK\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             X-A: b c\r\n\
             Content-Length: 5\r\n\
             Connection: close\r\n\r\n"
        );
        assert_eq!(
            head(&Response::new(799), None).lines().next(),
            Some("HTTP/1.1 799 ")
        );
    }

    #[test]
    fn what_has_no_content_has_no_length() {
        for status in [100, 204, 304] {
            let response = Response::text(status, "hello");
            assert!(!head(&response, None).contains("Length"), "{status}");
            assert_eq!(response.end(false, Version::Http11), End::Head);
        }
        let response = Response::new(404);
        assert!(head(&response, None).contains("Content-Length: 0\r\n"));
        assert_eq!(response.end(true, Version::Http11), End::Head);
    }

    #[test]
    fn no_value_makes_a_second_field() {
        for (name, value) in [
            ("Location", "/a\r\nSet-Cookie: b"),
            ("Location", "/a\nb"),
            ("Location", "/a\0"),
            ("A B", "c"),
            ("A:", "c"),
            ("", "c"),
        ] {
            let response = Response::new(301).with(name, value);
            assert_eq!(response.status, 500, "{name:?} {value:?}");
            assert!(!head(&response, None).contains("/a"));
        }
    }

    #[test]
    fn a_field_is_found_by_its_name_in_any_case() {
        let response = Response::text(200, "").with("ETag", "\"a\"");
        assert_eq!(response.field("etag"), Some(&b"\"a\""[..]));
        assert_eq!(response.field("eta"), None);
    }

    #[test]
    fn pieces_are_chunks_for_1_1_and_end_with_the_connection_for_1_0() {
        let pieces = || Content::Pieces(Box::new(std::iter::empty()));
        let response = Response::new(200).carrying(pieces());
        assert_eq!(response.end(false, Version::Http11), End::Chunks);
        assert_eq!(response.end(false, Version::Http10), End::Close);
    }

    #[test]
    fn the_date_is_of_this_second() {
        let mut out = Vec::new();
        push_date(&mut out);
        let text = &out["Date: ".len()..out.len() - 2];
        let age = now() - date::parse(text, now()).unwrap();
        assert!((0..60).contains(&age), "{age}");
    }
}
