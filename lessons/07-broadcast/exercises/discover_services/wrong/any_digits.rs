//! Rejected by: nonsense_is_passed_over
//!
//! Leaves it to `parse` what a port is: +80 is one to it, and so is 0.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

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
    let end = Instant::now() + search.wait;
    let question = format!("WHO {:04x} {}", search.id, search.service);
    socket.set_broadcast(true)?;
    socket.send_to(question.as_bytes(), everybody)?;

    let mut found = Vec::new();
    let mut buffer = [0; 1500];
    while found.len() < search.most {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                if let Some(port) = port(&buffer[..length], search) {
                    let place = SocketAddr::new(from.ip(), port);
                    if !found.contains(&place) {
                        found.push(place);
                    }
                }
            }
            // SO_RCVTIMEO ends with EAGAIN, socket(7).
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// The port that an answer to this search tells. `None`: it is no answer.
fn port(datagram: &[u8], search: Search<'_>) -> Option<u16> {
    let text = std::str::from_utf8(datagram).ok()?;
    let ours = format!("HERE {:04x} {} ", search.id, search.service);
    let digits = text.strip_prefix(&ours)?;
    digits.parse().ok()
}
