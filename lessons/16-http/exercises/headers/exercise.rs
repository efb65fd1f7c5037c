//! Read the fields of a request, and where its body ends.
//!
//! Behind the request line come the fields (RFC 9112, section 5), a line each,
//! and an empty line. Write `fields`, which is given what has arrived of them
//! so far, and `body`, which reads from them how long the body is.
//!
//! ```text
//!   Host: example.org\r\n
//!   Content-Length:  5 \r\n      name ':' OWS value OWS CR LF
//!   \r\n
//!   hello
//! ```
//!
//! `fields` answers `Ok(None)` while the empty line hasn't come,
//! `Ok(Some((list, length)))` with the bytes that it took, the empty line too,
//! or `Err(status)`:
//!
//! - A name is a token: letters, digits and `` !#$%&'*+-.^_`|~ ``. The colon
//!   follows it directly. Names are given as they were sent.
//! - OWS, spaces and tabs around the value, is no part of it. A value holds
//!   spaces, tabs, and all bytes but the controls (0 to 31 and 127); it may be
//!   empty. It need not be text.
//! - A line ends with CR LF, not with LF alone. No line begins with a space or
//!   a tab: what was once a way to fold a long line (obs-fold) is refused.
//! - All of that is refused with 400. More lines than `limits.fields`, or more
//!   bytes than `limits.bytes` with the empty line's, are 431 Request Header
//!   Fields Too Large (RFC 6585, section 5), as soon as that is known.
//! - Fields of one name stay apart, and in their order.
//!
//! `body` obeys RFC 9112, section 6.3, without any leniency:
//!
//! | The fields                                      | The answer           |
//! | ----------------------------------------------- | -------------------- |
//! | neither Content-Length nor Transfer-Encoding    | `Body::None`         |
//! | one Content-Length, nothing but digits          | `Body::Length`       |
//! | Content-Length beyond a `u64`                   | `Err(413)`           |
//! | one Transfer-Encoding: `chunked`, in any case   | `Body::Chunked`      |
//! | a coding, or several, and `chunked` at the end  | `Err(501)`           |
//! | any other Transfer-Encoding; both of them; two  | `Err(400)`           |
//! |   of Content-Length; one that isn't digits      |                      |
//!
//! Names are compared without regard to case. A Transfer-Encoding is a list:
//! words with commas and OWS between them. Several such fields are one list. In
//! a list with `chunked` at the end, `chunked` before the end is 400 too, and
//! so is an empty word.
//!
//! The chapter's server looks at the version too: 1.1 must have a Host, 1.0 has
//! no Transfer-Encoding. And it limits each line by itself.
//!
//! Check it: `cargo workbook check headers`
//!
//! Read chapter 16, "A request, byte by byte", "Where the body ends" and "Two
//! readings of one message".

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name, as sent.
    pub name: &'a str,
    /// Its value, without the white space around it.
    pub value: &'a [u8],
}

/// How much a client may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Fields, at most.
    pub fields: usize,
    /// Bytes of all field lines and of the empty line, at most.
    pub bytes: usize,
}

/// Where the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    None,
    /// After so many bytes.
    Length(u64),
    /// It comes in chunks, and the last one says so.
    Chunked,
}

/// Takes the fields off the front of `bytes`: all of them, and how many bytes
/// they took.
pub fn fields(
    bytes: &[u8],
    limits: Limits,
) -> Result<Option<(Vec<Field<'_>>, usize)>, u16> {
    todo!("a line for each field, until the empty one")
}

/// Says where the body behind these fields ends.
pub fn body(fields: &[Field<'_>]) -> Result<Body, u16> {
    todo!("Content-Length, Transfer-Encoding, and never both")
}
