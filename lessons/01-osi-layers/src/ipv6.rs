//! IPv6: what IPv4 does, with addresses of 16 bytes and a simpler header.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |Version| Traffic Class |           Flow Label                  |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |         Payload Length        |  Next Header  |   Hop Limit   |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                Source Address, 16 bytes                       |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |              Destination Address, 16 bytes                    |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! RFC 8200, section 3. What few packets need, fragments and options, went
//! into *extension headers*. They follow one another, each with the number
//! of the next:
//!
//! ```text
//! ┌──────────┐ ┌──────────┐ ┌──────────┐
//! │ IPv6     │ │ Fragment │ │ UDP      │
//! │ next: 44 │ │ next: 17 │ │ header … │
//! └──────────┘ └──────────┘ └──────────┘
//! ```
//!
//! Start reading at [`Packet`], then [`Extensions`].

use std::fmt;
use std::net::Ipv6Addr;

use crate::Error;
use crate::field::{Entry, Field, Layout, bits, show};
use crate::frame::Kind;
use crate::ipv4::Protocol;

/// The bytes of the header, without extension headers.
pub const HEADER: usize = 40;

/// Extension headers come in multiples of so many bytes (RFC 8200, 4).
const UNIT: usize = 8;

/// A packet: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    header: &'a [u8; HEADER],
    payload: &'a [u8],
    padding: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the packet at the start of `bytes`, which may hold more.
    ///
    /// Packets of more than 65,535 bytes (RFC 2675) are not read: their
    /// payload length is 0, and so is the payload here.
    ///
    /// # Errors
    /// Where the version isn't 6, or the payload length promises more than
    /// there is.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let Some((header, behind)) = bytes.split_first_chunk::<HEADER>() else {
            let (layer, there) = (Kind::Ipv6, bytes.len());
            return Err(Error::Truncated { layer, needed: HEADER, there });
        };
        let (layer, version) = (Kind::Ipv6, header[0] >> 4);
        if version != 6 {
            return Err(Error::Version { layer, says: version });
        }
        let says = usize::from(u16::from_be_bytes([header[4], header[5]]));
        match behind.split_at_checked(says) {
            Some((payload, padding)) => Ok(Packet { header, payload, padding }),
            None => Err(Error::TooLarge {
                layer,
                field: "payload length",
                says,
                there: behind.len(),
            }),
        }
    }

    /// Which treatment the packet asks of routers: six bits (RFC 2474).
    #[inline]
    pub fn dscp(&self) -> u8 {
        self.traffic_class() >> 2
    }

    /// Marks of congestion on the way: two bits (RFC 3168, section 5).
    #[inline]
    pub fn ecn(&self) -> u8 {
        self.traffic_class() & 0b11
    }

    /// DSCP and ECN together.
    #[inline]
    pub fn traffic_class(&self) -> u8 {
        self.header[0] << 4 | self.header[1] >> 4
    }

    /// The same number in all packets that should take the same way: 20
    /// bits (RFC 6437).
    #[inline]
    pub fn flow_label(&self) -> u32 {
        let [_, b, c, d, ..] = *self.header;
        u32::from_be_bytes([0, b & 0x0f, c, d])
    }

    /// The bytes behind this header, extension headers included.
    #[inline]
    pub fn payload_length(&self) -> u16 {
        u16::from_be_bytes([self.header[4], self.header[5]])
    }

    /// What follows this header.
    #[inline]
    pub fn next_header(&self) -> Protocol {
        Protocol(self.header[6])
    }

    /// How many routers may still pass the packet on.
    #[inline]
    pub fn hop_limit(&self) -> u8 {
        self.header[7]
    }

    /// The host that sent it.
    #[inline]
    pub fn source(&self) -> Ipv6Addr {
        address(&self.header[8..24])
    }

    /// The host that it is for, or the next stop on the way to it.
    #[inline]
    pub fn destination(&self) -> Ipv6Addr {
        address(&self.header[24..])
    }

    /// All behind the header, as much as the payload length counts.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The bytes behind the packet: the frame's padding, no part of it.
    #[inline]
    pub fn padding(&self) -> &'a [u8] {
        self.padding
    }

    /// The extension headers, one by one.
    #[inline]
    pub fn extensions(&self) -> Extensions<'a> {
        Extensions {
            protocol: self.next_header(),
            rest: self.payload,
            first: true,
            in_pieces: false,
        }
    }
}

fn address(bytes: &[u8]) -> Ipv6Addr {
    let bytes = bytes.first_chunk::<16>().copied();
    bytes.map_or(Ipv6Addr::UNSPECIFIED, Ipv6Addr::from)
}

/// One extension header: RFC 8200, section 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension<'a> {
    /// Options for every router on the way (RFC 8200, section 4.3).
    HopByHop(OptionsHeader<'a>),
    /// Stops on the way (RFC 8200, section 4.4).
    Routing(Routing<'a>),
    /// A piece of a packet (RFC 8200, section 4.5).
    Fragment(Fragment<'a>),
    /// Options for the destination (RFC 8200, section 4.6).
    DestinationOptions(OptionsHeader<'a>),
}

impl<'a> Extension<'a> {
    /// All its bytes.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Extension::HopByHop(header) => header.bytes,
            Extension::Routing(header) => header.bytes,
            Extension::Fragment(header) => header.bytes,
            Extension::DestinationOptions(header) => header.bytes,
        }
    }

    /// What follows it: always its first byte.
    #[inline]
    pub fn next_header(&self) -> Protocol {
        Protocol(self.bytes()[0])
    }

    /// Which of the layers it is.
    pub fn kind(&self) -> Kind {
        match self {
            Extension::HopByHop(_) => Kind::HopByHop,
            Extension::Routing(_) => Kind::Routing,
            Extension::Fragment(_) => Kind::Fragment,
            Extension::DestinationOptions(_) => Kind::DestinationOptions,
        }
    }
}

/// A header of options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionsHeader<'a> {
    layer: Kind,
    bytes: &'a [u8],
}

impl<'a> OptionsHeader<'a> {
    /// The options, one by one, those that are only padding left out.
    pub fn options(&self) -> Options<'a> {
        Options { layer: self.layer, rest: &self.bytes[2..] }
    }
}

/// A header of stops on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routing<'a> {
    bytes: &'a [u8],
}

impl<'a> Routing<'a> {
    /// Which kind of routing header it is: IANA, *IPv6 Routing Types*.
    #[inline]
    pub fn routing_type(&self) -> u8 {
        self.bytes[2]
    }

    /// How many stops are still to come.
    #[inline]
    pub fn segments_left(&self) -> u8 {
        self.bytes[3]
    }

    /// What its type makes of the rest.
    #[inline]
    pub fn data(&self) -> &'a [u8] {
        &self.bytes[4..]
    }
}

/// Where a piece belongs in its packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment<'a> {
    bytes: &'a [u8],
}

impl Fragment<'_> {
    /// Where this piece belongs, in numbers of eight bytes.
    #[inline]
    pub fn fragment_offset(&self) -> u16 {
        u16::from_be_bytes([self.bytes[2], self.bytes[3]]) >> 3
    }

    /// Whether fragments follow behind this one.
    #[inline]
    pub fn more_fragments(&self) -> bool {
        self.bytes[3] & 1 == 1
    }

    /// The same number in all fragments of one packet.
    #[inline]
    pub fn identification(&self) -> u32 {
        let [.., a, b, c, d] = *self.bytes else { return 0 };
        u32::from_be_bytes([a, b, c, d])
    }

    /// Whether it is a piece at all: a packet may be whole and have this
    /// header nevertheless (RFC 6946).
    #[inline]
    pub fn is_piece(&self) -> bool {
        self.more_fragments() || self.fragment_offset() != 0
    }
}

/// The extension headers of a packet, up to the first that can't be read.
#[derive(Debug, Clone)]
pub struct Extensions<'a> {
    protocol: Protocol,
    rest: &'a [u8],
    first: bool,
    in_pieces: bool,
}

impl<'a> Extensions<'a> {
    /// What comes next: after the last extension header, the upper layer.
    #[inline]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The bytes of what comes next.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether those are only a piece of what was sent. What a piece begins
    /// with is no extension header then.
    #[inline]
    pub fn in_pieces(&self) -> bool {
        self.in_pieces
    }

    fn read(&mut self, layer: Kind) -> Result<Extension<'a>, Error> {
        // RFC 8200, section 4.1: only right behind the IPv6 header.
        if layer == Kind::HopByHop && !self.first {
            return Err(Error::OutOfPlace { layer });
        }
        let length = extension_length(layer, self.rest)?;
        let (bytes, rest) = self.rest.split_at(length);
        (self.rest, self.first) = (rest, false);
        self.protocol = Protocol(bytes[0]);
        Ok(match layer {
            Kind::HopByHop => {
                Extension::HopByHop(OptionsHeader { layer, bytes })
            }
            Kind::Routing => Extension::Routing(Routing { bytes }),
            Kind::Fragment => {
                let fragment = Fragment { bytes };
                self.in_pieces = fragment.is_piece();
                Extension::Fragment(fragment)
            }
            _ => Extension::DestinationOptions(OptionsHeader { layer, bytes }),
        })
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Result<Extension<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let layer = match self.protocol {
            _ if self.in_pieces => return None,
            Protocol::HOP_BY_HOP => Kind::HopByHop,
            Protocol::ROUTING => Kind::Routing,
            Protocol::FRAGMENT => Kind::Fragment,
            Protocol::DESTINATION_OPTIONS => Kind::DestinationOptions,
            _ => return None,
        };
        let read = self.read(layer);
        if read.is_err() {
            self.protocol = Protocol::NO_NEXT_HEADER;
        }
        Some(read)
    }
}

fn extension_length(layer: Kind, bytes: &[u8]) -> Result<usize, Error> {
    let there = bytes.len();
    let says = match *bytes {
        // RFC 8200, section 4.5: a fragment header has no length.
        [_, _, ..] if layer == Kind::Fragment => UNIT,
        // RFC 8200, section 4.3: in 8-octet units, without the first 8.
        [_, length, ..] => UNIT * (usize::from(length) + 1),
        _ => UNIT,
    };
    match there {
        0..UNIT => Err(Error::Truncated { layer, needed: UNIT, there }),
        _ if says > there => {
            let field = "header extension length";
            Err(Error::TooLarge { layer, field, says, there })
        }
        _ => Ok(says),
    }
}

/// An option: RFC 8200, section 4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opt<'a> {
    /// Its number: 5 for *router alert*, say. The two highest bits tell a
    /// host that doesn't know it whether to skip it or drop the packet.
    pub kind: u8,
    /// Its bytes behind type and length.
    pub data: &'a [u8],
}

/// The options of a header, up to the first that can't be read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    layer: Kind,
    rest: &'a [u8],
}

/// One byte of padding; several are [`PADN`].
const PAD1: u8 = 0;
const PADN: u8 = 1;

impl<'a> Iterator for Options<'a> {
    type Item = Result<Opt<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let [kind, ..] = *self.rest else { return None };
            match split_option(self.layer, self.rest) {
                Ok((_, length)) if matches!(kind, PAD1 | PADN) => {
                    self.rest = &self.rest[length..];
                }
                Ok((data, length)) => {
                    self.rest = &self.rest[length..];
                    return Some(Ok(Opt { kind, data }));
                }
                Err(error) => {
                    self.rest = &[];
                    return Some(Err(error));
                }
            }
        }
    }
}

/// Splits the first option off: its data, and how many bytes it has in all.
/// Unlike IPv4's and TCP's, its length counts the data alone.
fn split_option(layer: Kind, bytes: &[u8]) -> Result<(&[u8], usize), Error> {
    let there = bytes.len();
    match *bytes {
        [PAD1, ..] => Ok((&[], 1)),
        [option, length, ..] => {
            let says = usize::from(length);
            match bytes.get(2..2 + says) {
                Some(data) => Ok((data, 2 + says)),
                None => Err(Error::OptionLength {
                    layer,
                    option,
                    says,
                    least: 0,
                    most: there - 2,
                }),
            }
        }
        _ => Err(Error::Truncated { layer, needed: 2, there }),
    }
}

/// A header to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// DSCP and ECN together.
    pub traffic_class: u8,
    /// The same in all packets that should take the same way: 20 bits.
    pub flow_label: u32,
    /// What follows.
    pub next_header: Protocol,
    /// How many routers may pass it on.
    pub hop_limit: u8,
    /// The host that sends it.
    pub source: Ipv6Addr,
    /// The host that it is for.
    pub destination: Ipv6Addr,
}

impl Header {
    /// A packet that may pass 64 routers.
    pub fn new(
        next_header: Protocol,
        source: Ipv6Addr,
        destination: Ipv6Addr,
    ) -> Self {
        Header {
            traffic_class: 0,
            flow_label: 0,
            next_header,
            hop_limit: 64,
            source,
            destination,
        }
    }

    /// The header as it is sent before a payload of so many bytes.
    ///
    /// # Errors
    /// [`Error::TooLong`] where payload length can't count it.
    pub fn to_bytes(&self, payload: usize) -> Result<[u8; HEADER], Error> {
        let (layer, limit) = (Kind::Ipv6, usize::from(u16::MAX));
        let Ok(length) = u16::try_from(payload) else {
            return Err(Error::TooLong { layer, length: payload, limit });
        };
        let first = 6 << 28
            | u32::from(self.traffic_class) << 20
            | self.flow_label & 0x000f_ffff;
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(&first.to_be_bytes());
        bytes[4..6].copy_from_slice(&length.to_be_bytes());
        bytes[6] = self.next_header.0;
        bytes[7] = self.hop_limit;
        bytes[8..24].copy_from_slice(&self.source.octets());
        bytes[24..].copy_from_slice(&self.destination.octets());
        Ok(bytes)
    }
}

/// The header's fields.
pub static LAYOUT: Layout = Layout {
    id: "ipv6",
    name: "IPv6",
    fixed: &[
        Entry::new(
            "ipv6.version_class_flow",
            "Version, traffic class, flow label",
            4,
            show_version,
            "The version, how routers should treat the packet, and a number \
             that all packets of one conversation share.",
        )
        .of_bits(&[
            bits("version", 4),
            bits("DSCP", 6),
            bits("ECN", 2),
            bits("flow label", 20),
        ]),
        Entry::new(
            "ipv6.payload_length",
            "Payload length",
            2,
            show::octets,
            "How many bytes follow this header. Unlike IPv4's total length \
             it doesn't count the header itself.",
        ),
        Entry::new(
            "ipv6.next_header",
            "Next header",
            1,
            show_protocol,
            "What follows: an extension header, or the protocol that the \
             payload belongs to.",
        ),
        Entry::new(
            "ipv6.hop_limit",
            "Hop limit",
            1,
            show::decimal,
            "Each router takes one off and drops the packet at zero. IPv4 \
             calls it time to live.",
        ),
        Entry::new(
            "ipv6.source",
            "Source address",
            16,
            show::ipv6,
            "The host that sent the packet.",
        ),
        Entry::new(
            "ipv6.destination",
            "Destination address",
            16,
            show::ipv6,
            "The host that the packet is for, or its next stop if a routing \
             header follows.",
        ),
    ],
    varying: &[],
    next: crate::rest::next,
};

/// The fields of a header of options for every router.
pub static HOP_BY_HOP: Layout = Layout {
    id: "hop_by_hop",
    name: "Hop-by-hop options",
    fixed: &[
        Entry::new(
            "hop_by_hop.next_header",
            "Next header",
            1,
            show_protocol,
            "What follows this header.",
        ),
        Entry::new(
            "hop_by_hop.length",
            "Header extension length",
            1,
            show_length,
            "How long this header is, counted in eights of bytes, the first \
             eight not counted.",
        ),
    ],
    varying: &[
        Entry::new(
            "hop_by_hop.option",
            "Option",
            0,
            show_option,
            "Something that every router on the way may have to know.",
        ),
        Entry::new(
            "hop_by_hop.padding",
            "Padding option",
            0,
            show::count,
            "Fills the header up to a multiple of eight bytes.",
        ),
        Entry::new(
            "hop_by_hop.unreadable",
            "Unreadable option",
            0,
            show_option,
            "Its length leads out of the header, so nobody can say where the \
             next option begins.",
        ),
    ],
    next: |header, at| next_option(HOP_BY_HOP.varying, header, at),
};

/// The fields of a header of options for the destination.
pub static DESTINATION_OPTIONS: Layout = Layout {
    id: "destination_options",
    name: "Destination options",
    fixed: &[
        Entry::new(
            "destination_options.next_header",
            "Next header",
            1,
            show_protocol,
            "What follows this header.",
        ),
        Entry::new(
            "destination_options.length",
            "Header extension length",
            1,
            show_length,
            "How long this header is, counted in eights of bytes, the first \
             eight not counted.",
        ),
    ],
    varying: &[
        Entry::new(
            "destination_options.option",
            "Option",
            0,
            show_option,
            "Something that only the destination has to know.",
        ),
        Entry::new(
            "destination_options.padding",
            "Padding option",
            0,
            show::count,
            "Fills the header up to a multiple of eight bytes.",
        ),
        Entry::new(
            "destination_options.unreadable",
            "Unreadable option",
            0,
            show_option,
            "Its length leads out of the header, so nobody can say where the \
             next option begins.",
        ),
    ],
    next: |header, at| next_option(DESTINATION_OPTIONS.varying, header, at),
};

/// The fields of a routing header.
pub static ROUTING: Layout = Layout {
    id: "routing",
    name: "Routing header",
    fixed: &[
        Entry::new(
            "routing.next_header",
            "Next header",
            1,
            show_protocol,
            "What follows this header.",
        ),
        Entry::new(
            "routing.length",
            "Header extension length",
            1,
            show_length,
            "How long this header is, counted in eights of bytes, the first \
             eight not counted.",
        ),
        Entry::new(
            "routing.type",
            "Routing type",
            1,
            show::decimal,
            "Which kind of way the rest describes. Type 0 is forbidden: it \
             could send packets to and fro (RFC 5095).",
        ),
        Entry::new(
            "routing.segments_left",
            "Segments left",
            1,
            show::decimal,
            "How many of the stops are still to come.",
        ),
    ],
    varying: &[Entry::new(
        "routing.data",
        "Type-specific data",
        0,
        show::count,
        "The stops on the way, as the type writes them.",
    )],
    next: |header, at| (&ROUTING.varying[0], header.len() - at),
};

/// The fields of a fragment header.
pub static FRAGMENT: Layout = Layout {
    id: "fragment",
    name: "Fragment header",
    fixed: &[
        Entry::new(
            "fragment.next_header",
            "Next header",
            1,
            show_protocol,
            "What the whole packet holds behind this header.",
        ),
        Entry::new(
            "fragment.reserved",
            "Reserved",
            1,
            show::hex,
            "Zero, and ignored.",
        ),
        Entry::new(
            "fragment.offset_more",
            "Fragment offset, more",
            2,
            show_offset,
            "Where this piece belongs, counted in eights of bytes, and \
             whether more pieces follow.",
        )
        .of_bits(&[
            bits("fragment offset", 13),
            bits("reserved", 2),
            bits("M", 1),
        ]),
        Entry::new(
            "fragment.identification",
            "Identification",
            4,
            show::hex,
            "The fragments of one packet all have the same number here.",
        ),
    ],
    varying: &[],
    next: crate::rest::next,
};

fn next_option(
    entries: &'static [Entry],
    header: &[u8],
    at: usize,
) -> (&'static Entry, usize) {
    let rest = &header[at..];
    match (rest, split_option(Kind::HopByHop, rest)) {
        (_, Err(_)) => (&entries[2], rest.len()),
        ([PAD1 | PADN, ..], Ok((_, length))) => (&entries[1], length),
        (_, Ok((_, length))) => (&entries[0], length),
    }
}

fn show_version(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let number = field.number();
    let (version, class, flow) =
        (number >> 28, number >> 20 & 0xff, number & 0xf_ffff);
    write!(f, "version {version}, DSCP {}, ECN {}", class >> 2, class & 0b11)?;
    write!(f, ", flow {flow:#07x}")
}

fn show_protocol(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [protocol] = *field.bytes() else { return Ok(()) };
    write!(f, "{}", Protocol(protocol))
}

fn show_length(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}-byte header", 8 * (field.number() + 1))
}

fn show_offset(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let number = field.number();
    if number & 1 == 1 {
        write!(f, "more fragments, ")?;
    }
    write!(f, "offset {}", 8 * (number >> 3))
}

fn show_option(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let bytes = field.bytes();
    if let Err(error) = split_option(field.layer().kind, bytes) {
        return write!(f, "{error}");
    }
    // IANA, *Destination Options and Hop-by-Hop Options*.
    match bytes[0] {
        0x05 => write!(f, "router alert (5), ")?,
        0xc2 => write!(f, "jumbo payload (194), ")?,
        other => write!(f, "option {other}, ")?,
    }
    show::count(field, f)
}
