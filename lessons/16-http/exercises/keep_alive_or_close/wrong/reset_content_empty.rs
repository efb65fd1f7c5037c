//! Rejected by: without_either_the_close_is_the_end, other_statuses_have_one
//!
//! Thinks that 205 never has a body: its sender must not send one, but that
//! has to be said with a length.

/// The version of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

/// Where a response ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// With the empty line behind its fields.
    Empty,
    /// So many bytes after that.
    Length(u64),
    /// With the last chunk and the trailer.
    Chunked,
    /// With the connection.
    UntilClose,
}

/// What is left of a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// So many bytes. 0 where the body was read, or where there was none.
    Bytes(u64),
    /// Chunks, and the last one hasn't come.
    Chunks,
}

/// A request and the response that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The request's version.
    pub version: Version,
    /// Its method.
    pub method: &'a str,
    /// The values of its `Connection` fields.
    pub connection: &'a [&'a str],
    /// Whether it was refused while it was read.
    pub refused: bool,
    /// What is left of its body.
    pub unread: Unread,
    /// The response's status.
    pub status: u16,
    /// The values of the response's `Connection` fields. The response's version
    /// is always 1.1.
    pub answered: &'a [&'a str],
    /// Whether the response says `Transfer-Encoding: chunked`.
    pub chunked: bool,
    /// The response's Content-Length, if it has one.
    pub length: Option<u64>,
}

/// What a server does after its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It reads the next request.
    Next,
    /// It reads so many bytes and throws them away, and then the next request.
    Drain(u64),
    /// It closes the connection.
    Close,
}

/// Whether the side that sent this wants to keep the connection.
pub fn persists(version: Version, connection: &[&str]) -> bool {
    let says = |word: &str| {
        let words = connection.iter().flat_map(|value| value.split(','));
        let mut words = words.map(|word| word.trim_matches([' ', '\t']));
        words.any(|other| other.eq_ignore_ascii_case(word))
    };
    if says("close") {
        return false;
    }
    match version {
        Version::Http11 => true,
        Version::Http10 => says("keep-alive"),
    }
}

/// Where the response to a request of this method ends.
pub fn response_body(
    method: &str,
    status: u16,
    chunked: bool,
    length: Option<u64>,
) -> Body {
    // RFC 9112, section 6.3, rules 1 and 2, before any field.
    match (method, status) {
        ("HEAD", _) | (_, 100..=199 | 204 | 205 | 304) => Body::Empty,
        ("CONNECT", 200..=299) => Body::Empty,
        _ if chunked => Body::Chunked,
        _ => length.map_or(Body::UntilClose, Body::Length),
    }
}

/// What the server does now. It drains at most `most` bytes.
pub fn after(exchange: &Exchange<'_>, most: u64) -> After {
    let Exchange { method, status, chunked, length, .. } = *exchange;
    let client = persists(exchange.version, exchange.connection);
    let server = persists(Version::Http11, exchange.answered);
    let body = response_body(method, status, chunked, length);
    if exchange.refused || !client || !server || body == Body::UntilClose {
        return After::Close;
    }
    match exchange.unread {
        Unread::Bytes(0) => After::Next,
        Unread::Bytes(left) if left <= most => After::Drain(left),
        Unread::Bytes(_) | Unread::Chunks => After::Close,
    }
}
