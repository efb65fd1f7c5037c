//! What the kernel knows about a UDP socket, and no call tells: how much
//! waits in its receive buffer, and how many datagrams found no room there.
//!
//! `/proc/net/udp` has a line for each socket over IPv4, proc_pid_net(5):
//!
//! ```text
//!   sl  local_address rem_address   st tx_queue:rx_queue … ref pointer drops
//!  123: 0100007F:22B8 00000000:0000 07 00000000:00034080 …   2 0000…     723
//! ```
//!
//! Addresses are hexadecimal, four bytes as this machine stores them; the
//! port is an ordinary number. The queue counts memory, not data: a short
//! datagram takes several hundred bytes.
//!
//! The table is no snapshot. The kernel tells it in pieces, a `read(2)` at a
//! time, and counts lines to find its place again: another program's socket
//! that closes in between makes it skip one.

use std::fs;
use std::io;
use std::net::SocketAddrV4;

/// A socket's line in the kernel's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The memory that waiting datagrams take up, in bytes.
    pub waiting: u64,
    /// How many datagrams were thrown away since the socket was made: nearly
    /// always for want of room.
    pub drops: u64,
}

/// How often the table is read before a socket is called missing.
const TRIES: usize = 100;

/// The entry of the socket bound to this address, in the network namespace
/// of the calling thread.
///
/// Errors: `NotFound` when there is no such socket.
pub fn of(address: SocketAddrV4) -> io::Result<Entry> {
    for _ in 0..TRIES {
        let table = fs::read_to_string("/proc/thread-self/net/udp")?;
        if let Some(entry) = find(&table, address) {
            return Ok(entry);
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

fn find(table: &str, address: SocketAddrV4) -> Option<Entry> {
    let wanted = format!(
        "{:08X}:{:04X}",
        u32::from_ne_bytes(address.ip().octets()),
        address.port()
    );
    table.lines().skip(1).find_map(|line| {
        let mut words = line.split_whitespace();
        (words.nth(1)? == wanted).then_some(())?;
        let (_, waiting) = words.nth(2)?.split_once(':')?;
        let drops = words.last()?.parse().ok()?;
        Some(Entry { waiting: u64::from_str_radix(waiting, 16).ok()?, drops })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LOOPBACK, bound};
    use std::net::SocketAddr;

    #[test]
    fn a_socket_is_found_and_its_queue_counted() {
        let socket = bound(LOOPBACK).unwrap();
        let SocketAddr::V4(address) = socket.local_addr().unwrap() else {
            panic!("an IPv4 socket");
        };
        let before = of(address).unwrap();

        socket.send_to(b"to myself", address).unwrap();
        socket.peek(&mut [0; 16]).unwrap();

        assert_eq!(before, Entry { waiting: 0, drops: 0 });
        assert!(of(address).unwrap().waiting > 9);
    }

    #[test]
    fn the_last_number_of_the_line_is_the_drops() {
        let table = "  sl  local_address rem_address   st\n   1: \
            0100007F:1F90 00000000:0000 07 00000000:00000300 00:00000000 \
            00000000  0 0 4711 2 0000000000000000 723\n";
        // The table above is that of a little-endian machine.
        if cfg!(target_endian = "little") {
            let found = find(table, "127.0.0.1:8080".parse().unwrap());

            assert_eq!(found, Some(Entry { waiting: 768, drops: 723 }));
        }
        assert_eq!(find(table, "127.0.0.1:8081".parse().unwrap()), None);
    }
}
