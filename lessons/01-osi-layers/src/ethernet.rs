//! Ethernet II: from one interface to another on the same link.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                          Destination                          |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |          Destination          |            Source             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                            Source                             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |           EtherType           |            Payload …
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! There is no length: a frame ends where the signal ends. On a real cable a
//! payload of fewer than 46 bytes is padded to 46, so what follows must say
//! its own length. The interface adds a preamble before and a checksum of
//! four bytes behind, and takes both away before software sees the frame
//! (IEEE 802.3, section 3.1.1; RFC 894).
//!
//! Start reading at [`Frame`].

use std::fmt;

use crate::Error;
use crate::field::{Entry, Field, Layout, show};
use crate::frame::Kind;

/// The bytes of the header.
pub const HEADER: usize = 14;

/// The least that a payload is padded to on a cable, in bytes.
pub const LEAST_PAYLOAD: usize = 46;

/// An interface's address: six bytes, given by its maker or by software.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// Every interface on the link.
    pub const BROADCAST: Mac = Mac([0xff; 6]);

    /// Whether more than one interface may listen to it: the lowest bit of
    /// the first byte (IEEE 802.3, section 3.2.3).
    pub fn is_group(self) -> bool {
        self.0[0] & 1 == 1
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

/// What the payload is: IANA's *ETHER TYPES* (RFC 9542, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EtherType(pub u16);

impl EtherType {
    /// An IPv4 packet (RFC 894).
    pub const IPV4: EtherType = EtherType(0x0800);
    /// An ARP packet (RFC 826).
    pub const ARP: EtherType = EtherType(0x0806);
    /// An IPv6 packet (RFC 2464, section 3).
    pub const IPV6: EtherType = EtherType(0x86dd);

    /// In old frames the two bytes are a length: numbers up to 1,500 (IEEE
    /// 802.3, section 3.2.6). Types begin at 1,536.
    pub fn as_length(self) -> Option<u16> {
        (self.0 <= 1500).then_some(self.0)
    }
}

impl fmt::Display for EtherType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            EtherType::IPV4 => write!(f, "IPv4 (0x0800)"),
            EtherType::ARP => write!(f, "ARP (0x0806)"),
            EtherType::IPV6 => write!(f, "IPv6 (0x86dd)"),
            EtherType(other) => match self.as_length() {
                Some(length) => write!(f, "a length, {length}"),
                None => write!(f, "{other:#06x}"),
            },
        }
    }
}

// ANCHOR: view
/// A frame: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    header: &'a [u8; HEADER],
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads the header at the start of `bytes`.
    ///
    /// # Errors
    /// [`Error::Truncated`] with fewer than 14 bytes.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        match bytes.split_first_chunk() {
            Some((header, payload)) => Ok(Frame { header, payload }),
            None => Err(Error::Truncated {
                layer: Kind::Ethernet,
                needed: HEADER,
                there: bytes.len(),
            }),
        }
    }

    /// Who it is for.
    #[inline]
    pub fn destination(&self) -> Mac {
        let [a, b, c, d, e, f, ..] = *self.header;
        Mac([a, b, c, d, e, f])
    }

    /// Who sent it.
    #[inline]
    pub fn source(&self) -> Mac {
        let [_, _, _, _, _, _, a, b, c, d, e, f, ..] = *self.header;
        Mac([a, b, c, d, e, f])
    }

    /// What the payload is.
    #[inline]
    pub fn ether_type(&self) -> EtherType {
        let [.., high, low] = *self.header;
        EtherType(u16::from_be_bytes([high, low]))
    }

    /// All bytes behind the header: a packet, and padding if it was short.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }
}
// ANCHOR_END: view

/// A header to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Who it is for.
    pub destination: Mac,
    /// Who sends it.
    pub source: Mac,
    /// What the payload is.
    pub ether_type: EtherType,
}

impl Header {
    /// The header as it is sent.
    pub fn to_bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..6].copy_from_slice(&self.destination.0);
        bytes[6..12].copy_from_slice(&self.source.0);
        bytes[12..].copy_from_slice(&self.ether_type.0.to_be_bytes());
        bytes
    }
}

/// The header's fields.
pub static LAYOUT: Layout = Layout {
    id: "ethernet",
    name: "Ethernet II",
    fixed: &[
        Entry::new(
            "ethernet.destination",
            "Destination",
            6,
            show_mac,
            "The interface that should take the frame; all others on the \
             link ignore it. ff:ff:ff:ff:ff:ff is for everybody.",
        ),
        Entry::new(
            "ethernet.source",
            "Source",
            6,
            show_mac,
            "The interface that sent the frame on this link. A router puts \
             its own address here when it passes a packet on.",
        ),
        Entry::new(
            "ethernet.type",
            "EtherType",
            2,
            show_type,
            "Which protocol the payload belongs to, so that the receiver \
             knows who should read on.",
        ),
    ],
    varying: &[],
    next: crate::rest::next,
};

fn show_mac(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    show::mac(field, f)?;
    match field.bytes() == Mac::BROADCAST.0 {
        true => write!(f, ", everybody"),
        false => Ok(()),
    }
}

fn show_type(field: &Field<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [high, low] = *field.bytes() else { return Ok(()) };
    write!(f, "{}", EtherType(u16::from_be_bytes([high, low])))
}
