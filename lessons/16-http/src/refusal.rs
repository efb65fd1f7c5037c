//! Why a request is refused, at which byte, and with which status.
//!
//! After a refusal nobody knows where the next request begins: the server
//! answers with the status and closes the connection (RFC 9112, section 6.3).

use std::fmt;

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status code of the response that says so, such as 400.
    pub status: u16,
    /// The byte that refuses it, counted from 0: in a head from the head's
    /// first byte, in a chunked body from the body's.
    pub at: usize,
    /// What that byte breaks.
    pub why: Why,
}

impl Refusal {
    /// Refuses for this reason, with the status that belongs to it.
    pub(crate) fn new(at: usize, why: Why) -> Self {
        Refusal { status: why.status(), at, why }
    }
}

/// The rule that a request breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The request line is longer than the limit.
    RequestLineTooLong,
    /// A field line is longer than the limit.
    FieldLineTooLong,
    /// The whole head is longer than the limit.
    HeadTooLong,
    /// There are more fields than the limit.
    TooManyFields,
    /// The method is empty, or holds a byte that no token may hold.
    Method,
    /// The target is empty, or holds a byte that isn't visible ASCII, or `#`.
    Target,
    /// The target has none of the four forms, or one that is not for this
    /// method.
    TargetForm,
    /// What follows the target isn't `HTTP/`, a digit, a point and a digit.
    Version,
    /// A version of HTTP that has other rules.
    OtherVersion,
    /// A line ends with LF alone.
    BareLf,
    /// CR is followed by something else than LF.
    BareCr,
    /// A field line begins with a space or a tab.
    Fold,
    /// A space or a tab stands before the colon.
    SpaceBeforeColon,
    /// A field's name is empty, or holds a byte that no token may hold.
    Name,
    /// A field line ends before its colon.
    NoColon,
    /// A field's value holds a control character, such as NUL.
    Value,
    /// An HTTP/1.1 request without Host.
    NoHost,
    /// A second Host.
    TwoHosts,
    /// A Host that holds a byte no host and port may hold.
    Host,
    /// Content-Length and Transfer-Encoding in one request.
    BothLengths,
    /// A second Content-Length.
    TwoLengths,
    /// A Content-Length that isn't decimal digits only.
    Length,
    /// A Transfer-Encoding whose last coding isn't `chunked`.
    NotChunked,
    /// `chunked` twice in a Transfer-Encoding, or an empty word.
    Codings,
    /// Another transfer coding before `chunked`.
    Coding,
    /// Transfer-Encoding in a request of HTTP/1.0.
    OldVersionCoding,
    /// A chunk's size that isn't hexadecimal digits only.
    ChunkSize,
    /// A control character in a chunk's extension.
    ChunkExtension,
    /// The line of a chunk's size is longer than the limit.
    ChunkLineTooLong,
    /// A chunk that has more bytes than its size says.
    ChunkEnd,
    /// The body is longer than the limit.
    BodyTooLong,
}

impl Why {
    /// All of them, in the order in which a request is read.
    pub const ALL: [Why; 31] = [
        Why::RequestLineTooLong,
        Why::FieldLineTooLong,
        Why::HeadTooLong,
        Why::TooManyFields,
        Why::Method,
        Why::Target,
        Why::TargetForm,
        Why::Version,
        Why::OtherVersion,
        Why::BareLf,
        Why::BareCr,
        Why::Fold,
        Why::SpaceBeforeColon,
        Why::Name,
        Why::NoColon,
        Why::Value,
        Why::NoHost,
        Why::TwoHosts,
        Why::Host,
        Why::BothLengths,
        Why::TwoLengths,
        Why::Length,
        Why::NotChunked,
        Why::Codings,
        Why::Coding,
        Why::OldVersionCoding,
        Why::ChunkSize,
        Why::ChunkExtension,
        Why::ChunkLineTooLong,
        Why::ChunkEnd,
        Why::BodyTooLong,
    ];

    /// The status code of the response: RFC 9110, section 15.5, and RFC 6585,
    /// section 5, for 431.
    pub fn status(self) -> u16 {
        match self {
            Why::RequestLineTooLong => 414,
            Why::FieldLineTooLong | Why::HeadTooLong | Why::TooManyFields => {
                431
            }
            Why::BodyTooLong => 413,
            // RFC 9112, section 6.1: a transfer coding that it doesn't
            // understand.
            Why::Coding => 501,
            Why::OtherVersion => 505,
            _ => 400,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::RequestLineTooLong => "the request line is too long",
            Why::FieldLineTooLong => "a field line is too long",
            Why::HeadTooLong => "the head is too long",
            Why::TooManyFields => "too many fields",
            Why::Method => "no byte of a method",
            Why::Target => "no byte of a target",
            Why::TargetForm => "no target for this method",
            Why::Version => "not the form of a version",
            Why::OtherVersion => "not a version 1 of HTTP",
            Why::BareLf => "LF without CR",
            Why::BareCr => "CR without LF",
            Why::Fold => "a field line begins with a space",
            Why::SpaceBeforeColon => "a space before the colon",
            Why::Name => "no byte of a field's name",
            Why::NoColon => "a field line without a colon",
            Why::Value => "a control character in a field's value",
            Why::NoHost => "no Host",
            Why::TwoHosts => "a second Host",
            Why::Host => "no byte of a host and port",
            Why::BothLengths => "Content-Length and Transfer-Encoding",
            Why::TwoLengths => "a second Content-Length",
            Why::Length => "no digit of a Content-Length",
            Why::NotChunked => "the last transfer coding isn't chunked",
            Why::Codings => "chunked twice, or an empty transfer coding",
            Why::Coding => "an unknown transfer coding",
            Why::OldVersionCoding => "Transfer-Encoding in HTTP/1.0",
            Why::ChunkSize => "no digit of a chunk's size",
            Why::ChunkExtension => "a control character in an extension",
            Why::ChunkLineTooLong => "the line of the size is too long",
            Why::ChunkEnd => "no line end where the chunk ends",
            Why::BodyTooLong => "the body is too long",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.status, self.at, self.why)
    }
}

impl std::error::Error for Refusal {}
