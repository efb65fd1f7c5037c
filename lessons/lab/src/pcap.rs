//! The file format pcap: frames with their times, as tcpdump and Wireshark
//! read and write it.
//!
//! ```text
//!  ┌───────────┬─────────┬────────────────────┬───────────┬──────────┐
//!  │ magic     │ version │ two zeros, for     │ longest   │ link     │
//!  │ a1b2c3d4  │ 2, 4    │ time zones         │ frame     │ type: 1  │
//!  └───────────┴─────────┴────────────────────┴───────────┴──────────┘
//!    4 bytes     2 + 2     4 + 4                4           4
//!
//!  ┌───────────┬──────────────┬──────────────┬─────────────┬─────────
//!  │ seconds   │ microseconds │ bytes in the │ bytes the   │ the     …
//!  │           │              │ file         │ frame had   │ frame
//!  └───────────┴──────────────┴──────────────┴─────────────┴─────────
//!    4           4              4              4             for each frame
//! ```
//!
//! The magic says the byte order of all numbers, and whether times are in
//! micro- or nanoseconds: draft-ietf-opsawg-pcap, section 4.
//!
//! Start reading at [`Reader::new`].

use std::fmt;
use std::io::{self, Read, Write};
use std::time::Duration;

/// The longest frame that a file may hold, in bytes: Wireshark's limit. A
/// length beyond it is a broken file, and no reason to ask for memory.
pub const LONGEST: u32 = 262_144;

/// The link type of Ethernet, LINKTYPE_ETHERNET.
pub const ETHERNET: u32 = 1;

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;
const PCAPNG: u32 = 0x0a0d_0d0a;

/// Writes frames of Ethernet: little-endian, microseconds.
#[derive(Debug)]
pub struct Writer<W> {
    to: W,
}

impl<W: Write> Writer<W> {
    /// Writes the file's header.
    pub fn new(mut to: W) -> io::Result<Self> {
        for word in [MICROSECONDS, 4 << 16 | 2, 0, 0, LONGEST, ETHERNET] {
            to.write_all(&word.to_le_bytes())?;
        }
        Ok(Writer { to })
    }

    /// Writes one frame; `at` is its time since the first day of 1970.
    ///
    /// Errors: `InvalidInput` for a frame longer than [`LONGEST`] or a time
    /// after 2106, and what the file's write says.
    pub fn frame(&mut self, at: Duration, bytes: &[u8]) -> io::Result<()> {
        let refused = io::ErrorKind::InvalidInput;
        let seconds = u32::try_from(at.as_secs()).map_err(|_| refused)?;
        let length = u32::try_from(bytes.len()).map_err(|_| refused)?;
        if length > LONGEST {
            return Err(refused.into());
        }
        for word in [seconds, at.subsec_micros(), length, length] {
            self.to.write_all(&word.to_le_bytes())?;
        }
        self.to.write_all(bytes)
    }

    /// The file, back again.
    pub fn into_inner(self) -> W {
        self.to
    }
}

/// A frame from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its time since the first day of 1970.
    pub at: Duration,
    /// Its bytes, or the first of them.
    pub bytes: Vec<u8>,
    /// How many bytes it had on the wire.
    pub length: u32,
}

/// What is wrong with a file.
#[derive(Debug)]
pub enum Error {
    /// It is no pcap: these are its first bytes.
    NotPcap(Vec<u8>),
    /// It is of the newer format pcapng.
    Pcapng,
    /// It has another version than 2.4.
    Version(u16, u16),
    /// Its frames are no Ethernet, but of this link type.
    LinkType(u32),
    /// It ends in the middle of frame `frame`, counted from 1; 0 is the
    /// header.
    Truncated {
        /// Which frame, counted from 1.
        frame: usize,
    },
    /// The frame says that it has so many bytes, more than any has.
    Length {
        /// Which frame, counted from 1.
        frame: usize,
        /// What it says.
        length: u32,
    },
    /// It could not be read.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotPcap(bytes) => {
                write!(f, "no pcap file: it begins with")?;
                bytes.iter().try_for_each(|b| write!(f, " {b:02x}"))?;
                bytes.is_empty().then(|| write!(f, " nothing")).transpose()?;
                write!(f, ", a pcap with d4 c3 b2 a1")
            }
            Error::Pcapng => write!(
                f,
                "a pcapng file: make a pcap of it with \
                 tshark -F pcap -r FILE -w NEW.pcap"
            ),
            Error::Version(major, minor) => {
                write!(f, "pcap version {major}.{minor}; only 2.4 is known")
            }
            Error::LinkType(link) => write!(
                f,
                "frames of link type {link}; only Ethernet, 1, is known"
            ),
            Error::Truncated { frame: 0 } => {
                write!(f, "the file ends within its header of 24 bytes")
            }
            Error::Truncated { frame } => {
                write!(f, "the file ends in the middle of frame {frame}")
            }
            Error::Length { frame, length } => write!(
                f,
                "frame {frame} claims {length} bytes; {LONGEST} is the most"
            ),
            Error::Io(error) => f.write_str(&narrator::explain(error)),
        }
    }
}

impl std::error::Error for Error {}

/// Reads frames of Ethernet, one after the other: an iterator. After an
/// error it ends.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    big_endian: bool,
    nanoseconds: bool,
    frames: usize,
    ended: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the file's header.
    pub fn new(mut from: R) -> Result<Self, Error> {
        let mut header = [0; 24];
        let had = fill(&mut from, &mut header).map_err(Error::Io)?;
        let mut magic = [0; 4];
        magic.copy_from_slice(&header[..4]);
        let (big_endian, nanoseconds) =
            match (u32::from_le_bytes(magic), u32::from_be_bytes(magic)) {
                (MICROSECONDS, _) => (false, false),
                (NANOSECONDS, _) => (false, true),
                (_, MICROSECONDS) => (true, false),
                (_, NANOSECONDS) => (true, true),
                (PCAPNG, _) if had >= 4 => return Err(Error::Pcapng),
                _ => return Err(Error::NotPcap(header[..had.min(4)].to_vec())),
            };
        if had < header.len() {
            return Err(Error::Truncated { frame: 0 });
        }
        let reader =
            Reader { from, big_endian, nanoseconds, frames: 0, ended: false };
        reader.check(&header)
    }

    fn check(self, header: &[u8; 24]) -> Result<Self, Error> {
        let version = self.number(header, 4);
        let (major, minor) = match self.big_endian {
            true => ((version >> 16) as u16, version as u16),
            false => (version as u16, (version >> 16) as u16),
        };
        if (major, minor) != (2, 4) {
            return Err(Error::Version(major, minor));
        }
        // The upper bits tell of a frame check sequence, which we ignore.
        match self.number(header, 20) & 0x03ff_ffff {
            ETHERNET => Ok(self),
            link => Err(Error::LinkType(link)),
        }
    }

    fn number(&self, bytes: &[u8], at: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[at..at + 4]);
        match self.big_endian {
            true => u32::from_be_bytes(word),
            false => u32::from_le_bytes(word),
        }
    }

    fn record(&mut self) -> Result<Option<Record>, Error> {
        let mut header = [0; 16];
        let frame = self.frames + 1;
        match fill(&mut self.from, &mut header).map_err(Error::Io)? {
            0 => return Ok(None),
            16 => {}
            _ => return Err(Error::Truncated { frame }),
        }
        let kept = self.number(&header, 8);
        if kept > LONGEST {
            return Err(Error::Length { frame, length: kept });
        }
        let mut bytes = vec![0; kept as usize];
        if fill(&mut self.from, &mut bytes).map_err(Error::Io)? < bytes.len() {
            return Err(Error::Truncated { frame });
        }
        self.frames = frame;
        let seconds = self.number(&header, 0).into();
        let fraction = self.number(&header, 4).into();
        let fraction = match self.nanoseconds {
            true => Duration::from_nanos(fraction),
            false => Duration::from_micros(fraction),
        };
        let at = Duration::from_secs(seconds) + fraction;
        Ok(Some(Record { at, bytes, length: self.number(&header, 12) }))
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.record().transpose();
        self.ended = !matches!(record, Some(Ok(_)));
        record
    }
}

/// Reads until the buffer is full or the file ends; says how much came.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut had = 0;
    while had < buffer.len() {
        match from.read(&mut buffer[had..]) {
            Ok(0) => break,
            Ok(count) => had += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(had)
}
