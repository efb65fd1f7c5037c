//! IGMP: how a host tells the routers on its link which groups it is in.
//!
//! ```text
//!  0      1      2       4        6          8
//! ┌──────┬──────┬───────┬────────┬──────────┬─────────────┬──
//! │ 0x22 │  0   │ check │   0    │ records  │ type … group│ …
//! └──────┴──────┴───────┴────────┴──────────┴─────────────┴──
//! ```
//!
//! A report of version 3: RFC 3376, section 4.2. Each record has a type, the
//! length of its extra data, a count of sources, and the group's address.

use std::net::Ipv4Addr;

use lesson_osi_layers::ipv4::Protocol;

use crate::scene::packet;

/// The number of IGMP in an IPv4 header.
const IGMP: Protocol = Protocol(2);
/// A version 3 membership report.
const REPORT: u8 = 0x22;
/// RFC 3376, section 4.2.12: from now on nobody, or from now on anybody.
const NOBODY: u8 = 3;
const ANYBODY: u8 = 4;

/// What a report says of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The host wants the group's datagrams, from whomever.
    Joined(Ipv4Addr),
    /// The host wants none any more.
    Left(Ipv4Addr),
}

/// The first change that a frame reports, if it is such a report.
pub fn change(frame: &[u8]) -> Option<Change> {
    let packet = packet(frame).ok().filter(|p| p.protocol() == IGMP)?;
    let (head, records) = packet.payload().split_at_checked(8)?;
    let (record, group) = records.split_at_checked(4)?;
    let group: [u8; 4] = group.get(..4)?.try_into().ok()?;
    match (head[0], record[0]) {
        (REPORT, ANYBODY) => Some(Change::Joined(group.into())),
        (REPORT, NOBODY) => Some(Change::Left(group.into())),
        _ => None,
    }
}
