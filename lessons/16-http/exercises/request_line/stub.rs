//! Read the first line of a request.
//!
//! Write `request_line`. It is given what has arrived so far, and takes the
//! request line (RFC 9112, section 3) off its front:
//!
//! ```text
//!   GET /index.html HTTP/1.1\r\n
//!   │   │           └─ version: HTTP/, a digit, a dot, a digit
//!   │   └─ target: '!' to '~', at least one, no '#'
//!   └─ method: a token, at least one character, case matters
//! ```
//!
//! The answer is `Ok(None)` while the line isn't whole, `Ok(Some((line,
//! length)))` with the number of bytes that it took, its ending too, or
//! `Err(status)`, the status that refuses it:
//!
//! | What came                                      | The status           |
//! | ---------------------------------------------- | -------------------- |
//! | breaks a rule below or the drawing above       | 400 Bad Request      |
//! | a method longer than `LONGEST_METHOD`          | 501 Not Implemented  |
//! | a target longer than `longest`                 | 414 URI Too Long     |
//! | a version that is spelled right, but isn't 1.x | 505 (RFC 9110, 15.6) |
//!
//! - One space between method and target, one between target and version. The
//!   line ends with CR LF: not with LF alone, and no CR stands elsewhere.
//! - A token is made of letters, digits and `` !#$%&'*+-.^_`|~ ``.
//! - One empty line (CR LF) before the request line is skipped, as section 2.2
//!   asks, and counts for the length. A second is refused.
//! - Version 1.0 is `Http10`. Every other 1.x is `Http11`: who understands 1.1
//!   understands what 1.7 says to it (RFC 9110, section 2.5).
//! - The target begins with `/` (or is refused), but for three: `CONNECT` has
//!   an authority, a host and a port with `:` between, and that alone;
//!   `OPTIONS` may have `*`; and any but `CONNECT` may have an absolute form,
//!   which begins with `http://` or `https://` in any case of letters, and a
//!   host. A host is not empty and has none of `/`, `?`, `@`. A port is one to
//!   five digits.
//! - A line that is too long is refused as soon as that is known. Its end may
//!   never come. Refuse other faults as early as you like.
//!
//! The chapter's server has one limit for the whole line, whatever is long in
//! it, and a list of the bytes that a host may have.
//!
//! Check it: `cargo workbook check request_line`
//!
//! Read chapter 16, "A request, byte by byte" and "Pieces and limits".

/// No method that this server knows is as long as that.
pub const LONGEST_METHOD: usize = 16;

/// The versions that this server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1, and whatever comes after it under the same first digit.
    Http11,
}

/// A request line in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLine<'a> {
    /// What to do: `GET`.
    pub method: &'a str,
    /// With what: `/index.html`.
    pub target: &'a str,
    /// The version that the client speaks.
    pub version: Version,
}

/// Takes the request line off the front of `bytes`: the line, and how many
/// bytes it took. `longest` bounds the target.
pub fn request_line(
    bytes: &[u8],
    longest: usize,
) -> Result<Option<(RequestLine<'_>, usize)>, u16> {
    todo!("method, space, target, space, version, CR LF")
}
