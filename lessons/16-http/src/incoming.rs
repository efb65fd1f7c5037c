//! A request's body, on its way in.
//!
//! ```text
//! head │ what came with it │ what is read when somebody wants it
//!      └───────── early ───┴── late ──→
//! ```
//!
//! Nothing is read that nobody wants. What a handler leaves is read to the
//! end if it is little, and else the connection is closed: the next request
//! begins after the body, or it is made of it.
//!
//! Start reading at [`Incoming::piece`].

use std::io::{self, Read, Write};
use std::ops::Range;

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::scheduler::yield_now;
use lesson_framing::Status;

use crate::pace::{Pace, Patience};
use crate::server::Seat;
use crate::{Body, ChunkedDecoder, Limits, Piece, Refusal, Why};

/// The most that one read takes.
const ROOM: usize = 64 * 1024;
/// After so many reads the others have their turn.
const TURNS: usize = 16;

/// Why a body doesn't come.
#[derive(Debug)]
pub enum Failure {
    /// It isn't HTTP, or longer than allowed.
    Refused(Refusal),
    /// It comes too slowly.
    Slow,
    /// The client has gone, or left in the middle.
    Gone(io::Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Failure::Slow,
            _ => Failure::Gone(error),
        }
    }
}

/// What is to come.
enum Left {
    Nothing,
    Length(u64),
    Chunks(Box<ChunkedDecoder>),
}

/// A body that can be read once, piece by piece.
pub struct Incoming<'c> {
    stream: &'c TcpStream,
    seat: &'c Seat,
    patience: &'c Patience,
    left: Left,
    /// What came with the head, and the next request perhaps.
    early: &'c [u8],
    late: Vec<u8>,
    /// What of it nobody has had yet.
    fresh: Range<usize>,
    /// Expect: 100-continue. The client waits for a word.
    expects: bool,
    pace: Option<Pace>,
    turns: usize,
}

/// Where a piece lies.
enum Place {
    Early(Range<usize>),
    Late(Range<usize>),
}

impl<'c> Incoming<'c> {
    pub(crate) fn new(
        stream: &'c TcpStream,
        seat: &'c Seat,
        patience: &'c Patience,
        early: &'c [u8],
    ) -> Self {
        Incoming {
            stream,
            seat,
            patience,
            left: Left::Nothing,
            early,
            late: Vec::new(),
            fresh: 0..0,
            expects: false,
            pace: None,
            turns: 0,
        }
    }

    /// What body is to come. A length that is too long is refused before any
    /// of it is there.
    pub(crate) fn expect(
        &mut self,
        body: Body,
        limits: &Limits,
        expects: bool,
    ) -> Result<(), Refusal> {
        self.left = match body {
            Body::None | Body::Length(0) => Left::Nothing,
            Body::Length(length) if length > limits.body => {
                return Err(Refusal::new(0, Why::BodyTooLong));
            }
            Body::Length(length) => Left::Length(length),
            Body::Chunked => {
                Left::Chunks(Box::new(ChunkedDecoder::new(limits)))
            }
        };
        // A client that has begun to send doesn't wait any more.
        self.expects = expects && self.early.is_empty() && !self.is_over();
        Ok(())
    }

    /// How many bytes are to come: `None` for chunks.
    pub fn length(&self) -> Option<u64> {
        match &self.left {
            Left::Nothing => Some(0),
            Left::Length(left) => Some(*left),
            Left::Chunks(_) => None,
        }
    }

    /// Whether all of it has been read.
    pub fn is_over(&self) -> bool {
        matches!(self.left, Left::Nothing)
    }

    /// Whether it is all here: nothing has to be waited for.
    pub(crate) fn is_here(&self) -> bool {
        match self.left {
            Left::Nothing => true,
            Left::Length(left) => left <= self.early.len() as u64,
            Left::Chunks(_) => false,
        }
    }

    /// Whether the client would send it, if somebody asked.
    pub(crate) fn is_held_back(&self) -> bool {
        self.expects
    }

    // ANCHOR: piece
    /// The next piece, as it comes: at least one byte. Nothing at the end.
    ///
    /// # Errors
    /// [`Failure`]. Give it on: the connection's end is the answer.
    pub fn piece(&mut self) -> Result<Option<&[u8]>, Failure> {
        loop {
            match self.look()? {
                Some(Place::Early(range)) => {
                    let piece = &self.early[range.clone()];
                    self.early = &self.early[range.end..];
                    return Ok(Some(piece));
                }
                Some(Place::Late(range)) => {
                    return Ok(Some(&self.late[range]));
                }
                None if self.is_over() => return Ok(None),
                None => self.read()?,
            }
        }
    }
    // ANCHOR_END: piece

    /// All of it, if it has no more than so many bytes.
    ///
    /// # Errors
    /// [`Failure`]; 413 if it has more.
    pub fn all(&mut self, most: usize) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece()? {
            if all.len() + piece.len() > most {
                return Err(Refusal::new(most, Why::BodyTooLong).into());
            }
            all.extend_from_slice(piece);
        }
        Ok(all)
    }

    /// Takes a piece of what is here.
    fn look(&mut self) -> Result<Option<Place>, Failure> {
        let early = !self.early.is_empty();
        let here = match early {
            true => self.early,
            false => &self.late[self.fresh.clone()],
        };
        let (taken, length) = match &mut self.left {
            Left::Nothing => return Ok(None),
            Left::Length(left) => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX);
                let length = here.len().min(most);
                *left -= length as u64;
                (length, length)
            }
            Left::Chunks(decoder) => {
                let mut rest = here;
                let found = decoder.next(&mut rest)?;
                let taken = here.len() - rest.len();
                match found {
                    Status::Complete(Piece::Data(data)) => (taken, data.len()),
                    Status::Complete(Piece::End) => {
                        self.left = Left::Nothing;
                        (taken, 0)
                    }
                    Status::Partial => (taken, 0),
                }
            }
        };
        if matches!(self.left, Left::Length(0)) {
            self.left = Left::Nothing;
        }
        Ok(self.take(early, taken, length))
    }

    /// The last `length` of the next `taken` bytes are a piece.
    fn take(
        &mut self,
        early: bool,
        taken: usize,
        length: usize,
    ) -> Option<Place> {
        if early && length > 0 {
            return Some(Place::Early(taken - length..taken));
        }
        if early {
            self.early = &self.early[taken..];
            return None;
        }
        self.fresh.start += taken;
        let end = self.fresh.start;
        (length > 0).then_some(Place::Late(end - length..end))
    }

    // ANCHOR: read
    /// Reads more, and doesn't wait longer than the pace allows.
    fn read(&mut self) -> Result<(), Failure> {
        let begin = || Pace::begin(self.patience);
        let pace = self.pace.get_or_insert_with(begin);
        // What the handler did meanwhile is not the client's time.
        pace.go_on();
        let left = pace.left().ok_or(Failure::Slow)?;
        self.seat.slow(pace);
        self.stream.set_limit(Some(left));
        // RFC 9110, section 10.1.1: now somebody wants it.
        if std::mem::take(&mut self.expects) {
            self.stream().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        self.turns += 1;
        if self.turns.is_multiple_of(TURNS) {
            yield_now();
        }
        // Of what is counted, not one byte of the next request.
        let most = match self.left {
            Left::Length(left) => left.min(ROOM as u64) as usize,
            _ => ROOM / 4,
        };
        self.late.resize(most, 0);
        let count = self.stream().read(&mut self.late)?;
        if count == 0 {
            return Err(Failure::Gone(io::ErrorKind::UnexpectedEof.into()));
        }
        self.fresh = 0..count;
        let patience = self.patience;
        self.pace.iter_mut().for_each(|pace| pace.moved(count, patience));
        Ok(())
    }
    // ANCHOR_END: read

    fn stream(&self) -> &'c TcpStream {
        self.stream
    }

    // ANCHOR: drain
    /// Reads the rest and forgets it, if it is no more than so much: whether
    /// that was all.
    pub(crate) fn drain(&mut self, most: u64) -> Result<bool, Failure> {
        let mut drained = 0;
        while drained <= most {
            match self.piece()? {
                Some(piece) => drained += piece.len() as u64,
                None => return Ok(true),
            }
        }
        Ok(false)
    }
    // ANCHOR_END: drain

    /// What came behind the body: how much of `early`, and bytes read later.
    pub(crate) fn rest(self) -> (usize, Vec<u8>) {
        let mut late = self.late;
        late.truncate(self.fresh.end);
        late.drain(..self.fresh.start);
        (self.early.len(), late)
    }
}
