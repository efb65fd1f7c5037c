//! Chunked: a body whose length nobody knows when it begins.
//!
//! ```text
//! 5\r\n             the size, in hexadecimal
//! hello\r\n         so many bytes, and a line end
//! 6;seen=yes\r\n    an extension, which is passed over
//! world!\r\n
//! 0\r\n             the last chunk has none
//! Seen: twice\r\n   a trailer: a field that came too late for the head
//! \r\n              an empty line ends the body
//! ```
//!
//! (RFC 9112, section 7.1.) The sizes are the sender's, and so are the
//! extensions and the trailers: each has its limit.
//!
//! Start reading at [`ChunkedDecoder::next`].

use lesson_framing::Status;

use crate::class::{self, VALUE};
use crate::request::trailer;
use crate::{Limits, Refusal, Why};

/// A part of a chunked body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'b> {
    /// Bytes of the body, at least one. A chunk may come in many pieces.
    Data(&'b [u8]),
    /// The body's end: what follows is the next request.
    End,
}

/// Takes a chunked body in any pieces, and gives out what is in the chunks.
///
/// It keeps no bytes but those of a trailer's line.
///
/// ```
/// use lesson_framing::Status;
/// use lesson_http::{ChunkedDecoder, Limits, Piece};
///
/// let mut decoder = ChunkedDecoder::new(&Limits::default());
/// let mut bytes = &b"5\r\nhello\r\n0\r\n\r\nGET "[..];
/// let piece = decoder.next(&mut bytes);
/// assert_eq!(piece, Ok(Status::Complete(Piece::Data(b"hello"))));
/// assert_eq!(decoder.next(&mut bytes), Ok(Status::Complete(Piece::End)));
/// assert_eq!(bytes, b"GET ");
/// ```
#[derive(Debug, Clone)]
pub struct ChunkedDecoder {
    state: State,
    limits: Limits,
    /// What has been taken, from the body's first byte.
    at: usize,
    /// How much longer the body may become.
    room: u64,
    /// How many more bytes extensions and trailers may have, all together:
    /// a chunk of one byte may have an extension each.
    spare: usize,
    /// Where the line began, and the trailer's line so far.
    line: usize,
    trailer: Vec<u8>,
}

/// Where in the grammar the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// `chunk-size`, whose value so far is known; and whether it has a digit.
    Size(u64, bool),
    /// `chunk-ext`, which nobody reads.
    Extension(u64),
    /// The LF after the size.
    SizeEnd(u64),
    /// `chunk-data`, of which so much is to come.
    Data(u64),
    /// The CR and the LF after it.
    DataCr,
    DataLf,
    /// `trailer-section`, and its empty line.
    Trailer,
    Ended,
    Refused(Refusal),
}

// ANCHOR: decoder
impl ChunkedDecoder {
    /// Begins at a body's first byte.
    pub fn new(limits: &Limits) -> Self {
        ChunkedDecoder {
            state: State::Size(0, false),
            limits: *limits,
            at: 0,
            room: limits.body,
            spare: limits.head,
            line: 0,
            trailer: Vec::new(),
        }
    }

    /// Takes the next piece from the beginning of `bytes`, which then has
    /// only what follows it. `Partial` has taken all, and wants more.
    ///
    /// # Errors
    /// As soon as a byte breaks the rule or passes a limit; every later call
    /// repeats it. The byte is counted from the body's first.
    pub fn next<'b>(
        &mut self,
        bytes: &mut &'b [u8],
    ) -> Result<Status<Piece<'b>>, Refusal> {
        while self.state != State::Ended {
            if let State::Data(left) = self.state {
                match self.data(bytes, left) {
                    [] => return Ok(Status::Partial),
                    data => return Ok(Status::Complete(Piece::Data(data))),
                }
            }
            let Some((&byte, rest)) = bytes.split_first() else {
                return Ok(Status::Partial);
            };
            self.state = self.step(byte).inspect_err(|&refusal| {
                self.state = State::Refused(refusal);
            })?;
            self.at += 1;
            *bytes = rest;
        }
        Ok(Status::Complete(Piece::End))
    }

    /// As much of the chunk as is there.
    fn data<'b>(&mut self, bytes: &mut &'b [u8], left: u64) -> &'b [u8] {
        let length = usize::try_from(left).unwrap_or(usize::MAX);
        let (data, rest) = bytes.split_at(length.min(bytes.len()));
        *bytes = rest;
        self.at += data.len();
        self.state = match left - data.len() as u64 {
            0 => State::DataCr,
            left => State::Data(left),
        };
        data
    }

    /// One byte of what is around the data.
    fn step(&mut self, byte: u8) -> Result<State, Refusal> {
        match (self.state, byte) {
            (State::Size(..) | State::Extension(_), _) => self.size(byte),
            (State::SizeEnd(size), b'\n') => Ok(self.begin(size)),
            (State::SizeEnd(_), _) => self.refuse(Why::BareCr),
            (State::DataCr, b'\r') => Ok(State::DataLf),
            (State::DataLf, b'\n') => {
                self.line = self.at + 1;
                Ok(State::Size(0, false))
            }
            (State::DataCr | State::DataLf | State::Data(_), _) => {
                self.refuse(Why::ChunkEnd)
            }
            (State::Trailer, _) => self.trailer(byte),
            (State::Refused(refusal), _) => Err(refusal),
            (State::Ended, _) => Ok(State::Ended),
        }
    }

    /// `chunk-size [ chunk-ext ] CR`. A space before the semicolon, which
    /// RFC 9112, section 7.1.1, lets a reader take, is refused.
    fn size(&mut self, byte: u8) -> Result<State, Refusal> {
        let state = match (self.state, byte) {
            (State::Size(size, _), _) if byte.is_ascii_hexdigit() => {
                State::Size(self.digit(size, byte)?, true)
            }
            (State::Size(size, true), b';') => State::Extension(size),
            (State::Size(size, true) | State::Extension(size), b'\r') => {
                return Ok(State::SizeEnd(size));
            }
            (State::Size(_, true) | State::Extension(_), b'\n') => {
                return self.refuse(Why::BareLf);
            }
            (State::Extension(size), _) if class::is(byte, VALUE) => {
                self.spend()?;
                State::Extension(size)
            }
            (State::Extension(_), _) => {
                return self.refuse(Why::ChunkExtension);
            }
            _ => return self.refuse(Why::ChunkSize),
        };
        match self.at - self.line {
            // The line has a limit: so many digits and extensions.
            length if length >= self.limits.line => {
                self.refuse(Why::ChunkLineTooLong)
            }
            _ => Ok(state),
        }
    }

    /// One more digit of a size. Whoever checks the limit first can't
    /// overflow.
    fn digit(&self, size: u64, byte: u8) -> Result<u64, Refusal> {
        let digit = char::from(byte).to_digit(16).unwrap_or_default();
        size.checked_mul(16)
            .and_then(|size| size.checked_add(u64::from(digit)))
            .filter(|size| *size <= self.room)
            .ok_or(Refusal::new(self.at, Why::BodyTooLong))
    }

    /// The size's line has ended.
    fn begin(&mut self, size: u64) -> State {
        self.line = self.at + 1;
        self.room -= size;
        match size {
            0 => State::Trailer,
            size => State::Data(size),
        }
    }
}
// ANCHOR_END: decoder

// ANCHOR: limits
impl ChunkedDecoder {
    /// A byte of an extension or of a trailer.
    fn spend(&mut self) -> Result<(), Refusal> {
        match self.spare.checked_sub(1) {
            Some(spare) => self.spare = spare,
            None => return self.refuse(Why::HeadTooLong),
        }
        Ok(())
    }

    /// A line of a trailer is kept until it is whole, and then read as a field
    /// of the head is. RFC 9112, section 7.1.2, lets the fields be dropped: a
    /// length or a Host that comes now is too late to be believed.
    fn trailer(&mut self, byte: u8) -> Result<State, Refusal> {
        self.spend()?;
        self.trailer.push(byte);
        if byte != b'\n' && self.trailer.len() <= self.limits.line {
            return Ok(State::Trailer);
        }
        let read = trailer(&self.trailer, &self.limits).map_err(|refusal| {
            Refusal { at: self.line + refusal.at, ..refusal }
        })?;
        let Status::Complete(field) = read else { return Ok(State::Trailer) };
        self.trailer.clear();
        self.line = self.at + 1;
        Ok(if field { State::Trailer } else { State::Ended })
    }

    fn refuse<T>(&self, why: Why) -> Result<T, Refusal> {
        Err(Refusal::new(self.at, why))
    }
}
// ANCHOR_END: limits

// ANCHOR: encoder
/// Appends a chunk with these bytes, and none if there are none: an empty
/// chunk would be the last.
pub fn encode(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// Appends the last chunk, and the end of a trailer section without fields.
pub fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n\r\n");
}
// ANCHOR_END: encoder

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { line: 20, head: 50, fields: 9, body: 300 };

    /// The data, what follows the end, and whether it has come.
    fn decode(
        bytes: &[u8],
        piece: usize,
    ) -> Result<(String, Option<usize>), Refusal> {
        let mut decoder = ChunkedDecoder::new(&LIMITS);
        let mut data = Vec::new();
        for (i, mut part) in bytes.chunks(piece).enumerate() {
            loop {
                match decoder.next(&mut part)? {
                    Status::Complete(Piece::Data(more)) => {
                        assert!(!more.is_empty());
                        data.extend_from_slice(more);
                    }
                    Status::Complete(Piece::End) => {
                        let taken = (i * piece + piece).min(bytes.len());
                        let data = String::from_utf8(data).unwrap();
                        return Ok((data, Some(taken - part.len())));
                    }
                    Status::Partial => {
                        assert!(part.is_empty());
                        break;
                    }
                }
            }
        }
        Ok((String::from_utf8(data).unwrap(), None))
    }

    fn whole(bytes: &[u8]) -> Result<(String, Option<usize>), Refusal> {
        let whole = decode(bytes, bytes.len());
        for piece in 1..=9 {
            assert_eq!(decode(bytes, piece), whole, "pieces of {piece}");
        }
        whole
    }

    fn why(bytes: &[u8]) -> (usize, Why) {
        let refusal = whole(bytes).unwrap_err();
        (refusal.at, refusal.why)
    }

    #[test]
    fn chunks_of_any_size_come_out_as_they_went_in() {
        let mut bytes = Vec::new();
        encode(b"hello ", &mut bytes);
        encode(b"", &mut bytes);
        encode("world".repeat(40).as_bytes(), &mut bytes);
        end(&mut bytes);
        let length = bytes.len();
        bytes.extend_from_slice(b"GET / HTTP/1.1\r\n");
        let data = "hello ".to_string() + &"world".repeat(40);
        assert_eq!(whole(&bytes), Ok((data, Some(length))));
    }

    #[test]
    fn the_end_is_the_last_chunk_and_an_empty_line() {
        assert_eq!(whole(b"0\r\n\r"), Ok((String::new(), None)));
        assert_eq!(whole(b"000\r\n\r\n"), Ok((String::new(), Some(7))));
        let bytes = b"A;a=\"b;\"\r\n0123456789\r\n0;x\r\nA: b\r\n\r\nmore";
        let data = "0123456789".to_string();
        assert_eq!(whole(bytes), Ok((data, Some(bytes.len() - 4))));
    }

    #[test]
    fn a_size_is_hexadecimal_digits_only() {
        for size in ["", "+1", "-1", " 1", "0x1", "1 ", "1_", "g", ";a"] {
            let bytes = format!("{size}\r\na\r\n0\r\n\r\n");
            assert_eq!(why(bytes.as_bytes()).1, Why::ChunkSize, "{size}");
        }
        assert_eq!(why(b"12d"), (2, Why::BodyTooLong));
        assert_eq!(why(b"12c\n"), (3, Why::BareLf));
        assert_eq!(why(b"1;\n"), (2, Why::BareLf));
        assert_eq!(why(b"1\ra"), (2, Why::BareCr));
        assert_eq!(why(b"1;\0"), (2, Why::ChunkExtension));
    }

    #[test]
    fn a_chunk_has_as_many_bytes_as_its_size_says() {
        assert_eq!(why(b"2\r\nabc\r\n"), (5, Why::ChunkEnd));
        assert_eq!(why(b"2\r\nab\n"), (5, Why::ChunkEnd));
        assert_eq!(why(b"2\r\nab\r\r"), (6, Why::ChunkEnd));
    }

    #[test]
    fn a_size_is_refused_before_it_overflows() {
        let limits = Limits { body: u64::MAX, ..LIMITS };
        let mut decoder = ChunkedDecoder::new(&limits);
        let mut bytes = &b"1ffffffffffffffff"[..];
        let refusal = decoder.next(&mut bytes).unwrap_err();
        assert_eq!((refusal.status, refusal.at), (413, 16));
        // A line end would be right here.
        assert_eq!(decoder.next(&mut &b"\r"[..]), Err(refusal), "again");
    }

    #[test]
    fn a_body_is_as_long_as_all_its_chunks() {
        let mut bytes = Vec::new();
        encode(&[b'a'; 200], &mut bytes);
        encode(&[b'b'; 101], &mut bytes);
        assert_eq!(why(&bytes), (200 + 6 + 1, Why::BodyTooLong));
    }

    #[test]
    fn lines_have_a_limit_and_all_of_them_together() {
        let zeros = [b'0'; 30];
        assert_eq!(why(&zeros), (20, Why::ChunkLineTooLong));
        let long = [b"1;".as_slice(), &[b'a'; 30]].concat();
        assert_eq!(why(&long), (20, Why::ChunkLineTooLong));
        let many = b"1;abcdefghij\r\na\r\n".repeat(9);
        assert_eq!(why(&many).1, Why::HeadTooLong);
        let trailer = [b"0\r\nA: ".as_slice(), &[b'a'; 30]].concat();
        assert_eq!(why(&trailer), (3 + 20, Why::FieldLineTooLong));
        let trailers = [b"0\r\n".as_slice(), &b"A: b\r\n".repeat(9)].concat();
        assert_eq!(why(&trailers), (3 + 50, Why::HeadTooLong));
    }

    #[test]
    fn a_trailer_without_an_end_is_refused_by_the_first_byte_too_many() {
        for line in ["A: ", "", " ", "A: \r"] {
            let bytes = format!("0\r\n{line:a<20}");
            let (most, longer) = (bytes.as_bytes(), bytes.clone() + "a");
            assert_eq!(whole(most), Ok((String::new(), None)), "{line:?}");
            assert!(whole(longer.as_bytes()).is_err(), "{line:?}");
        }
        let last = b"0\r\nA: aaaaaaaaaaaaaaaaa\r";
        assert_eq!(whole(last), Ok((String::new(), None)));
        assert_eq!(why(&[&last[..], b"a"].concat()), (3 + 21, Why::BareCr));
    }

    #[test]
    fn a_trailer_keeps_the_rules_of_a_field() {
        assert_eq!(why(b"0\r\nA: b\n\n"), (7, Why::BareLf));
        assert_eq!(why(b"0\r\nA : b\r\n"), (4, Why::SpaceBeforeColon));
        assert_eq!(why(b"0\r\nA: b\r\n c\r\n"), (9, Why::Fold));
        assert_eq!(why(b"0\r\nA: \0\r\n"), (6, Why::Value));
    }
}
