//! Say what may follow on a connection.
//!
//! Many requests go over one connection, as long as both sides know where each
//! message ends. Write the three decisions that this takes.
//!
//! `persists`: does this side want to keep the connection? RFC 9112, section
//! 9.3: the first rule that fits decides.
//!
//! | The message's `Connection` fields say     | and its version | The answer |
//! | ----------------------------------------- | --------------- | ---------- |
//! | `close`                                   | any             | `false`    |
//! | anything else, or there is none           | `Http11`        | `true`     |
//! | `keep-alive`                              | `Http10`        | `true`     |
//! | anything else, or there is none           | `Http10`        | `false`    |
//!
//! Each value is a list of words with commas between. Words may have spaces and
//! tabs around them, be empty, and their case doesn't matter. Several fields
//! are one list.
//!
//! `response_body`: how does a client find the end of this response? RFC 9112,
//! section 6.3: again the first rule that fits decides.
//!
//! | The response                                    | Its body            |
//! | ----------------------------------------------- | ------------------- |
//! | answers `HEAD`                                  | `Body::Empty`       |
//! | has a status of 1xx, 204 or 304                 | `Body::Empty`       |
//! | answers `CONNECT`, with a status of 2xx         | `Body::Empty`       |
//! | is chunked                                      | `Body::Chunked`     |
//! | has a Content-Length                            | `Body::Length`      |
//! | has neither                                     | `Body::UntilClose`  |
//!
//! `after`: the server has sent its response. What does it do now?
//!
//! - `After::Close` if the request was refused while it was read: nobody knows
//!   where it ends. Also if one of the two sides doesn't want to keep the
//!   connection, and if only the close says where the response ends.
//! - Otherwise look at what is left of the request's body: the client sends it,
//!   or has sent it, before its next request. `After::Next` if nothing is left.
//!   `After::Drain` if at most `most` bytes are: so many must be read and
//!   thrown away. `After::Close` if more are.
//! - Of a chunked body that isn't at its end nobody knows how much is left:
//!   `After::Close`.
//!
//! The chapter's server does try: it reads chunks up to the limit, and closes if
//! the last one isn't among them.
//!
//! Check it: `cargo workbook check keep_alive_or_close`
//!
//! Read chapter 16, "Keeping the connection", "A body that nobody read" and
//! "HEAD, 204 and 304".

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
    todo!("close, then the version, then keep-alive")
}

/// Where the response to a request of this method ends.
pub fn response_body(
    method: &str,
    status: u16,
    chunked: bool,
    length: Option<u64>,
) -> Body {
    todo!("first the responses that never have a body")
}

/// What the server does now. It drains at most `most` bytes.
pub fn after(exchange: &Exchange<'_>, most: u64) -> After {
    todo!("is there anything against a next request, and what is before it?")
}
