//! TCP: a stream of bytes between two programs, in order, each byte once.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |          Source Port          |       Destination Port        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                        Sequence Number                        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                    Acknowledgment Number                      |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Data |       |C|E|U|A|P|R|S|F|                               |
//! | Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             |
//! |       |       |R|E|G|K|H|T|N|N|                               |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |           Checksum            |         Urgent Pointer        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                 Options, if data offset exceeds 5             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! RFC 9293, section 3.1. The header has no length of the data: what the IP
//! packet holds behind the header is data.
//!
//! Start reading at [`Segment`].

use std::fmt;

use crate::checksum::PseudoHeader;
use crate::field::{Entry, Field, Layout, bits, show};
use crate::frame::Kind;
use crate::{Error, options};

/// The bytes of a header without options: data offset is 5.
pub const HEADER: usize = 20;

/// The most that options can have, in bytes: data offset is at most 15.
pub const MOST_OPTIONS: usize = 40;

/// Where the checksum stands in the header.
pub(crate) const CHECKSUM: usize = 16;

/// The control bits: RFC 9293, section 3.1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

impl Flags {
    /// The sender will send no more.
    pub const FIN: Flags = Flags(0x01);
    /// The sequence number is the first: let us count from here.
    pub const SYN: Flags = Flags(0x02);
    /// The connection is off.
    pub const RST: Flags = Flags(0x04);
    /// Hand what has come to the program at once.
    pub const PSH: Flags = Flags(0x08);
    /// The acknowledgment number counts.
    pub const ACK: Flags = Flags(0x10);
    /// The urgent pointer counts.
    pub const URG: Flags = Flags(0x20);
    /// A router marked a packet of yours (RFC 3168, section 6.1).
    pub const ECE: Flags = Flags(0x40);
    /// I have slowed down (RFC 3168, section 6.1).
    pub const CWR: Flags = Flags(0x80);

    /// Whether all of `flags` are set.
    #[inline]
    pub fn has(self, flags: Flags) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These and those.
    pub const fn with(self, flags: Flags) -> Flags {
        Flags(self.0 | flags.0)
    }

    /// The names of those that are set, in the order in which they are
    /// commonly told.
    pub fn names(self) -> impl Iterator<Item = &'static str> + use<> {
        const NAMES: [(Flags, &str); 8] = [
            (Flags::SYN, "SYN"),
            (Flags::FIN, "FIN"),
            (Flags::RST, "RST"),
            (Flags::PSH, "PSH"),
            (Flags::ACK, "ACK"),
            (Flags::URG, "URG"),
            (Flags::ECE, "ECE"),
            (Flags::CWR, "CWR"),
        ];
        let set = move |&(flag, _): &(Flags, _)| self.has(flag);
        NAMES.into_iter().filter(set).map(|(_, name)| name)
    }
}

impl std::ops::BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        self.with(other)
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            write!(f, "{}{name}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// A segment: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    header: &'a [u8; HEADER],
    options: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads the segment that `bytes` are: a packet's payload.
    ///
    /// # Errors
    /// Where there are fewer than 20 bytes, or the data offset is less than
    /// 5, or leads behind the segment's end.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let length = header_length(bytes)?;
        let (head, payload) = bytes.split_at(length);
        match head.split_first_chunk() {
            Some((header, options)) => Ok(Segment { header, options, payload }),
            None => Err(truncated(bytes.len())),
        }
    }

    /// The port of the program that sent it.
    #[inline]
    pub fn source_port(&self) -> u16 {
        self.short(0)
    }

    /// The port of the program that it is for.
    #[inline]
    pub fn destination_port(&self) -> u16 {
        self.short(2)
    }

    /// The number of the first byte of data, or of the SYN.
    #[inline]
    pub fn sequence_number(&self) -> u32 {
        self.long(4)
    }

    /// The number of the byte that is expected next, if ACK is set.
    #[inline]
    pub fn acknowledgment_number(&self) -> u32 {
        self.long(8)
    }

    /// The header's length in numbers of four bytes: 5 without options.
    #[inline]
    pub fn data_offset(&self) -> u8 {
        self.header[12] >> 4
    }

    /// The header's bytes, options included: 20 to 60.
    #[inline]
    pub fn header_length(&self) -> usize {
        HEADER + self.options.len()
    }

    /// Four bits that must be zero and are ignored.
    #[inline]
    pub fn reserved(&self) -> u8 {
        self.header[12] & 0x0f
    }

    /// The control bits.
    #[inline]
    pub fn flags(&self) -> Flags {
        Flags(self.header[13])
    }

    /// How many bytes the sender has room for, behind the one acknowledged;
    /// not yet scaled (RFC 7323, section 2.3).
    #[inline]
    pub fn window(&self) -> u16 {
        self.short(14)
    }

    /// The checksum over pseudo-header, header and data.
    #[inline]
    pub fn checksum(&self) -> u16 {
        self.short(CHECKSUM)
    }

    /// Whether the segment is as it was sent between these addresses.
    pub fn checksum_is_right(&self, between: &PseudoHeader) -> bool {
        let sum = between.sum().plus(self.header);
        sum.plus(self.options).plus(self.payload).is_right()
    }

    /// Where urgent data ends, counted from the sequence number, if URG is
    /// set.
    #[inline]
    pub fn urgent_pointer(&self) -> u16 {
        self.short(18)
    }

    /// The options, one by one.
    #[inline]
    pub fn options(&self) -> Options<'a> {
        Options { rest: self.options }
    }

    /// The data.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// How many sequence numbers it uses up: one for each byte, one for
    /// SYN, one for FIN (RFC 9293, section 3.4).
    pub fn sequence_length(&self) -> usize {
        let flags = self.flags();
        self.payload.len()
            + usize::from(flags.has(Flags::SYN))
            + usize::from(flags.has(Flags::FIN))
    }

    #[inline]
    fn short(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.header[at], self.header[at + 1]])
    }

    #[inline]
    fn long(&self, at: usize) -> u32 {
        u32::from(self.short(at)) << 16 | u32::from(self.short(at + 2))
    }
}

/// The header's bytes, options included, where all of them are there.
#[inline]
pub(crate) fn header_length(bytes: &[u8]) -> Result<usize, Error> {
    let there = bytes.len();
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return Err(truncated(there));
    };
    // RFC 9293, section 3.1: data offset counts in 32-bit words.
    let says = 4 * usize::from(header[12] >> 4);
    let (layer, field) = (Kind::Tcp, "data offset");
    if says < HEADER {
        return Err(Error::TooSmall { layer, field, says, least: HEADER });
    }
    if says > there {
        return Err(Error::TooLarge { layer, field, says, there });
    }
    Ok(says)
}

fn truncated(there: usize) -> Error {
    Error::Truncated { layer: Kind::Tcp, needed: HEADER, there }
}

/// An option: RFC 9293, section 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opt<'a> {
    /// One byte between options: kind 1.
    NoOperation,
    /// The most data that a segment to its sender should carry, in bytes:
    /// kind 2, in a SYN (RFC 9293, section 3.7.1).
    MaximumSegmentSize(u16),
    /// By how many bits its sender's windows are to be shifted left: kind
    /// 3, in a SYN (RFC 7323, section 2.2).
    WindowScale(u8),
    /// Its sender understands SACK: kind 4, in a SYN (RFC 2018, section 2).
    SackPermitted,
    /// What has arrived behind a hole: kind 5 (RFC 2018, section 3).
    Sack(SackBlocks<'a>),
    /// A clock's value, and the last one heard from the peer: kind 8 (RFC
    /// 7323, section 3.2).
    Timestamps {
        /// The sender's clock: TSval.
        value: u32,
        /// What the peer's clock said last: TSecr.
        echo: u32,
    },
    /// One that isn't named here, with its data.
    Unknown {
        /// Its number.
        kind: u8,
        /// Its bytes behind kind and length.
        data: &'a [u8],
    },
}

impl<'a> Opt<'a> {
    /// Gives an option's data its meaning.
    #[inline]
    fn read(kind: u8, data: &'a [u8]) -> Result<Self, Error> {
        Ok(match (kind, data) {
            (options::NO_OPERATION, _) => Opt::NoOperation,
            (2, &[a, b]) => Opt::MaximumSegmentSize(u16::from_be_bytes([a, b])),
            (3, &[shift]) => Opt::WindowScale(shift),
            (4, []) => Opt::SackPermitted,
            // RFC 2018, section 3: eight bytes for each block, and the
            // header has room for four.
            (5, _) if matches!(data.len(), 8 | 16 | 24 | 32) => {
                Opt::Sack(SackBlocks::from_bytes(data))
            }
            (8, &[a, b, c, d, e, f, g, h]) => Opt::Timestamps {
                value: u32::from_be_bytes([a, b, c, d]),
                echo: u32::from_be_bytes([e, f, g, h]),
            },
            (2..=5 | 8, _) => return Err(wrong_length(kind, data)),
            _ => Opt::Unknown { kind, data },
        })
    }

    /// Appends the option's bytes to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        match *self {
            Opt::NoOperation => out.push(options::NO_OPERATION),
            Opt::MaximumSegmentSize(size) => {
                out.extend([2, 4]);
                out.extend(size.to_be_bytes());
            }
            Opt::WindowScale(shift) => out.extend([3, 3, shift]),
            Opt::SackPermitted => out.extend([4, 2]),
            Opt::Sack(SackBlocks { rest }) => tlv(5, rest, out),
            Opt::Timestamps { value, echo } => {
                out.extend([8, 10]);
                out.extend(value.to_be_bytes());
                out.extend(echo.to_be_bytes());
            }
            Opt::Unknown { kind, data } => tlv(kind, data, out),
        }
    }
}

/// What an option is told that has another length than its kind has.
fn wrong_length(option: u8, data: &[u8]) -> Error {
    let (least, most) = match option {
        2 => (4, 4),
        3 => (3, 3),
        4 => (2, 2),
        5 => (10, 34),
        _ => (10, 10),
    };
    let (layer, says) = (Kind::Tcp, data.len() + 2);
    Error::OptionLength { layer, option, says, least, most }
}

/// A length that doesn't fit one byte doesn't fit the header either, which
/// says so when it is written.
fn tlv(kind: u8, data: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.push(u8::try_from(data.len() + 2).unwrap_or(u8::MAX));
    out.extend(data);
}

impl fmt::Display for Opt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Opt::NoOperation => write!(f, "no operation"),
            Opt::MaximumSegmentSize(size) => write!(f, "MSS {size}"),
            Opt::WindowScale(shift) => write!(f, "window scale {shift}"),
            Opt::SackPermitted => write!(f, "SACK permitted"),
            Opt::Sack(blocks) => {
                write!(f, "SACK")?;
                for (index, (left, right)) in (*blocks).enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma} {left}–{right}")?;
                }
                Ok(())
            }
            Opt::Timestamps { value, echo } => {
                write!(f, "timestamp {value}, echo {echo}")
            }
            Opt::Unknown { kind, data } => {
                write!(f, "option {kind}, {} bytes", data.len() + 2)
            }
        }
    }
}

/// The blocks of a SACK option, each from its first sequence number to the
/// one behind its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SackBlocks<'a> {
    rest: &'a [u8],
}

impl<'a> SackBlocks<'a> {
    /// Blocks as the option holds them: eight bytes each.
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        SackBlocks { rest: bytes }
    }
}

impl Iterator for SackBlocks<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<Self::Item> {
        let (left, rest) = self.rest.split_first_chunk()?;
        let (right, rest) = rest.split_first_chunk()?;
        self.rest = rest;
        Some((u32::from_be_bytes(*left), u32::from_be_bytes(*right)))
    }
}

/// The options of a segment, up to the end of the list or the first that
/// can't be read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Options<'a> {
    type Item = Result<Opt<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.rest, [] | [options::END, ..]) {
            return None;
        }
        match options::split(Kind::Tcp, self.rest) {
            Ok((kind, data, length)) => {
                self.rest = &self.rest[length..];
                // One whose length is wrong for its kind still says where
                // the next begins.
                Some(Opt::read(kind, data))
            }
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}

/// A header to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The port of the program that sends it.
    pub source_port: u16,
    /// The port of the program that it is for.
    pub destination_port: u16,
    /// The number of the first byte of data, or of the SYN.
    pub sequence_number: u32,
    /// The number of the byte that is expected next, if ACK is set.
    pub acknowledgment_number: u32,
    /// The control bits.
    pub flags: Flags,
    /// How many bytes the sender has room for.
    pub window: u16,
    /// Where urgent data ends, if URG is set.
    pub urgent_pointer: u16,
    /// At most 40 bytes of them.
    pub options: &'a [Opt<'a>],
}

impl Header<'_> {
    /// The header's bytes: 20, and the options, filled up to a multiple of
    /// four.
    pub fn length(&self) -> usize {
        HEADER + self.options().len()
    }

    /// The header as it is sent before `payload`. `between` is the
    /// pseudo-header of both together.
    ///
    /// # Errors
    /// [`Error::TooLong`] with more than 40 bytes of options.
    pub fn to_bytes(
        &self,
        between: &PseudoHeader,
        payload: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let options = self.options();
        let (length, limit) = (options.len(), MOST_OPTIONS);
        if length > limit {
            return Err(Error::TooLong { layer: Kind::Tcp, length, limit });
        }
        // At most 60 bytes, 15 words.
        let words = u8::try_from((HEADER + length) / 4).unwrap_or(15);
        let mut bytes = Vec::with_capacity(HEADER + length);
        bytes.extend(self.source_port.to_be_bytes());
        bytes.extend(self.destination_port.to_be_bytes());
        bytes.extend(self.sequence_number.to_be_bytes());
        bytes.extend(self.acknowledgment_number.to_be_bytes());
        bytes.extend([words << 4, self.flags.0]);
        bytes.extend(self.window.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.urgent_pointer.to_be_bytes());
        bytes.extend(options);
        let sum = between.sum().plus(&bytes).plus(payload);
        bytes[CHECKSUM..18].copy_from_slice(&sum.checksum().to_be_bytes());
        Ok(bytes)
    }

    fn options(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for option in self.options {
            option.write(&mut bytes);
        }
        bytes.resize(bytes.len().next_multiple_of(4), options::END);
        bytes
    }
}

/// The header's fields.
pub static LAYOUT: Layout = Layout {
    id: "tcp",
    name: "TCP",
    fixed: &[
        Entry::new(
            "tcp.source_port",
            "Source port",
            2,
            show::decimal,
            "The program on the sending host. Both addresses and both ports \
             together name the connection.",
        ),
        Entry::new(
            "tcp.destination_port",
            "Destination port",
            2,
            show::decimal,
            "The program on the receiving host that the data is for.",
        ),
        Entry::new(
            "tcp.sequence",
            "Sequence number",
            4,
            show::decimal,
            "The number of the first byte of data here. The count begins at \
             a number picked at random, which the SYN tells.",
        ),
        Entry::new(
            "tcp.acknowledgment",
            "Acknowledgment number",
            4,
            show::decimal,
            "The number of the byte that the sender of this expects next: \
             it has all that came before.",
        ),
        Entry::new(
            "tcp.offset_flags",
            "Data offset, flags",
            2,
            show_flags,
            "Where the data begins, counted in fours of bytes, and the \
             control bits: SYN opens, FIN closes, RST breaks off, ACK says \
             that the acknowledgment number counts.",
        )
        .of_bits(&[
            bits("data offset", 4),
            bits("reserved", 4),
            bits("CWR", 1),
            bits("ECE", 1),
            bits("URG", 1),
            bits("ACK", 1),
            bits("PSH", 1),
            bits("RST", 1),
            bits("SYN", 1),
            bits("FIN", 1),
        ]),
        Entry::new(
            "tcp.window",
            "Window",
            2,
            show::decimal,
            "How many more bytes the sender of this has room for. After the \
             handshake the number is multiplied as the window scale said.",
        ),
        Entry::new(
            "tcp.checksum",
            "Checksum",
            2,
            show::checksum,
            "Covers the header, the data and the pseudo-header, which holds \
             the addresses. A segment with a wrong one is dropped.",
        ),
        Entry::new(
            "tcp.urgent_pointer",
            "Urgent pointer",
            2,
            show::decimal,
            "Where urgent data ends. It counts only if URG is set, and new \
             programs don't use it (RFC 6093).",
        ),
    ],
    varying: &[
        Entry::new(
            "tcp.option.nop",
            "No operation",
            0,
            show_option,
            "One byte of nothing, so that the next option begins or ends at \
             a multiple of four.",
        ),
        Entry::new(
            "tcp.option.mss",
            "Maximum segment size",
            0,
            show_option,
            "The most data that the sender of this wants in one segment: \
             its link's MTU without the 40 bytes of IPv4 and TCP headers.",
        ),
        Entry::new(
            "tcp.option.window_scale",
            "Window scale",
            0,
            show_option,
            "The sender's windows are to be shifted left by so many bits, \
             since 16 bits are too few for fast links.",
        ),
        Entry::new(
            "tcp.option.sack_permitted",
            "SACK permitted",
            0,
            show_option,
            "The sender understands selective acknowledgments.",
        ),
        Entry::new(
            "tcp.option.sack",
            "SACK",
            0,
            show_option,
            "Selective acknowledgment: what has arrived behind a hole, so \
             that only the hole is sent again.",
        ),
        Entry::new(
            "tcp.option.timestamps",
            "Timestamps",
            0,
            show_option,
            "The sender's clock, and the peer's clock as last heard: the \
             round trip can be measured, and old segments are recognised.",
        ),
        Entry::new(
            "tcp.option.other",
            "Option",
            0,
            show_option,
            "An option that isn't named here. A receiver that doesn't know \
             it skips it, as its length allows.",
        ),
        Entry::new(
            "tcp.option.end",
            "End of options",
            0,
            show::count,
            "No option follows. Zeros fill the header up to a multiple of \
             four bytes.",
        ),
        Entry::new(
            "tcp.option.unreadable",
            "Unreadable option",
            0,
            show_option,
            "Its length is one that it can't have, so what it means, or \
             where the next one begins, can't be known.",
        ),
    ],
    next,
};

fn next(header: &[u8], at: usize) -> (&'static Entry, usize) {
    let rest = &header[at..];
    let [_nop, .., end, unreadable] = LAYOUT.varying else {
        return crate::rest::next(header, at);
    };
    if rest[0] == options::END {
        return (end, rest.len());
    }
    let Ok((kind, data, length)) = options::split(Kind::Tcp, rest) else {
        return (unreadable, rest.len());
    };
    let entry = match Opt::read(kind, data) {
        Ok(Opt::NoOperation) => &LAYOUT.varying[0],
        Ok(Opt::MaximumSegmentSize(_)) => &LAYOUT.varying[1],
        Ok(Opt::WindowScale(_)) => &LAYOUT.varying[2],
        Ok(Opt::SackPermitted) => &LAYOUT.varying[3],
        Ok(Opt::Sack(_)) => &LAYOUT.varying[4],
        Ok(Opt::Timestamps { .. }) => &LAYOUT.varying[5],
        Ok(Opt::Unknown { .. }) => &LAYOUT.varying[6],
        Err(_) => unreadable,
    };
    (entry, length)
}

fn show_flags(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [offset, flags] = *field.bytes() else { return Ok(()) };
    write!(f, "{}-byte header, {}", 4 * (offset >> 4), Flags(flags))
}

fn show_option(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut options = Options { rest: field.bytes() };
    match options.next() {
        Some(Ok(option)) => write!(f, "{option}"),
        Some(Err(error)) => write!(f, "{error}"),
        None => Ok(()),
    }
}
