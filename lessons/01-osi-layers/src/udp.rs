//! UDP: from one program to another, each message by itself.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |          Source port          |        Destination port       |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |             Length            |            Checksum           |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! RFC 768. It adds two things to IP: ports, which tell the programs of one
//! host apart, and a checksum over the data.
//!
//! Start reading at [`Datagram`].

use crate::Error;
use crate::checksum::{self, PseudoHeader, Sum};
use crate::field::{Entry, Layout, show};
use crate::frame::Kind;

/// The bytes of the header.
pub const HEADER: usize = 8;

/// Where the checksum stands in the header.
pub(crate) const CHECKSUM: usize = 6;

/// A datagram: a view over its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    header: &'a [u8; HEADER],
    whole: &'a [u8],
    surplus: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Reads the datagram at the start of `bytes`: a packet's payload.
    ///
    /// # Errors
    /// Where the length is less than the header's 8 bytes (RFC 768), or
    /// promises more than there is.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let (layer, there) = (Kind::Udp, bytes.len());
        let Some(header) = bytes.first_chunk::<HEADER>() else {
            return Err(Error::Truncated { layer, needed: HEADER, there });
        };
        let (field, says) =
            ("length", usize::from(u16::from_be_bytes([header[4], header[5]])));
        if says < HEADER {
            return Err(Error::TooSmall { layer, field, says, least: HEADER });
        }
        match bytes.split_at_checked(says) {
            Some((whole, surplus)) => Ok(Datagram { header, whole, surplus }),
            None => Err(Error::TooLarge { layer, field, says, there }),
        }
    }

    /// The port of the program that sent it, or 0.
    #[inline]
    pub fn source_port(&self) -> u16 {
        self.number(0)
    }

    /// The port of the program that it is for.
    #[inline]
    pub fn destination_port(&self) -> u16 {
        self.number(2)
    }

    /// The datagram's bytes, header included.
    #[inline]
    pub fn length(&self) -> u16 {
        self.number(4)
    }

    /// The checksum over pseudo-header, header and data; 0 where the sender
    /// left it out.
    #[inline]
    pub fn checksum(&self) -> u16 {
        self.number(CHECKSUM)
    }

    /// Whether the datagram is as it was sent between these addresses.
    pub fn checksum_is_right(&self, between: &PseudoHeader) -> bool {
        between.sum().plus(self.whole).is_right()
    }

    /// The message.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        &self.whole[HEADER..]
    }

    /// The bytes behind the datagram, which its length doesn't count.
    #[inline]
    pub fn surplus(&self) -> &'a [u8] {
        self.surplus
    }

    #[inline]
    fn number(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.header[at], self.header[at + 1]])
    }
}

/// A header to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The port of the program that sends it.
    pub source_port: u16,
    /// The port of the program that it is for.
    pub destination_port: u16,
}

impl Header {
    /// The header as it is sent before `payload`. `between` is the
    /// pseudo-header of both together.
    ///
    /// # Errors
    /// [`Error::TooLong`] where the length can't count both.
    pub fn to_bytes(
        &self,
        between: &PseudoHeader,
        payload: &[u8],
    ) -> Result<[u8; HEADER], Error> {
        let (layer, limit) = (Kind::Udp, usize::from(u16::MAX));
        let length = payload.len().saturating_add(HEADER);
        let Ok(counted) = u16::try_from(length) else {
            return Err(Error::TooLong { layer, length, limit });
        };
        let mut bytes = [0; HEADER];
        bytes[..2].copy_from_slice(&self.source_port.to_be_bytes());
        bytes[2..4].copy_from_slice(&self.destination_port.to_be_bytes());
        bytes[4..6].copy_from_slice(&counted.to_be_bytes());
        let sum = between.sum().plus(&bytes).plus(payload);
        let checksum = never_zero(sum.checksum());
        bytes[CHECKSUM..].copy_from_slice(&checksum.to_be_bytes());
        Ok(bytes)
    }
}

/// The checksum that is due in a datagram's bytes.
pub(crate) fn due(before: Sum, datagram: &[u8]) -> u16 {
    never_zero(checksum::due(before, datagram, CHECKSUM))
}

/// RFC 768: a checksum that comes out as zero is sent as ffff, which is
/// zero too in ones' complement. Zero means that there is none.
fn never_zero(checksum: u16) -> u16 {
    if checksum == 0 { 0xffff } else { checksum }
}

/// The header's fields.
pub static LAYOUT: Layout = Layout {
    id: "udp",
    name: "UDP",
    fixed: &[
        Entry::new(
            "udp.source_port",
            "Source port",
            2,
            show::decimal,
            "The program on the sending host that an answer should go to.",
        ),
        Entry::new(
            "udp.destination_port",
            "Destination port",
            2,
            show::decimal,
            "The program on the receiving host that the message is for.",
        ),
        Entry::new(
            "udp.length",
            "Length",
            2,
            show::octets,
            "How long the datagram is, these 8 bytes of header included.",
        ),
        Entry::new(
            "udp.checksum",
            "Checksum",
            2,
            show::checksum,
            "Covers the header, the data and the pseudo-header, which holds \
             the addresses. 0 means that the sender computed none.",
        ),
    ],
    varying: &[],
    next: crate::rest::next,
};
