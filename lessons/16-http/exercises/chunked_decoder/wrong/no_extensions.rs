//! Rejected by: a_body_survives_being_split_into_single_bytes, a_body_survives_every_cut, an_extension_is_passed_over, a_line_of_the_limit_is_accepted, a_body_of_the_limit_is_accepted
//!
//! Refuses extensions, which have to be passed over.

/// How much a client may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a line with a size, its ending too.
    pub line: usize,
    /// Bytes of the body, all chunks together.
    pub body: u64,
    /// Bytes of the trailer, the empty line too.
    pub trailer: usize,
}

/// What the next byte is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The size's first digit.
    Size,
    /// Another digit, or what follows the size.
    Digits,
    /// An extension.
    Extension,
    /// The LF behind the size.
    SizeEnd,
    /// Data, of which so much is due.
    Data,
    /// The CR behind the data.
    DataCr,
    /// The LF behind that.
    DataLf,
    /// The first byte of a line of the trailer.
    Trailer,
    /// Another byte of it.
    TrailerLine,
    /// The LF at its end.
    TrailerLf,
    /// The LF of the empty line.
    LastLf,
    Done,
    Refused(u16),
}

/// Takes pieces of a chunked body and gives the body.
pub struct ChunkedDecoder {
    limits: Limits,
    state: State,
    /// Of the chunk: its size, and then what is due of it.
    size: u64,
    /// Bytes that the line or the trailer may still have.
    room: usize,
}

impl ChunkedDecoder {
    /// Makes a decoder for one body.
    pub fn new(limits: Limits) -> ChunkedDecoder {
        ChunkedDecoder {
            limits,
            state: State::Size,
            size: 0,
            room: limits.line,
        }
    }

    /// Takes bytes off the front of `bytes`, adds those of the body to `out`,
    /// and says how many it took.
    pub fn decode(
        &mut self,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<usize, u16> {
        let mut taken = 0;
        while taken < bytes.len() && self.state != State::Done {
            if self.state == State::Data {
                taken += self.data(&bytes[taken..], out);
                continue;
            }
            self.state = match self.step(bytes[taken]) {
                Ok(next) => next,
                Err(status) => State::Refused(status),
            };
            taken += 1;
        }
        match self.state {
            State::Refused(status) => Err(status),
            _ => Ok(taken),
        }
    }

    /// Whether the whole body has come.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Puts out as much of the chunk as has come.
    fn data(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let due = usize::try_from(self.size).unwrap_or(usize::MAX);
        let length = due.min(bytes.len());
        out.extend_from_slice(&bytes[..length]);
        self.size -= length as u64;
        if self.size == 0 {
            self.state = State::DataCr;
        }
        length
    }

    /// What comes after a byte that isn't data.
    fn step(&mut self, byte: u8) -> Result<State, u16> {
        use State::*;
        self.take_room()?;
        match (self.state, byte) {
            (Size | Digits, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.digit(byte)?;
                Ok(Digits)
            }

            (Digits | Extension, b'\r') => Ok(SizeEnd),
            (Extension, byte) if is_text(byte) => Ok(Extension),
            (SizeEnd, b'\n') => Ok(self.after_size()),
            (DataCr, b'\r') => Ok(DataLf),
            (DataLf, b'\n') => {
                self.room = self.limits.line;
                Ok(Size)
            }
            (Trailer, b'\r') => Ok(LastLf),
            (TrailerLine, b'\r') => Ok(TrailerLf),
            (Trailer | TrailerLine, byte) if is_text(byte) => Ok(TrailerLine),
            (TrailerLf, b'\n') => Ok(Trailer),
            (LastLf, b'\n') => Ok(Done),
            (Refused(status), _) => Err(status),
            _ => Err(400),
        }
    }

    /// Counts a byte of a line or of the trailer.
    fn take_room(&mut self) -> Result<(), u16> {
        use State::*;
        let too_long: u16 = match self.state {
            Size | Digits | Extension | SizeEnd => 400,
            Trailer | TrailerLine | TrailerLf | LastLf => 431,
            Data | DataCr | DataLf | Done | Refused(_) => return Ok(()),
        };
        self.room = self.room.checked_sub(1).ok_or(too_long)?;
        Ok(())
    }

    fn digit(&mut self, digit: u8) -> Result<(), u16> {
        let digit = (digit as char).to_digit(16).ok_or(400u16)?;
        // RFC 9112, section 7.1: "recipients MUST anticipate potentially
        // large hexadecimal numerals and prevent parsing errors".
        let size = self.size.checked_mul(16).ok_or(413u16)?;
        let size = size.checked_add(u64::from(digit)).ok_or(413u16)?;
        if size > self.limits.body {
            return Err(413);
        }
        self.size = size;
        Ok(())
    }

    fn after_size(&mut self) -> State {
        if self.size == 0 {
            self.room = self.limits.trailer;
            return State::Trailer;
        }
        // What this chunk takes, the others can't have.
        self.limits.body -= self.size;
        State::Data
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}
