//! IPv4: from one host to another, through routers.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |Version|  IHL  |    DSCP   |ECN|          Total Length         |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |         Identification        |Flags|      Fragment Offset    |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Time to Live |    Protocol   |         Header Checksum       |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                         Source Address                        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                      Destination Address                      |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                    Options, if IHL exceeds 5                  |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! RFC 791, section 3.1; DSCP and ECN as RFC 2474 and RFC 3168 have them.
//! A packet may be lost, doubled or overtaken; IPv4 promises none of these
//! away (RFC 791, section 1.2).
//!
//! Start reading at [`Packet`].

use std::fmt;
use std::net::Ipv4Addr;

use crate::checksum::{self, Sum};
use crate::field::{Entry, Field, Layout, bits, show};
use crate::frame::Kind;
use crate::{Error, options};

/// The bytes of a header without options: IHL is 5.
pub const HEADER: usize = 20;

/// The most that a packet can have, in bytes: total length has 16 bits.
pub const LONGEST: usize = 65_535;

/// Where the checksum stands in the header.
const CHECKSUM: usize = 10;

/// What the payload is: IANA's *Protocol Numbers*. IPv6 has the same numbers
/// in its next header (RFC 8200, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocol(pub u8);

impl Protocol {
    /// IPv6 only: options for every router on the way (RFC 8200, 4.3).
    pub const HOP_BY_HOP: Protocol = Protocol(0);
    /// Errors and echoes of IPv4 (RFC 792).
    pub const ICMP: Protocol = Protocol(1);
    /// A stream of bytes (RFC 9293).
    pub const TCP: Protocol = Protocol(6);
    /// Datagrams (RFC 768).
    pub const UDP: Protocol = Protocol(17);
    /// IPv6 only: a way to take (RFC 8200, section 4.4).
    pub const ROUTING: Protocol = Protocol(43);
    /// IPv6 only: a piece of a packet (RFC 8200, section 4.5).
    pub const FRAGMENT: Protocol = Protocol(44);
    /// Errors, echoes and neighbours of IPv6 (RFC 4443).
    pub const ICMPV6: Protocol = Protocol(58);
    /// IPv6 only: nothing follows (RFC 8200, section 4.7).
    pub const NO_NEXT_HEADER: Protocol = Protocol(59);
    /// IPv6 only: options for the destination (RFC 8200, section 4.6).
    pub const DESTINATION_OPTIONS: Protocol = Protocol(60);
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Protocol::HOP_BY_HOP => "hop-by-hop options",
            Protocol::ICMP => "ICMP",
            Protocol::TCP => "TCP",
            Protocol::UDP => "UDP",
            Protocol::ROUTING => "routing header",
            Protocol::FRAGMENT => "fragment header",
            Protocol::ICMPV6 => "ICMPv6",
            Protocol::NO_NEXT_HEADER => "nothing",
            Protocol::DESTINATION_OPTIONS => "destination options",
            Protocol(other) => return write!(f, "{other}"),
        };
        write!(f, "{name} ({})", self.0)
    }
}

/// A packet: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    header: &'a [u8; HEADER],
    options: &'a [u8],
    payload: &'a [u8],
    padding: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the packet at the start of `bytes`, which may hold more: a
    /// short packet is padded on Ethernet.
    ///
    /// # Errors
    /// Where the version isn't 4, or a length is too small for what it
    /// covers, or promises more than there is.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let length = header_length(bytes)?;
        let total = total_length(bytes, length)?;
        let (packet, padding) = bytes.split_at(total);
        let (head, payload) = packet.split_at(length);
        match head.split_first_chunk() {
            Some((header, options)) => {
                Ok(Packet { header, options, payload, padding })
            }
            None => Err(truncated(HEADER, bytes.len())),
        }
    }

    /// The header's length in numbers of four bytes: 5 without options.
    #[inline]
    pub fn ihl(&self) -> u8 {
        self.header[0] & 0x0f
    }

    /// The header's bytes, options included: 20 to 60.
    #[inline]
    pub fn header_length(&self) -> usize {
        HEADER + self.options.len()
    }

    /// Which treatment the packet asks of routers: six bits (RFC 2474).
    #[inline]
    pub fn dscp(&self) -> u8 {
        self.header[1] >> 2
    }

    /// Marks of congestion on the way: two bits (RFC 3168, section 5).
    #[inline]
    pub fn ecn(&self) -> u8 {
        self.header[1] & 0b11
    }

    /// The packet's bytes, header included.
    #[inline]
    pub fn total_length(&self) -> u16 {
        self.number(2)
    }

    /// The same number in all fragments of one packet.
    #[inline]
    pub fn identification(&self) -> u16 {
        self.number(4)
    }

    /// Whether routers must rather drop the packet than cut it up.
    #[inline]
    pub fn dont_fragment(&self) -> bool {
        self.header[6] & 0x40 != 0
    }

    /// Whether fragments follow behind this one.
    #[inline]
    pub fn more_fragments(&self) -> bool {
        self.header[6] & 0x20 != 0
    }

    /// Where this fragment belongs, in numbers of eight bytes.
    #[inline]
    pub fn fragment_offset(&self) -> u16 {
        self.number(6) & 0x1fff
    }

    /// Whether this is a piece of a packet, not a whole one.
    #[inline]
    pub fn is_fragment(&self) -> bool {
        // All bits but the reserved one and "don't fragment".
        self.number(6) & 0x3fff != 0
    }

    /// How many routers may still pass it on.
    #[inline]
    pub fn time_to_live(&self) -> u8 {
        self.header[8]
    }

    /// What the payload is.
    #[inline]
    pub fn protocol(&self) -> Protocol {
        Protocol(self.header[9])
    }

    /// The checksum over the header.
    #[inline]
    pub fn header_checksum(&self) -> u16 {
        self.number(CHECKSUM)
    }

    /// Whether the header is as it was sent: RFC 791, section 3.1.
    pub fn checksum_is_right(&self) -> bool {
        Sum::new().plus(self.header).plus(self.options).is_right()
    }

    /// The host that sent it.
    #[inline]
    pub fn source(&self) -> Ipv4Addr {
        let [.., a, b, c, d, _, _, _, _] = *self.header;
        Ipv4Addr::new(a, b, c, d)
    }

    /// The host that it is for.
    #[inline]
    pub fn destination(&self) -> Ipv4Addr {
        let [.., a, b, c, d] = *self.header;
        Ipv4Addr::new(a, b, c, d)
    }

    /// The options, one by one.
    #[inline]
    pub fn options(&self) -> Options<'a> {
        Options { rest: self.options }
    }

    /// The bytes behind the header, as many as the total length counts.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The bytes behind the packet: the frame's padding, no part of it.
    #[inline]
    pub fn padding(&self) -> &'a [u8] {
        self.padding
    }

    #[inline]
    fn number(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.header[at], self.header[at + 1]])
    }
}

/// The header's bytes, options included, where all of them are there.
#[inline]
pub(crate) fn header_length(bytes: &[u8]) -> Result<usize, Error> {
    let there = bytes.len();
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return Err(truncated(HEADER, there));
    };
    let (version, ihl) = (header[0] >> 4, header[0] & 0x0f);
    if version != 4 {
        return Err(Error::Version { layer: Kind::Ipv4, says: version });
    }
    // RFC 791, section 3.1: IHL counts in 32-bit words, and is at least 5.
    let (layer, field, says) = (Kind::Ipv4, "IHL", 4 * usize::from(ihl));
    if says < HEADER {
        return Err(Error::TooSmall { layer, field, says, least: HEADER });
    }
    if says > there {
        return Err(Error::TooLarge { layer, field, says, there });
    }
    Ok(says)
}

// ANCHOR: claim
/// The packet's bytes, as it claims them: at least a header's, and at most
/// those that are there.
#[inline]
fn total_length(bytes: &[u8], least: usize) -> Result<usize, Error> {
    let says = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    let (layer, field, there) = (Kind::Ipv4, "total length", bytes.len());
    if says < least {
        return Err(Error::TooSmall { layer, field, says, least });
    }
    if says > there {
        return Err(Error::TooLarge { layer, field, says, there });
    }
    Ok(says)
}
// ANCHOR_END: claim

fn truncated(needed: usize, there: usize) -> Error {
    Error::Truncated { layer: Kind::Ipv4, needed, there }
}

/// An option: RFC 791, section 3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opt<'a> {
    /// Its number: 7 for *record route*, say.
    pub kind: u8,
    /// Its bytes behind kind and length.
    pub data: &'a [u8],
}

/// The options of a packet, up to the end of the list or the first that
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
        match options::split(Kind::Ipv4, self.rest) {
            Ok((kind, data, length)) => {
                self.rest = &self.rest[length..];
                Some(Ok(Opt { kind, data }))
            }
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}

/// A header without options, to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The same number in all fragments of one packet.
    pub identification: u16,
    /// Whether routers must rather drop the packet than cut it up.
    pub dont_fragment: bool,
    /// Whether fragments follow behind this one.
    pub more_fragments: bool,
    /// Where this fragment belongs, in numbers of eight bytes: below 8,192.
    pub fragment_offset: u16,
    /// How many routers may pass it on.
    pub time_to_live: u8,
    /// What the payload is.
    pub protocol: Protocol,
    /// The host that sends it.
    pub source: Ipv4Addr,
    /// The host that it is for.
    pub destination: Ipv4Addr,
}

impl Header {
    /// A packet that is whole, must stay so, and may pass 64 routers.
    pub fn new(
        protocol: Protocol,
        source: Ipv4Addr,
        destination: Ipv4Addr,
    ) -> Self {
        Header {
            identification: 0,
            dont_fragment: true,
            more_fragments: false,
            fragment_offset: 0,
            time_to_live: 64,
            protocol,
            source,
            destination,
        }
    }

    /// The header as it is sent before a payload of so many bytes.
    ///
    /// # Errors
    /// [`Error::TooLong`] where total length can't count both.
    pub fn to_bytes(&self, payload: usize) -> Result<[u8; HEADER], Error> {
        let (layer, limit) = (Kind::Ipv4, LONGEST);
        let length = payload.saturating_add(HEADER);
        let Ok(total) = u16::try_from(length) else {
            return Err(Error::TooLong { layer, length, limit });
        };
        let flags = u16::from(self.dont_fragment) << 14
            | u16::from(self.more_fragments) << 13
            | self.fragment_offset & 0x1fff;
        let mut bytes = [0; HEADER];
        bytes[0] = 0x45; // version 4, IHL 5
        bytes[2..4].copy_from_slice(&total.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.identification.to_be_bytes());
        bytes[6..8].copy_from_slice(&flags.to_be_bytes());
        bytes[8] = self.time_to_live;
        bytes[9] = self.protocol.0;
        bytes[12..16].copy_from_slice(&self.source.octets());
        bytes[16..].copy_from_slice(&self.destination.octets());
        let checksum = checksum::of(&bytes);
        bytes[CHECKSUM..12].copy_from_slice(&checksum.to_be_bytes());
        Ok(bytes)
    }
}

/// The header's fields.
pub static LAYOUT: Layout = Layout {
    id: "ipv4",
    name: "IPv4",
    fixed: &[
        Entry::new(
            "ipv4.version_ihl",
            "Version, header length",
            1,
            show_version,
            "The version comes first in every IP packet, so that the \
             receiver knows how to read on. The header's length is counted \
             in fours of bytes; more than 5 means options.",
        )
        .of_bits(&[bits("version", 4), bits("IHL", 4)]),
        Entry::new(
            "ipv4.dscp_ecn",
            "DSCP, ECN",
            1,
            show_dscp,
            "How routers should treat the packet, and a mark that a crowded \
             router sets instead of dropping it.",
        )
        .of_bits(&[bits("DSCP", 6), bits("ECN", 2)]),
        Entry::new(
            "ipv4.total_length",
            "Total length",
            2,
            show::octets,
            "How long the packet is, this header included. What follows it \
             in the frame is padding.",
        ),
        Entry::new(
            "ipv4.identification",
            "Identification",
            2,
            show::hex,
            "The fragments of one packet all have the same number here, so \
             that the receiver can put them together.",
        ),
        Entry::new(
            "ipv4.flags_offset",
            "Flags, fragment offset",
            2,
            show_flags,
            "Whether the packet may be cut up, whether more fragments \
             follow, and where this one belongs, counted in eights of bytes.",
        )
        .of_bits(&[
            bits("reserved", 1),
            bits("DF", 1),
            bits("MF", 1),
            bits("fragment offset", 13),
        ]),
        Entry::new(
            "ipv4.ttl",
            "Time to live",
            1,
            show::decimal,
            "Each router takes one off and drops the packet at zero, so that \
             none goes round in circles for ever.",
        ),
        Entry::new(
            "ipv4.protocol",
            "Protocol",
            1,
            show_protocol,
            "Which protocol the payload belongs to: 1 is ICMP, 6 is TCP, 17 \
             is UDP.",
        ),
        Entry::new(
            "ipv4.checksum",
            "Header checksum",
            2,
            show::checksum,
            "Covers this header only. Every router computes it anew, since \
             the time to live has changed.",
        ),
        Entry::new(
            "ipv4.source",
            "Source address",
            4,
            show::ipv4,
            "The host that sent the packet. Unlike the Ethernet address, it \
             stays the same on the whole way.",
        ),
        Entry::new(
            "ipv4.destination",
            "Destination address",
            4,
            show::ipv4,
            "The host that the packet is for. Each router looks here to \
             choose the next link.",
        ),
    ],
    varying: &[
        Entry::new(
            "ipv4.option",
            "Option",
            0,
            show_option,
            "Something that few packets need, such as a list of the routers \
             passed. Many networks drop packets with options (RFC 7126).",
        ),
        Entry::new(
            "ipv4.nop",
            "No operation",
            0,
            show::hex,
            "One byte of nothing between options, so that the next one \
             begins at a multiple of four.",
        ),
        Entry::new(
            "ipv4.end",
            "End of options",
            0,
            show::count,
            "No option follows. Zeros fill the header up to a multiple of \
             four bytes.",
        ),
        Entry::new(
            "ipv4.option_unreadable",
            "Unreadable option",
            0,
            show_unreadable,
            "Its length leads out of the header, so nobody can say where the \
             next option begins.",
        ),
    ],
    next,
};

fn next(header: &[u8], at: usize) -> (&'static Entry, usize) {
    let rest = &header[at..];
    match (rest, options::split(Kind::Ipv4, rest)) {
        ([options::END, ..], _) => (&LAYOUT.varying[2], rest.len()),
        ([options::NO_OPERATION, ..], _) => (&LAYOUT.varying[1], 1),
        (_, Ok((_, _, length))) => (&LAYOUT.varying[0], length),
        (_, Err(_)) => (&LAYOUT.varying[3], rest.len()),
    }
}

fn show_version(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let byte = field.number();
    write!(f, "version {}, {}-byte header", byte >> 4, 4 * (byte & 0x0f))
}

fn show_dscp(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let byte = field.number();
    write!(f, "DSCP {}, ECN {}", byte >> 2, byte & 0b11)
}

fn show_flags(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let number = field.number();
    if number & 0x4000 != 0 {
        write!(f, "don't fragment, ")?;
    }
    if number & 0x2000 != 0 {
        write!(f, "more fragments, ")?;
    }
    write!(f, "offset {}", 8 * (number & 0x1fff))
}

fn show_protocol(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [protocol] = *field.bytes() else { return Ok(()) };
    write!(f, "{}", Protocol(protocol))
}

fn show_option(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [kind, ..] = *field.bytes() else { return Ok(()) };
    // IANA, *IP Option Numbers*.
    match kind {
        7 => write!(f, "record route (7), ")?,
        68 => write!(f, "timestamp (68), ")?,
        131 => write!(f, "loose source route (131), ")?,
        137 => write!(f, "strict source route (137), ")?,
        148 => write!(f, "router alert (148), ")?,
        other => write!(f, "option {other}, ")?,
    }
    show::count(field, f)
}

fn show_unreadable(
    field: &Field<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match options::split(Kind::Ipv4, field.bytes()) {
        Err(error) => write!(f, "{error}"),
        Ok(_) => show::count(field, f),
    }
}
