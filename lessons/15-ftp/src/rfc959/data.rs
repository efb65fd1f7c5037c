//! Where the data goes: a listener for one connection, and its address in
//! the two forms of the replies.
//!
//! ```text
//! PASV  227 Entering Passive Mode (127,0,0,1,195,80)      195 × 256 + 80
//! EPSV  229 Entering Extended Passive Mode (|||50000|)    the same host
//! ```
//!
//! RFC 959, section 4.1.2; RFC 2428, section 3. The other way round, PORT and
//! EPRT, the client names an address and the server connects to it. That lets
//! a client use the server to reach a third machine, the bounce attack of
//! RFC 2577, section 2; and it fails at each client that is behind a NAT. So
//! this server connects to nobody.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::Instant;

use nix::poll::PollFlags;

use super::control::{Broken, Control, Event};

/// A listener that takes one data connection.
#[derive(Debug)]
pub struct Passive {
    listener: TcpListener,
    /// Who may connect.
    peer: IpAddr,
}

impl Passive {
    // ANCHOR: open
    /// Listens at the address that the client has reached, at a port that the
    /// kernel chooses.
    ///
    /// # Errors
    /// Those of socket(2) and bind(2): EMFILE, EADDRINUSE if no port is free.
    pub fn open(control: &TcpStream) -> io::Result<Self> {
        let here = control.local_addr()?.ip();
        let listener = TcpListener::bind((here, 0))?;
        // Who connects and is gone by the time of accept must not hold it up.
        listener.set_nonblocking(true)?;
        let peer = control.peer_addr()?.ip().to_canonical();
        Ok(Passive { listener, peer })
    }
    // ANCHOR_END: open

    /// Where it listens.
    ///
    /// # Errors
    /// Those of getsockname(2).
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    // ANCHOR: accept
    /// Takes the connection of the control connection's peer. A port can be
    /// guessed, so others connect, too, and are turned away: RFC 2577, "Port
    /// Stealing".
    pub(crate) fn accept(
        &self,
        control: &mut Control<'_>,
        end: Instant,
    ) -> Result<TcpStream, Broken> {
        loop {
            let listener = self.listener.as_fd();
            control.wait(listener, PollFlags::POLLIN, end)?;
            match self.listener.accept() {
                Ok((data, from)) if from.ip().to_canonical() == self.peer => {
                    data.set_nonblocking(true)?;
                    control.tell(Event::Accepted(from));
                    return Ok(data);
                }
                Ok((_, from)) => control.tell(Event::Stranger(from)),
                // accept(2): the caller has gone already. Wait for another.
                Err(error) if is_the_callers(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    // ANCHOR_END: accept
}

fn is_the_callers(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(error.kind(), WouldBlock | Interrupted | ConnectionAborted)
}

// ANCHOR: forms
/// The six numbers of a reply to PASV: `127,0,0,1,195,80`.
pub fn six_numbers(ip: Ipv4Addr, port: u16) -> String {
    let [a, b, c, d] = ip.octets();
    // The port's bytes, the high one first: port = p1 × 256 + p2.
    let [p1, p2] = port.to_be_bytes();
    format!("{a},{b},{c},{d},{p1},{p2}")
}

/// The port in the words of a reply to PASV. A client does well to connect to
/// the host that it knows, whatever the other four say: a server could else
/// send it to any host.
pub fn port_of_pasv(words: &str) -> Option<u16> {
    let numbers = words.split_once('(')?.1.split_once(')')?.0;
    let numbers: Option<Vec<u8>> =
        numbers.split(',').map(plain_number).collect();
    match numbers?[..] {
        [_, _, _, _, p1, p2] => Some(u16::from_be_bytes([p1, p2])),
        _ => None,
    }
}

/// The port in the words of a reply to EPSV: `(|||50000|)`.
pub fn port_of_epsv(words: &str) -> Option<u16> {
    let within = words.split_once('(')?.1.split_once(')')?.0;
    plain_number(within.strip_prefix("|||")?.strip_suffix('|')?)
}
// ANCHOR_END: forms

/// Digits and nothing else.
fn plain_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|it| it.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_numbers_are_read_as_they_are_written() {
        for port in [0, 1, 255, 256, 50_000, 65_535] {
            let numbers = six_numbers(Ipv4Addr::LOCALHOST, port);
            let words = format!("Entering Passive Mode ({numbers}).");

            assert_eq!(port_of_pasv(&words), Some(port));
        }
        let text = six_numbers(Ipv4Addr::LOCALHOST, 50_000);
        assert_eq!(text, "127,0,0,1,195,80");
    }

    #[test]
    fn broken_replies_have_no_port() {
        for words in [
            "",
            "(",
            "()",
            ")(",
            "(1,2,3,4,5)",
            "(1,2,3,4,5,6,7)",
            "(1,2,3,4,5,256)",
            "(1,2,3,4,5,-6)",
            "(1,2,3,4,5,+6)",
            "(1,2,3,4, 5,6)",
            "1,2,3,4,5,6",
        ] {
            assert_eq!(port_of_pasv(words), None, "{words}");
        }
        for words in [
            "",
            "(|||)",
            "(||||)",
            "(|||65536|)",
            "(|||-1|)",
            "(|||+1|)",
            "(||50000|)",
            "|||50000|",
            "(|1|127.0.0.1|50000|)",
        ] {
            assert_eq!(port_of_epsv(words), None, "{words}");
        }
        assert_eq!(port_of_epsv("Mode (|||50000|)"), Some(50_000));
    }
}
