//! A request's head, byte by byte.
//!
//! ```text
//! GET /index.html HTTP/1.1\r\n       method SP target SP version CRLF
//! Host: example.org\r\n              name ":" OWS value OWS CRLF
//! Accept: text/html\r\n
//! \r\n                               an empty line ends the head
//! ```
//!
//! (RFC 9112, sections 2.1, 3 and 5.) Nothing is copied and nothing
//! allocated: the parts are slices of the bytes that came.
//!
//! A reader that guesses what a sender meant may guess something else than
//! the reader before or behind it, and then two of them see two requests where
//! one was sent. So whatever isn't exactly this form is refused, also where
//! the RFC would allow to repair it.
//!
//! Start reading at [`parse`].

use std::str;

use lesson_framing::Status;

use crate::class::{self, HOST, TARGET, TOKEN};
use crate::{Refusal, Why};

/// How much of a request is taken, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest line of the head, its CRLF not counted.
    pub line: usize,
    /// The longest head, with its last CRLF.
    pub head: usize,
    /// The most fields.
    pub fields: usize,
    /// The longest body.
    pub body: u64,
}

impl Default for Limits {
    /// RFC 9112, section 3, recommends lines of at least 8,000 bytes.
    fn default() -> Self {
        Limits { line: 8000, head: 16384, fields: 100, body: 1 << 20 }
    }
}

/// The version of HTTP that the request is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1, and any later HTTP/1: its rules are kept by those
    /// (RFC 9110, section 2.5).
    Http11,
}

/// A field of the head: a name and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Field<'a> {
    /// As it was sent: compare it ignoring case.
    pub name: &'a str,
    /// Without the spaces around it. Often ASCII, but any byte from 0x80 on
    /// may be there (RFC 9110, section 5.5).
    pub value: &'a [u8],
    /// Where the value begins, counted from the head's first byte.
    pub at: usize,
}

impl Field<'_> {
    /// A place for a field that is to come.
    pub const EMPTY: Field<'static> = Field { name: "", value: b"", at: 0 };

    /// Whether it has this name, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The head of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a, 'f> {
    /// What is to be done, such as `GET`.
    pub method: &'a str,
    /// With what, such as `/index.html?page=2`.
    pub target: &'a str,
    /// Whose rules it keeps.
    pub version: Version,
    /// The fields, in the order in which they came.
    pub fields: &'f [Field<'a>],
}

impl<'a> Request<'a, '_> {
    /// The value of the first field of this name, in any case.
    pub fn field(&self, name: &str) -> Option<&'a [u8]> {
        Some(self.fields.iter().find(|field| field.is(name))?.value)
    }
}

/// Why the scan stops before the head's end.
enum Stop {
    /// It has come to the end of the bytes.
    Partial,
    Refused(usize, Why),
}

type Step<T> = Result<T, Stop>;

// ANCHOR: parse
/// Takes a head apart, if all of it is there: the request, and how many bytes
/// its head has.
///
/// What is wrong is reported as soon as it is there, and the longest allowed
/// line without an end is wrong.
///
/// # Errors
/// A [`Refusal`]. The same bytes with any others after them give the same one.
pub fn parse<'a, 'f>(
    bytes: &'a [u8],
    limits: &Limits,
    fields: &'f mut [Field<'a>],
) -> Result<Status<(Request<'a, 'f>, usize)>, Refusal> {
    let mut scan = Scan::new(bytes, Why::RequestLineTooLong);
    let found = scan.head(limits, fields);
    let Status::Complete((line, count)) = scan.verdict(found, limits)? else {
        return Ok(Status::Partial);
    };
    let (method, target, version) = line;
    let request = Request { method, target, version, fields: &fields[..count] };
    Ok(Status::Complete((request, scan.at)))
}
// ANCHOR_END: parse

/// Reads a line of a chunked body's trailer section: whether it has a field,
/// or is the empty line at its end.
pub(crate) fn trailer(
    line: &[u8],
    limits: &Limits,
) -> Result<Status<bool>, Refusal> {
    let mut scan = Scan::new(line, Why::FieldLineTooLong);
    let found = scan.field_line(limits, 0, 1);
    scan.verdict(found.map(|field| field.is_some()), limits)
}

/// Goes over the bytes once, from the first to the head's last.
///
/// Its small functions are inlined into [`parse`], so that `at` can stay in a
/// register: `scripts/bench-parser` shows what that saves.
struct Scan<'a> {
    bytes: &'a [u8],
    /// The next byte to look at.
    at: usize,
    /// Where its line begins.
    line: usize,
    /// The bytes from `text_at` on, as far as they are known to be UTF-8.
    text: &'a str,
    text_at: usize,
    /// Which line that is, if it should be too long.
    too_long: Why,
}

type RequestLine<'a> = (&'a str, &'a str, Version);

// ANCHOR: lines
impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8], too_long: Why) -> Self {
        Scan { bytes, at: 0, line: 0, text: "", text_at: 0, too_long }
    }

    /// The request line, the fields and the empty line.
    fn head(
        &mut self,
        limits: &Limits,
        fields: &mut [Field<'a>],
    ) -> Step<(RequestLine<'a>, usize)> {
        self.empty_line()?;
        let line = self.request_line(limits)?;
        self.too_long = Why::FieldLineTooLong;
        let (mut count, mut host) = (0, false);
        while let Some(field) = self.field_line(limits, count, fields.len())? {
            if field.is("host") {
                self.host(field, host)?;
                host = true;
            }
            fields[count] = field;
            count += 1;
        }
        // RFC 9112, section 3.2: 400 for an HTTP/1.1 request without Host.
        match (line.2, host) {
            (Version::Http11, false) => self.refuse(self.at - 1, Why::NoHost),
            _ => Ok((line, count)),
        }
    }

    /// RFC 9112, section 2.2: one empty line before the request is ignored,
    /// which some clients send after a body.
    fn empty_line(&mut self) -> Step<()> {
        if matches!(self.peek()?, b'\r' | b'\n') {
            self.line_end(Why::Method)?;
            self.line = self.at;
        }
        Ok(())
    }

    /// `method SP request-target SP HTTP-version CRLF`: one space each.
    fn request_line(&mut self, limits: &Limits) -> Step<RequestLine<'a>> {
        let method = self.word(TOKEN, Why::Method)?;
        let start = self.at;
        let target = self.word(TARGET, Why::Target)?;
        if !has_form(method, target) {
            return self.refuse(start, Why::TargetForm);
        }
        let version = self.version()?;
        self.end_of_line(limits, Why::Version)?;
        Ok((method, target, version))
    }

    /// `field-name ":" OWS field-value OWS CRLF`, or `None` for the empty
    /// line.
    #[inline(always)]
    fn field_line(
        &mut self,
        limits: &Limits,
        count: usize,
        room: usize,
    ) -> Step<Option<Field<'a>>> {
        match self.peek()? {
            b'\r' | b'\n' => {
                self.line_end(Why::Name)?;
                return Ok(None);
            }
            // RFC 9112, section 5.2: a line that goes on in the next one.
            b' ' | b'\t' => return self.refuse(self.at, Why::Fold),
            _ if count == limits.fields.min(room) => {
                return self.refuse(self.at, Why::TooManyFields);
            }
            _ => {}
        }
        let name = self.name()?;
        let (at, value) = self.value()?;
        self.end_of_line(limits, Why::Value)?;
        Ok(Some(Field { name, value, at }))
    }

    /// Every line but the empty ones.
    #[inline(always)]
    fn end_of_line(&mut self, limits: &Limits, other: Why) -> Step<()> {
        let content = self.at;
        self.line_end(other)?;
        if content - self.line > limits.line {
            return self.refuse(self.line + limits.line, self.too_long);
        }
        self.line = self.at;
        Ok(())
    }
}
// ANCHOR_END: lines

// ANCHOR: parts
impl<'a> Scan<'a> {
    /// A method or a target, and the one space after it.
    #[inline(always)]
    fn word(&mut self, class: u8, why: Why) -> Step<&'a str> {
        let start = self.at;
        self.at += class::run(&self.bytes[start..], class);
        match self.peek()? {
            b' ' if self.at > start => {}
            _ => return self.refuse(self.at, why),
        }
        let word = self.text(start);
        self.at += 1;
        Ok(word)
    }

    /// `HTTP/1.1`: RFC 9112, section 2.3. Case matters.
    fn version(&mut self) -> Step<Version> {
        for (i, &expected) in b"HTTP/1.1".iter().enumerate() {
            let byte = self.peek()?;
            match i {
                5 | 7 if !byte.is_ascii_digit() => {
                    return self.refuse(self.at, Why::Version);
                }
                5 if byte != b'1' => {
                    return self.refuse(self.at, Why::OtherVersion);
                }
                0..5 | 6 if byte != expected => {
                    return self.refuse(self.at, Why::Version);
                }
                _ => self.at += 1,
            }
        }
        match self.bytes[self.at - 1] {
            b'0' => Ok(Version::Http10),
            _ => Ok(Version::Http11),
        }
    }

    #[inline(always)]
    fn name(&mut self) -> Step<&'a str> {
        let start = self.at;
        self.at += class::run(&self.bytes[start..], TOKEN);
        let why = match self.peek()? {
            b':' if self.at > start => {
                let name = self.text(start);
                self.at += 1;
                return Ok(name);
            }
            // RFC 9112, section 5.1: 400 for any space before the colon.
            b' ' | b'\t' => Why::SpaceBeforeColon,
            b'\r' => Why::NoColon,
            b'\n' => Why::BareLf,
            _ => Why::Name,
        };
        self.refuse(self.at, why)
    }

    /// Where the value begins, and the value, without the spaces around it.
    #[inline(always)]
    fn value(&mut self) -> Step<(usize, &'a [u8])> {
        while matches!(self.peek()?, b' ' | b'\t') {
            self.at += 1;
        }
        let start = self.at;
        self.at += class::run_of_value(&self.bytes[start..]);
        let mut end = self.at;
        while end > start && matches!(self.bytes[end - 1], b' ' | b'\t') {
            end -= 1;
        }
        Ok((start, &self.bytes[start..end]))
    }

    /// CRLF. RFC 9112, section 2.2, lets a reader take LF alone as well; but
    /// one that doesn't would see the next line as a part of this one.
    #[inline(always)]
    fn line_end(&mut self, other: Why) -> Step<()> {
        match self.peek()? {
            b'\r' => self.at += 1,
            b'\n' => return self.refuse(self.at, Why::BareLf),
            _ => return self.refuse(self.at, other),
        }
        match self.peek()? {
            b'\n' => self.at += 1,
            _ => return self.refuse(self.at, Why::BareCr),
        }
        Ok(())
    }

    /// RFC 9112, section 3.2: 400 for a second Host, and for one that is none.
    #[inline(always)]
    fn host(&self, field: Field<'a>, another: bool) -> Step<()> {
        if another {
            return self.refuse(field.at, Why::TwoHosts);
        }
        match class::run(field.value, HOST) {
            run if run < field.value.len() => {
                self.refuse(field.at + run, Why::Host)
            }
            _ => Ok(()),
        }
    }

    /// A token or a target as text.
    #[inline(always)]
    fn text(&mut self, start: usize) -> &'a str {
        let (from, to) = (start - self.text_at, self.at - self.text_at);
        match self.text.get(from..to) {
            Some(text) => text,
            None => self.more_text(start),
        }
    }

    /// That each byte of a token is ASCII is known, but only
    /// [`str::from_utf8`] may say so; and asking it once for many lines costs
    /// less than asking it for each name.
    #[inline(never)]
    fn more_text(&mut self, start: usize) -> &'a str {
        let end = self.bytes.len().min(start + 1024).max(self.at);
        let window = &self.bytes[start..end];
        // A value needn't be UTF-8. The token at the window's beginning is.
        self.text = str::from_utf8(window).unwrap_or_else(|error| {
            str::from_utf8(&window[..error.valid_up_to()]).unwrap_or_default()
        });
        self.text_at = start;
        self.text.get(..self.at - start).unwrap_or_default()
    }

    #[inline(always)]
    fn peek(&self) -> Step<u8> {
        self.bytes.get(self.at).copied().ok_or(Stop::Partial)
    }

    fn refuse<T>(&self, at: usize, why: Why) -> Step<T> {
        Err(Stop::Refused(at, why))
    }

    /// What comes first: the byte that stopped the scan, or a limit.
    fn verdict<T>(
        &self,
        found: Step<T>,
        limits: &Limits,
    ) -> Result<Status<T>, Refusal> {
        let (seen, stop) = match found {
            Ok(found) if self.at <= limits.head => {
                return Ok(Status::Complete(found));
            }
            Ok(_) => (self.at, None),
            Err(Stop::Partial) => (self.bytes.len(), None),
            Err(Stop::Refused(at, why)) => (at + 1, Some((at, why))),
        };
        match self.over(seen, limits).or(stop) {
            Some((at, why)) => Err(Refusal::new(at, why)),
            None => Ok(Status::Partial),
        }
    }

    /// Which limit is passed by the bytes before `end`, and where.
    fn over(&self, end: usize, limits: &Limits) -> Option<(usize, Why)> {
        let line = self.line.saturating_add(limits.line);
        let ends = self.bytes.get(line) == Some(&b'\r');
        if end > line && !ends && line < limits.head {
            return Some((line, self.too_long));
        }
        (end > limits.head).then_some((limits.head, Why::HeadTooLong))
    }
}
// ANCHOR_END: parts

// ANCHOR: form
/// Whether the target has one of the four forms of RFC 9112, section 3.2, and
/// the method may have it.
fn has_form(method: &str, target: &str) -> bool {
    match target.as_bytes() {
        // authority-form, for CONNECT only: a host and a port.
        _ if method == "CONNECT" => is_authority(target),
        // origin-form
        [b'/', ..] => true,
        // asterisk-form, for OPTIONS only: the server itself.
        b"*" => method == "OPTIONS",
        // absolute-form, as to a proxy.
        _ => is_absolute(target),
    }
}

fn is_authority(target: &str) -> bool {
    let Some((host, port)) = target.rsplit_once(':') else { return false };
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    is_host(host) && digits && (1..=5).contains(&port.len())
}

fn is_absolute(target: &str) -> bool {
    let Some((scheme, rest)) = target.split_once("://") else { return false };
    let known = ["http", "https"];
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    known.iter().any(|known| known.eq_ignore_ascii_case(scheme))
        && is_host(&rest[..end])
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && class::run(text.as_bytes(), HOST) == text.len()
}
// ANCHOR_END: form

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { line: 30, head: 99, fields: 3, body: 0 };

    fn why(bytes: &str) -> (usize, Why) {
        let mut fields = [Field::EMPTY; 9];
        let verdict = parse(bytes.as_bytes(), &LIMITS, &mut fields);
        let refusal = verdict.expect_err(bytes);
        (refusal.at, refusal.why)
    }

    #[test]
    fn a_head_is_taken_apart() {
        let bytes =
            b"GET /a?b HTTP/1.1\r\nHost:\t a:8 \r\nX:\r\nx: 2\r\n\r\nmore";
        let mut fields = [Field::EMPTY; 9];
        let verdict = parse(bytes, &LIMITS, &mut fields);
        let Ok(Status::Complete((request, length))) = verdict else {
            panic!("{verdict:?}");
        };
        assert_eq!(length, bytes.len() - 4);
        assert_eq!((request.method, request.target), ("GET", "/a?b"));
        assert_eq!(request.version, Version::Http11);
        let host = Field { name: "Host", value: b"a:8", at: 26 };
        let x = Field { name: "X", value: b"", at: 34 };
        let second = Field { name: "x", value: b"2", at: 39 };
        assert_eq!(request.fields, [host, x, second]);
        assert_eq!(request.field("x"), Some(&b""[..]), "the first of two");
        assert_eq!(request.field("hOST"), Some(&b"a:8"[..]));
    }

    #[test]
    fn a_limit_is_passed_by_the_first_byte_too_many() {
        let line = "GET /".to_string() + &"a".repeat(40);
        assert_eq!(why(&line), (30, Why::RequestLineTooLong));
        let start = "GET / HTTP/1.0\r\n";
        let field = start.to_string() + "A: " + &"a".repeat(40) + "\r\n";
        assert_eq!(why(&field), (16 + 30, Why::FieldLineTooLong));
        let fields = start.to_string() + &"A: a\r\n".repeat(4);
        assert_eq!(why(&fields), (16 + 18, Why::TooManyFields));
        let head =
            start.to_string() + &"A: bcdefghijklmnopqrstuvwxyz\r\n".repeat(3);
        assert_eq!(why(&head), (99, Why::HeadTooLong));
        let both = head[..76].to_string() + &"a".repeat(40);
        assert_eq!(why(&both), (99, Why::HeadTooLong), "that one is first");
    }
}
