//! CONNECT: bytes between two connections, whatever they mean.
//!
//! ```text
//! client ←→ this server ←→ host:port        RFC 9110, section 9.3.6
//! ```
//!
//! Whoever lets others open connections lends them his place in the network.
//! So there is none unless somebody says which ports, and only this machine
//! is reached.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};
use std::rc::Rc;

use lesson_coroutines::net::TcpStream;
use lesson_coroutines::scheduler::spawn;

use crate::pace::Patience;

// ANCHOR: address
/// Where `host:port` is, if it is on this machine and one of these ports. No
/// name is looked up: what a name stands for is up to somebody else.
pub fn address(target: &str, ports: &[u16]) -> Option<SocketAddr> {
    let (host, port) = target.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| ports.contains(port))?;
    let host = match host {
        "localhost" | "127.0.0.1" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        "[::1]" => IpAddr::V6(Ipv6Addr::LOCALHOST),
        _ => return None,
    };
    Some(SocketAddr::new(host, port))
}
// ANCHOR_END: address

// ANCHOR: join
/// Copies both ways until both have ended, or one is silent for too long.
pub(crate) fn join(
    client: &Rc<TcpStream>,
    other: TcpStream,
    early: &[u8],
    patience: &Patience,
) {
    let other = Rc::new(other);
    client.set_limit(Some(patience.idle));
    other.set_limit(Some(patience.idle));
    let (from, to) = (other.clone(), client.clone());
    let Ok(back) = spawn(move || copy(&from, &to)) else { return };
    // What had come with the request is for the other, too.
    if (&*other).write_all(early).is_ok() {
        // An error ends the tunnel: there is nobody to tell.
        let _ = copy(client, &other);
    }
    let _ = back.join();
}

/// One way. An end is passed on, an error ends both.
fn copy(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    let mut copied = || -> io::Result<bool> {
        let count = from.read(&mut buffer)?;
        to.write_all(&buffer[..count])?;
        Ok(count > 0)
    };
    loop {
        match copied() {
            Ok(true) => {}
            Ok(false) => return to.shutdown(Shutdown::Write),
            Err(error) => {
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
                return Err(error);
            }
        }
    }
}
// ANCHOR_END: join

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_the_ports_named_are_reached() {
        let local: SocketAddr = "127.0.0.1:8000".parse().unwrap();
        assert_eq!(address("localhost:8000", &[8000]), Some(local));
        assert_eq!(address("127.0.0.1:8000", &[1, 8000]), Some(local));
        assert!(address("[::1]:8000", &[8000]).is_some());
        for target in [
            "localhost:22",
            "10.0.0.1:8000",
            "localhost.example.org:8000",
            "127.0.0.2:8000",
            "0.0.0.0:8000",
            "LOCALHOST@x:8000",
            "localhost:",
            "localhost:73536",
            "localhost",
        ] {
            assert_eq!(address(target, &[8000]), None, "{target}");
        }
        assert_eq!(address("localhost:8000", &[]), None);
    }
}
