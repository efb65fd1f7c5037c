//! ICMP: what the hosts and routers of the network layer tell each other.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |     Type      |     Code      |           Checksum            |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                What these mean depends on type                |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |            Data; in an error, the start of the packet that    |
//! |            caused it                                          |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! RFC 792 for IPv4, RFC 4443 for IPv6. The two look alike; their numbers
//! differ, and ICMPv6 has the pseudo-header in its checksum.
//!
//! Start reading at [`Message`].

use std::fmt;

use crate::Error;
use crate::checksum::{self, PseudoHeader, Sum};
use crate::ethernet::Mac;
use crate::field::{Entry, Field, Layout, bits, show};
use crate::frame::Kind;

/// The bytes before the data.
pub const HEADER: usize = 8;

/// Where the checksum stands in the header.
pub(crate) const CHECKSUM: usize = 2;

/// The bytes whose meaning doesn't depend on the type.
const FIXED: usize = 4;

/// Types of ICMP messages: RFC 792.
pub mod kind {
    /// The answer to an echo request.
    pub const ECHO_REPLY: u8 = 0;
    /// A packet could not be delivered; the code says why.
    pub const DESTINATION_UNREACHABLE: u8 = 3;
    /// Another router is nearer.
    pub const REDIRECT: u8 = 5;
    /// Are you there? `ping` sends these.
    pub const ECHO_REQUEST: u8 = 8;
    /// The time to live came down to zero, or fragments were missing.
    pub const TIME_EXCEEDED: u8 = 11;
    /// A header could not be understood.
    pub const PARAMETER_PROBLEM: u8 = 12;
}

/// The code of *destination unreachable* that says: the packet is too long
/// for the next link, and may not be fragmented (RFC 1191, section 4).
pub const FRAGMENTATION_NEEDED: u8 = 4;

/// Types of ICMPv6 messages: RFC 4443, and RFC 4861 for neighbours.
pub mod kind6 {
    /// A packet could not be delivered; the code says why.
    pub const DESTINATION_UNREACHABLE: u8 = 1;
    /// A packet is too long for the next link.
    pub const PACKET_TOO_BIG: u8 = 2;
    /// The hop limit came down to zero, or fragments were missing.
    pub const TIME_EXCEEDED: u8 = 3;
    /// A header could not be understood.
    pub const PARAMETER_PROBLEM: u8 = 4;
    /// Are you there? `ping` sends these.
    pub const ECHO_REQUEST: u8 = 128;
    /// The answer to an echo request.
    pub const ECHO_REPLY: u8 = 129;
    /// Who has this address? What ARP asks for IPv4.
    pub const NEIGHBOR_SOLICITATION: u8 = 135;
    /// I have it.
    pub const NEIGHBOR_ADVERTISEMENT: u8 = 136;
}

/// A message, of ICMP or of ICMPv6: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    header: &'a [u8; HEADER],
    data: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads the ICMP message that `bytes` are: an IPv4 packet's payload.
    ///
    /// # Errors
    /// [`Error::Truncated`] with fewer than 8 bytes.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::read(Kind::Icmp, bytes)
    }

    /// Reads the ICMPv6 message that `bytes` are: an IPv6 packet's payload.
    ///
    /// # Errors
    /// [`Error::Truncated`] with fewer than 8 bytes.
    #[inline]
    pub fn parse_v6(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::read(Kind::Icmpv6, bytes)
    }

    #[inline]
    fn read(layer: Kind, bytes: &'a [u8]) -> Result<Self, Error> {
        let (needed, there) = (HEADER, bytes.len());
        match bytes.split_first_chunk() {
            Some((header, data)) => Ok(Message { header, data }),
            None => Err(Error::Truncated { layer, needed, there }),
        }
    }

    /// What is told or asked; see [`kind`] and [`kind6`].
    #[inline]
    pub fn kind(&self) -> u8 {
        self.header[0]
    }

    /// More about it: why a destination can't be reached, say.
    #[inline]
    pub fn code(&self) -> u8 {
        self.header[1]
    }

    /// The checksum over the whole message.
    #[inline]
    pub fn checksum(&self) -> u16 {
        self.number(CHECKSUM)
    }

    /// Whether the ICMP message is as it was sent.
    pub fn checksum_is_right(&self) -> bool {
        Sum::new().plus(self.header).plus(self.data).is_right()
    }

    /// Whether the ICMPv6 message is as it was sent between these addresses
    /// (RFC 4443, section 2.3).
    pub fn checksum_is_right_v6(&self, between: &PseudoHeader) -> bool {
        between.sum().plus(self.header).plus(self.data).is_right()
    }

    /// The four bytes whose meaning depends on the type.
    #[inline]
    pub fn rest_of_header(&self) -> [u8; 4] {
        let [.., a, b, c, d] = *self.header;
        [a, b, c, d]
    }

    /// In an echo: which program asked.
    #[inline]
    pub fn identifier(&self) -> u16 {
        self.number(4)
    }

    /// In an echo: which of its questions this is.
    #[inline]
    pub fn sequence_number(&self) -> u16 {
        self.number(6)
    }

    /// In *destination unreachable, fragmentation needed*: the most that
    /// the next link takes, in bytes (RFC 1191, section 4).
    #[inline]
    pub fn next_hop_mtu(&self) -> u16 {
        self.number(6)
    }

    /// Whether it is about a packet, whose start it then quotes: RFC 792,
    /// and RFC 4443, section 2.1.
    #[inline]
    pub(crate) fn is_error(&self, layer: Kind) -> bool {
        match layer {
            Kind::Icmpv6 => self.kind() < 128,
            _ => matches!(self.kind(), 3 | 4 | 5 | 11 | 12),
        }
    }

    /// The bytes that are fields rather than data. Messages about
    /// neighbours have no data: all of it is fields.
    #[inline]
    pub(crate) fn header_length(&self, layer: Kind) -> usize {
        let is_neighbor = matches!(
            self.kind(),
            kind6::NEIGHBOR_SOLICITATION | kind6::NEIGHBOR_ADVERTISEMENT
        );
        match self.data.len() {
            // RFC 4861, section 4.3: the target's address, then options.
            data @ 16.. if layer == Kind::Icmpv6 && is_neighbor => {
                HEADER + data
            }
            _ => HEADER,
        }
    }

    /// What the echo carries, or the start of the packet that caused the
    /// error.
    #[inline]
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    #[inline]
    fn number(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.header[at], self.header[at + 1]])
    }
}

/// An ICMP header to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What is told or asked; see [`mod@kind`].
    pub kind: u8,
    /// More about it.
    pub code: u8,
    /// The four bytes whose meaning depends on the type.
    pub rest: [u8; 4],
}

impl Header {
    /// Are you there? The answer repeats all of it.
    pub fn echo_request(identifier: u16, sequence_number: u16) -> Self {
        let [a, b] = identifier.to_be_bytes();
        let [c, d] = sequence_number.to_be_bytes();
        Header { kind: kind::ECHO_REQUEST, code: 0, rest: [a, b, c, d] }
    }

    /// The header as it is sent over IPv4 before `data`.
    pub fn to_bytes(&self, data: &[u8]) -> [u8; HEADER] {
        self.summed(Sum::new(), data)
    }

    /// The header as it is sent over IPv6 before `data`. `between` is the
    /// pseudo-header of both together.
    pub fn to_bytes_v6(
        &self,
        between: &PseudoHeader,
        data: &[u8],
    ) -> [u8; HEADER] {
        self.summed(between.sum(), data)
    }

    fn summed(&self, before: Sum, data: &[u8]) -> [u8; HEADER] {
        let [a, b, c, d] = self.rest;
        let mut bytes = [self.kind, self.code, 0, 0, a, b, c, d];
        let checksum = before.plus(&bytes).plus(data).checksum();
        bytes[CHECKSUM..4].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }
}

/// The verdict on a message's checksum.
pub(crate) fn verify(before: Sum, message: &[u8]) -> checksum::Verdict {
    checksum::verify(before, message, CHECKSUM)
}

/// The fields of ICMP's header.
pub static LAYOUT: Layout = Layout {
    id: "icmp",
    name: "ICMP",
    fixed: &[
        Entry::new(
            "icmp.type",
            "Type",
            1,
            show_kind,
            "What is told or asked: an echo, or an error about a packet.",
        ),
        Entry::new(
            "icmp.code",
            "Code",
            1,
            show::decimal,
            "More about the type: why a destination can't be reached, say.",
        ),
        Entry::new(
            "icmp.checksum",
            "Checksum",
            2,
            show::checksum,
            "Covers the whole message. ICMP has no pseudo-header.",
        ),
    ],
    varying: &[
        Entry::new(
            "icmp.identifier",
            "Identifier",
            0,
            show::decimal,
            "Tells the programs that send echo requests apart, as a port \
             would.",
        ),
        Entry::new(
            "icmp.sequence",
            "Sequence number",
            0,
            show::decimal,
            "Which request this is, or answers. ping shows it as icmp_seq.",
        ),
        Entry::new(
            "icmp.unused",
            "Unused",
            0,
            show::bytes,
            "This type of message has no use for these bytes. They are zero.",
        ),
        Entry::new(
            "icmp.mtu",
            "Next-hop MTU",
            0,
            show::octets,
            "The longest packet that the next link takes. The sender should \
             send no longer ones.",
        ),
        Entry::new(
            "icmp.gateway",
            "Gateway address",
            0,
            show::ipv4,
            "The router that is nearer to the destination.",
        ),
        Entry::new(
            "icmp.pointer",
            "Pointer",
            0,
            show::decimal,
            "Which byte of the packet could not be understood.",
        ),
        Entry::new(
            "icmp.rest",
            "Rest of the header",
            0,
            show::bytes,
            "Four bytes whose meaning depends on the type.",
        ),
    ],
    next,
};

/// Which fields follow the checksum: RFC 792, type by type.
fn next(header: &[u8], at: usize) -> (&'static Entry, usize) {
    let [identifier, sequence, unused, mtu, gateway, pointer, rest] =
        LAYOUT.varying
    else {
        return crate::rest::next(header, at);
    };
    match (header[0], header[1], at) {
        (kind::ECHO_REPLY | kind::ECHO_REQUEST, _, FIXED) => (identifier, 2),
        (kind::ECHO_REPLY | kind::ECHO_REQUEST, _, _) => (sequence, 2),
        (kind::DESTINATION_UNREACHABLE, FRAGMENTATION_NEEDED, FIXED) => {
            (unused, 2)
        }
        (kind::DESTINATION_UNREACHABLE, FRAGMENTATION_NEEDED, _) => (mtu, 2),
        (kind::DESTINATION_UNREACHABLE | kind::TIME_EXCEEDED, _, _) => {
            (unused, 4)
        }
        (kind::REDIRECT, _, _) => (gateway, 4),
        (kind::PARAMETER_PROBLEM, _, FIXED) => (pointer, 1),
        (kind::PARAMETER_PROBLEM, _, _) => (unused, 3),
        _ => (rest, 4),
    }
}

fn show_kind(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [kind] = *field.bytes() else { return Ok(()) };
    let name = match kind {
        kind::ECHO_REPLY => "echo reply",
        kind::DESTINATION_UNREACHABLE => "destination unreachable",
        kind::REDIRECT => "redirect",
        kind::ECHO_REQUEST => "echo request",
        kind::TIME_EXCEEDED => "time exceeded",
        kind::PARAMETER_PROBLEM => "parameter problem",
        other => return write!(f, "{other}"),
    };
    write!(f, "{name} ({kind})")
}

/// The fields of ICMPv6's header.
pub static LAYOUT_V6: Layout = Layout {
    id: "icmpv6",
    name: "ICMPv6",
    fixed: &[
        Entry::new(
            "icmpv6.type",
            "Type",
            1,
            show_kind6,
            "What is told or asked. Numbers below 128 are errors.",
        ),
        Entry::new(
            "icmpv6.code",
            "Code",
            1,
            show::decimal,
            "More about the type: why a destination can't be reached, say.",
        ),
        Entry::new(
            "icmpv6.checksum",
            "Checksum",
            2,
            show::checksum,
            "Covers the message and the pseudo-header: the IPv6 header has \
             no checksum of its own.",
        ),
    ],
    varying: &[
        Entry::new(
            "icmpv6.identifier",
            "Identifier",
            0,
            show::decimal,
            "Tells the programs that send echo requests apart.",
        ),
        Entry::new(
            "icmpv6.sequence",
            "Sequence number",
            0,
            show::decimal,
            "Which request this is, or answers.",
        ),
        Entry::new(
            "icmpv6.mtu",
            "MTU",
            0,
            show::octets,
            "The longest packet that the next link takes. Only the sender \
             may fragment, so it must know.",
        ),
        Entry::new(
            "icmpv6.flags",
            "Flags",
            0,
            show_neighbor_flags,
            "R: the sender is a router. S: this answers a question. O: \
             forget what was known before.",
        )
        .of_bits(&[
            bits("R", 1),
            bits("S", 1),
            bits("O", 1),
            bits("reserved", 29),
        ]),
        Entry::new(
            "icmpv6.target",
            "Target address",
            0,
            show::ipv6,
            "The address whose interface is looked for, or told.",
        ),
        Entry::new(
            "icmpv6.option",
            "Option",
            0,
            show_neighbor_option,
            "More about a neighbour: its address on this link, say.",
        ),
        Entry::new(
            "icmpv6.rest",
            "Rest of the header",
            0,
            show::bytes,
            "Four bytes whose meaning depends on the type.",
        ),
    ],
    next: next6,
};

/// Where a neighbour's message has the target's address, and its options.
const TARGET: usize = HEADER;
const OPTIONS: usize = TARGET + 16;

/// Which fields follow the checksum: RFC 4443, sections 3 and 4; RFC 4861,
/// sections 4.3 and 4.4.
fn next6(header: &[u8], at: usize) -> (&'static Entry, usize) {
    let [identifier, sequence, mtu, flags, target, option, rest] =
        LAYOUT_V6.varying
    else {
        return crate::rest::next(header, at);
    };
    match (header[0], at) {
        (_, OPTIONS..) => (option, neighbor_option(&header[at..])),
        (_, TARGET..) => (target, 16),
        (kind6::ECHO_REQUEST | kind6::ECHO_REPLY, FIXED) => (identifier, 2),
        (kind6::ECHO_REQUEST | kind6::ECHO_REPLY, _) => (sequence, 2),
        (kind6::PACKET_TOO_BIG, _) => (mtu, 4),
        (kind6::NEIGHBOR_ADVERTISEMENT, _) => (flags, 4),
        _ => (rest, 4),
    }
}

/// The bytes of the first option, which counts them in eights: RFC 4861,
/// section 4.6. All that are there, where its length is none it can have.
fn neighbor_option(options: &[u8]) -> usize {
    let length = options.get(1).map_or(0, |count| 8 * usize::from(*count));
    match length {
        1.. if length <= options.len() => length,
        _ => options.len(),
    }
}

fn show_neighbor_flags(
    field: &Field<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let [flags, ..] = *field.bytes() else { return Ok(()) };
    let (mut between, mut none) = ("", true);
    for (bit, name) in
        [(0x80, "router"), (0x40, "solicited"), (0x20, "override")]
    {
        if flags & bit != 0 {
            write!(f, "{between}{name}")?;
            (between, none) = (", ", false);
        }
    }
    if none { write!(f, "none") } else { Ok(()) }
}

fn show_neighbor_option(
    field: &Field<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match *field.bytes() {
        [kind @ (1 | 2), 1, a, b, c, d, e, g] => {
            let whose = if kind == 1 { "source" } else { "target" };
            write!(f, "{whose}'s interface {}", Mac([a, b, c, d, e, g]))
        }
        [kind, ..] => {
            write!(f, "option {kind}, ")?;
            show::count(field, f)
        }
        [] => Ok(()),
    }
}

fn show_kind6(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [kind] = *field.bytes() else { return Ok(()) };
    let name = match kind {
        kind6::DESTINATION_UNREACHABLE => "destination unreachable",
        kind6::PACKET_TOO_BIG => "packet too big",
        kind6::TIME_EXCEEDED => "time exceeded",
        kind6::PARAMETER_PROBLEM => "parameter problem",
        kind6::ECHO_REQUEST => "echo request",
        kind6::ECHO_REPLY => "echo reply",
        kind6::NEIGHBOR_SOLICITATION => "neighbor solicitation",
        kind6::NEIGHBOR_ADVERTISEMENT => "neighbor advertisement",
        other => return write!(f, "{other}"),
    };
    write!(f, "{name} ({kind})")
}
