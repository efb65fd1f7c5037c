//! Ask again until the answer comes.
//!
//! Send a request over UDP, and wait for its answer. A request or an answer
//! may be lost: when none has come within `wait`, send the same request
//! again, `times` times in all. Then give up.
//!
//! - A request is its id, two bytes, big-endian, and then the data. So is
//!   the answer, with the same id.
//! - An answer counts only if it comes from `server` and has the id. All
//!   else is ignored: late copies of an earlier answer, datagrams from
//!   another port, datagrams too short for an id.
//! - What is ignored doesn't prolong the wait, and is no reason to ask again.
//! - The answer's data may be empty, and has 1,000 bytes at most.
//!
//! `times` is at least 1, and `wait` is longer than zero.
//!
//! Check it: `cargo workbook check request_with_retry`
//!
//! Read chapter 06, "Asking again".

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// What to ask, and whom.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who is asked, and who may answer.
    pub server: SocketAddr,
    /// The number of this request.
    pub id: u16,
    /// What is asked.
    pub data: Vec<u8>,
}

/// Sends the request up to `times` times, waits for `wait` after each, and
/// gives the answer's data.
///
/// # Errors
///
/// `TimedOut` when no answer came; any other error of the socket.
pub fn request(
    socket: &UdpSocket,
    request: &Request,
    wait: Duration,
    times: u32,
) -> io::Result<Vec<u8>> {
    todo!("send; wait until a moment, not for a time; send again")
}
