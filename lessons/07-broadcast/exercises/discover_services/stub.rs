//! Ask everybody who has a service, and collect the answers.
//!
//! Send one datagram to the broadcast address `everybody`: the text
//! `WHO ID SERVICE`, as in `WHO 5f21 time`. Whoever has the service answers
//! to you alone: `HERE ID SERVICE PORT`, as in `HERE 5f21 time 8013`. ID is
//! the number as four hexadecimal digits in small letters. The
//! service is at the address that the answer came from, with the port that
//! it tells.
//!
//! - The kernel refuses to broadcast unless the socket says that it means
//!   it.
//! - Each datagram holds one question or one answer, and nothing else: words
//!   with one space between, no line end. Anything else is passed over:
//!   other text, bytes that are no text, another number, another service, a
//!   port that is none (1 to 65,535).
//! - Whoever answers twice counts once.
//! - `wait` is the time for the whole search, however much comes in it.
//!   Nobody there is no error.
//!
//! Check it: `cargo workbook check discover_services`
//!
//! Read chapter 07, "Finding a service".

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// What is looked for, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The number of this question; an answer repeats it.
    pub id: u16,
    /// The name of the service, without spaces.
    pub service: &'a str,
    /// So many are enough: the search ends when it has found them.
    pub most: usize,
    /// The search ends after this time, whatever came; more than zero.
    pub wait: Duration,
}

/// Asks everybody, and tells where the service is: those who answered, in
/// the order of their answers.
pub fn discover(
    socket: &UdpSocket,
    everybody: SocketAddr,
    search: Search<'_>,
) -> io::Result<Vec<SocketAddr>> {
    todo!("ask once, then receive until enough have answered or time is up")
}
