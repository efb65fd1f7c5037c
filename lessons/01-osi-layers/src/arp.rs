//! ARP: which interface on this link has that IPv4 address?
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |         Hardware type         |         Protocol type         |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Hw. length   |  Pr. length   |           Operation           |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Sender hardware address, sender protocol address,            |
//! |  target hardware address, target protocol address             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! The question goes to everybody on the link, the answer to the one who
//! asked (RFC 826). The lengths let ARP serve other links and protocols; for
//! IPv4 on Ethernet they are 6 and 4, and the packet has 28 bytes.
//!
//! Start reading at [`Packet`].

use std::fmt;
use std::net::Ipv4Addr;

use crate::Error;
use crate::ethernet::{EtherType, Mac};
use crate::field::{Entry, Field, Layout, show};
use crate::frame::Kind;

/// The bytes before the addresses.
const FIXED: usize = 8;

/// The bytes of a packet about IPv4 addresses on Ethernet.
pub const LENGTH: usize = 28;

/// The hardware type of Ethernet (IANA, *ARP Parameters*).
pub const ETHERNET: u16 = 1;

/// What a packet asks or tells: RFC 826, *Packet format*, calls it opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation(pub u16);

impl Operation {
    /// Who has the target address?
    pub const REQUEST: Operation = Operation(1);
    /// The sender has the sender address.
    pub const REPLY: Operation = Operation(2);
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Operation::REQUEST => write!(f, "request (1)"),
            Operation::REPLY => write!(f, "reply (2)"),
            Operation(other) => write!(f, "{other}"),
        }
    }
}

/// An ARP packet: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    header: &'a [u8; FIXED],
    addresses: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the packet at the start of `bytes`.
    ///
    /// # Errors
    /// [`Error::Truncated`] where it has fewer bytes than its own lengths
    /// ask for.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let needed = length(bytes)?;
        let there = bytes.len();
        match (bytes.split_first_chunk(), bytes.split_at_checked(needed)) {
            (Some((header, behind)), Some((_, rest))) => Ok(Packet {
                header,
                addresses: &behind[..needed - FIXED],
                rest,
            }),
            _ => Err(truncated(needed, there)),
        }
    }

    /// What the link is: 1 is Ethernet.
    #[inline]
    pub fn hardware_type(&self) -> u16 {
        u16::from_be_bytes([self.header[0], self.header[1]])
    }

    /// Which protocol's addresses it is about, as an EtherType.
    #[inline]
    pub fn protocol_type(&self) -> EtherType {
        EtherType(u16::from_be_bytes([self.header[2], self.header[3]]))
    }

    /// The bytes of a hardware address.
    #[inline]
    pub fn hardware_length(&self) -> usize {
        usize::from(self.header[4])
    }

    /// The bytes of a protocol address.
    #[inline]
    pub fn protocol_length(&self) -> usize {
        usize::from(self.header[5])
    }

    /// Whether it asks or tells.
    #[inline]
    pub fn operation(&self) -> Operation {
        Operation(u16::from_be_bytes([self.header[6], self.header[7]]))
    }

    /// The interface that sends this.
    #[inline]
    pub fn sender_hardware_address(&self) -> &'a [u8] {
        &self.addresses[..self.hardware_length()]
    }

    /// The address that the sender has.
    #[inline]
    pub fn sender_protocol_address(&self) -> &'a [u8] {
        let start = self.hardware_length();
        &self.addresses[start..start + self.protocol_length()]
    }

    /// The interface that it is for; zeros in a request, which asks for it.
    #[inline]
    pub fn target_hardware_address(&self) -> &'a [u8] {
        let start = self.hardware_length() + self.protocol_length();
        &self.addresses[start..start + self.hardware_length()]
    }

    /// The address that is asked about.
    #[inline]
    pub fn target_protocol_address(&self) -> &'a [u8] {
        &self.addresses[self.addresses.len() - self.protocol_length()..]
    }

    /// The same as addresses, where it is about IPv4 on Ethernet.
    pub fn for_ipv4(&self) -> Option<Header> {
        let ours = self.hardware_type() == ETHERNET
            && self.protocol_type() == EtherType::IPV4;
        Some(Header {
            operation: ours.then_some(self.operation())?,
            sender: Mac(self.sender_hardware_address().try_into().ok()?),
            sender_address: ip(self.sender_protocol_address())?,
            target: Mac(self.target_hardware_address().try_into().ok()?),
            target_address: ip(self.target_protocol_address())?,
        })
    }

    /// The bytes behind the packet: padding.
    #[inline]
    pub fn padding(&self) -> &'a [u8] {
        self.rest
    }
}

fn ip(bytes: &[u8]) -> Option<Ipv4Addr> {
    <[u8; 4]>::try_from(bytes).ok().map(Ipv4Addr::from)
}

/// The bytes of the packet, as its own lengths say.
fn length(bytes: &[u8]) -> Result<usize, Error> {
    match *bytes {
        [_, _, _, _, hardware, protocol, _, _, ..] => {
            Ok(FIXED + 2 * (usize::from(hardware) + usize::from(protocol)))
        }
        _ => Err(truncated(FIXED, bytes.len())),
    }
}

fn truncated(needed: usize, there: usize) -> Error {
    Error::Truncated { layer: Kind::Arp, needed, there }
}

/// A packet about IPv4 addresses on Ethernet, to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Whether it asks or tells.
    pub operation: Operation,
    /// The interface that sends it.
    pub sender: Mac,
    /// The address that the sender has.
    pub sender_address: Ipv4Addr,
    /// The interface that it is for; zeros in a request.
    pub target: Mac,
    /// The address that is asked about.
    pub target_address: Ipv4Addr,
}

impl Header {
    /// The packet as it is sent.
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..2].copy_from_slice(&ETHERNET.to_be_bytes());
        bytes[2..4].copy_from_slice(&EtherType::IPV4.0.to_be_bytes());
        bytes[4..6].copy_from_slice(&[6, 4]);
        bytes[6..8].copy_from_slice(&self.operation.0.to_be_bytes());
        bytes[8..14].copy_from_slice(&self.sender.0);
        bytes[14..18].copy_from_slice(&self.sender_address.octets());
        bytes[18..24].copy_from_slice(&self.target.0);
        bytes[24..].copy_from_slice(&self.target_address.octets());
        bytes
    }
}

/// The packet's fields.
pub static LAYOUT: Layout = Layout {
    id: "arp",
    name: "ARP",
    fixed: &[
        Entry::new(
            "arp.hardware_type",
            "Hardware type",
            2,
            show_hardware,
            "What kind of link this is. 1 is Ethernet.",
        ),
        Entry::new(
            "arp.protocol_type",
            "Protocol type",
            2,
            show_protocol,
            "Which protocol's addresses are asked about, numbered as \
             EtherTypes are.",
        ),
        Entry::new(
            "arp.hardware_length",
            "Hardware length",
            1,
            show::octets,
            "How long an interface's address is on this link.",
        ),
        Entry::new(
            "arp.protocol_length",
            "Protocol length",
            1,
            show::octets,
            "How long an address of the protocol is.",
        ),
        Entry::new(
            "arp.operation",
            "Operation",
            2,
            show_operation,
            "A request asks who has the target address; a reply tells.",
        ),
    ],
    varying: &[
        Entry::new(
            "arp.sender_hardware",
            "Sender's interface",
            0,
            show::mac,
            "Who sends this. Everybody who hears a request can note it down.",
        ),
        Entry::new(
            "arp.sender_protocol",
            "Sender's address",
            0,
            show::ipv4,
            "The IPv4 address that belongs to the sender's interface.",
        ),
        Entry::new(
            "arp.target_hardware",
            "Target's interface",
            0,
            show::mac,
            "In a request zeros: this is what it asks for.",
        ),
        Entry::new(
            "arp.target_protocol",
            "Target's address",
            0,
            show::ipv4,
            "The IPv4 address whose interface is looked for.",
        ),
    ],
    next,
};

/// The four addresses follow one another, each as long as the header says.
fn next(packet: &[u8], at: usize) -> (&'static Entry, usize) {
    let hardware = usize::from(packet.get(4).copied().unwrap_or(0));
    let protocol = usize::from(packet.get(5).copied().unwrap_or(0));
    let mut start = FIXED;
    for (index, width) in
        [hardware, protocol, hardware, protocol].into_iter().enumerate()
    {
        if at < start + width {
            return (&LAYOUT.varying[index], width);
        }
        start += width;
    }
    (&LAYOUT.varying[3], packet.len() - at)
}

fn show_hardware(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match field.number() {
        1 => write!(f, "Ethernet (1)"),
        other => write!(f, "{other}"),
    }
}

fn show_protocol(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [high, low] = *field.bytes() else { return Ok(()) };
    write!(f, "{}", EtherType(u16::from_be_bytes([high, low])))
}

fn show_operation(
    field: &Field<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let [high, low] = *field.bytes() else { return Ok(()) };
    write!(f, "{}", Operation(u16::from_be_bytes([high, low])))
}
