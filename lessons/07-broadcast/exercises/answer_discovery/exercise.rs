//! Answer those who look for your service, and nobody else.
//!
//! Take `count` datagrams, then return. To each that is the question
//! `WHO ID SERVICE` for your service, answer `HERE ID SERVICE PORT` to whom
//! it came from. `WHO 5f21 time` is answered `HERE 5f21 time 8013` when your
//! service is `time` at port 8013.
//!
//! - ID is a number of four hexadecimal digits. Words have one space between,
//!   and no line end.
//! - Everything else gets no answer, not even an error: a question for
//!   another service, an answer of somebody else, nonsense. Every host on
//!   the link hears it, and if each complained, that were a storm.
//! - Every datagram counts, answered or not. What comes after `count` of
//!   them stays in the socket.
//!
//! Check it: `cargo workbook check answer_discovery`
//!
//! Read chapter 07, "Finding a service".

use std::io;
use std::net::UdpSocket;

/// Takes `count` datagrams, and answers those that ask for `service`: it is
/// at `port` of this host.
pub fn answer(
    socket: &UdpSocket,
    service: &str,
    port: u16,
    count: usize,
) -> io::Result<()> {
    todo!("whose question is it, and for which service?")
}
