//! Find out which order a capture file is in.
//!
//! A program that writes a pcap file uses the byte order of its own machine.
//! The file's first four bytes tell the reader which that was, and what the
//! times in it count. Write `read_header` and `read_time`.
//!
//! ```text
//!   0         4       6       8             16         20         24
//!   +---------+-------+-------+-------------+----------+----------+---------
//!   |  magic  | major | minor |  reserved   | snapshot |   link   | packets
//!   |   u32   |  u16  |  u16  |   8 bytes   |   u32    |   u32    |   …
//!   +---------+-------+-------+-------------+----------+----------+---------
//! ```
//!
//! - The magic number is `0xa1b2c3d4` where times count microseconds, and
//!   `0xa1b23c4d` where they count nanoseconds (pcap-savefile(5)). Its bytes
//!   stand in the writer's order, and so do those of every other number.
//! - Nothing depends on the order of the machine that reads.
//! - `snapshot` is the most that was kept of each packet, in bytes. The link
//!   type is the lower 16 bits of `link`; the upper 16 are not asked for.
//! - A packet's time has eight bytes: a u32 of seconds since 1970, a u32 of
//!   microseconds or nanoseconds. The second may be anything that a u32 holds;
//!   whole seconds in it are added to the first.
//!
//! | The bytes                             | `read_header` answers     |
//! | ------------------------------------- | ------------------------- |
//! | are fewer than four                   | `Err(Refused::TooShort)`  |
//! | don't begin with a magic number       | `Err(Refused::NoCapture)` |
//! | are fewer than the 24 of the header   | `Err(Refused::TooShort)`  |
//! | hold the whole header                 | `Ok(header)`              |
//!
//! Check it: `cargo workbook check pcap_magic`
//!
//! Read chapter 02, "Which order is this file in".

use std::time::Duration;

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The most significant one.
    Big,
    /// The least significant one.
    Little,
}

/// What the second number of a packet's time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Millionths of a second.
    Micro,
    /// Thousand-millionths of a second.
    Nano,
}

/// What the file's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The order of all numbers in the file.
    pub order: Order,
    /// What the times count.
    pub resolution: Resolution,
    /// The format's version, major and minor: 2 and 4.
    pub version: (u16, u16),
    /// The most that was kept of each packet, in bytes.
    pub snapshot: u32,
    /// What the packets begin with: 1 is Ethernet.
    pub link_type: u16,
}

/// Why the bytes are not a capture file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They end before the header does.
    TooShort,
    /// They begin with no magic number of pcap.
    NoCapture,
}

/// Reads the header at the front of a file.
pub fn read_header(bytes: &[u8]) -> Result<Header, Refused> {
    todo!("the magic number tells the order, then read the rest in it")
}

/// The time since 1970 that a packet's eight bytes tell.
pub fn read_time(header: &Header, bytes: [u8; 8]) -> Duration {
    todo!("seconds, and a part of a second")
}
