//! Rejected by: an_answer_ends_it
//!
//! An answer without data is taken for none, and waited past.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

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
    let id = request.id.to_be_bytes();
    let datagram = [&id[..], &request.data].concat();
    for _ in 0..times {
        socket.send_to(&datagram, request.server)?;
        let until = Instant::now() + wait;
        if let Some(data) = answer(socket, request, until)? {
            return Ok(data);
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

/// The answer, if it comes before the moment given.
fn answer(
    socket: &UdpSocket,
    request: &Request,
    until: Instant,
) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = [0; 1_500];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        let (length, from) = match socket.recv_from(&mut buffer) {
            Ok(came) => came,
            Err(e) if is_timeout(&e) => return Ok(None),
            Err(e) => return Err(e),
        };
        let Some((id, data)) = buffer[..length].split_first_chunk() else {
            continue;
        };
        let ours = from == request.server && *id == request.id.to_be_bytes();
        if ours && !data.is_empty() {
            return Ok(Some(data.to_vec()));
        }
    }
}

/// A timeout of a receive: EAGAIN on Linux.
fn is_timeout(error: &io::Error) -> bool {
    use io::ErrorKind::{TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut)
}
