//! The sockets of a story, as the kernel tells of them: /proc/net/tcp,
//! proc_pid_net(5).

use std::fs;
use std::net::{SocketAddr, SocketAddrV4};

use serde::Serialize;

/// linux/tcp_states.h, from 1 on.
const STATES: [&str; 11] = [
    "ESTABLISHED",
    "SYN-SENT",
    "SYN-RECEIVED",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "TIME-WAIT",
    "CLOSED",
    "CLOSE-WAIT",
    "LAST-ACK",
    "LISTEN",
    "CLOSING",
];

/// One socket.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// What it is for: `control`, `data`, or a listener for one of them.
    pub name: String,
    /// Its own address.
    pub local: String,
    /// That of its peer; empty for a listener.
    pub peer: String,
    /// Its state: RFC 9293, section 3.3.2.
    pub state: &'static str,
}

/// A connection of the story, or a listener: its ends' addresses.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// `control` or `data`.
    pub name: &'static str,
    /// The client's end.
    pub client: Option<SocketAddr>,
    /// The server's end, and where it listens for it.
    pub server: SocketAddr,
}

/// What the kernel has of them: the client's, and the server's.
pub fn look(known: &[Known]) -> [Vec<Socket>; 2] {
    let text = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let rows: Vec<_> = text.lines().filter_map(row).collect();
    let find = |local, peer, name: String| {
        let is = |row: &&Row| row.local == local && row.peer == peer;
        let state = rows.iter().find(is)?.state;
        let (local, peer) = (local.to_string(), peer.map(|it| it.to_string()));
        Some(Socket { name, local, peer: peer.unwrap_or_default(), state })
    };
    let mut ends = [Vec::new(), Vec::new()];
    for &Known { name, client, server } in known {
        ends[1].extend(find(server, None, format!("{name} listener")));
        let Some(client) = client else { continue };
        ends[0].extend(find(client, Some(server), name.to_string()));
        ends[1].extend(find(server, Some(client), name.to_string()));
    }
    ends
}

struct Row {
    local: SocketAddr,
    /// A listener has none.
    peer: Option<SocketAddr>,
    state: &'static str,
}

/// A line: `sl local remote state …`, where addresses are hexadecimal, in the
/// machine's order of bytes.
fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace().skip(1);
    let (local, peer) = (address(words.next()?)?, address(words.next()?)?);
    let number = usize::from_str_radix(words.next()?, 16).ok()?;
    let state = STATES.get(number.checked_sub(1)?)?;
    let peer = Some(peer).filter(|it| it.port() > 0);
    Some(Row { local, peer, state })
}

fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let ip = u32::from_str_radix(ip, 16).ok()?.to_ne_bytes();
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddrV4::new(ip.into(), port).into())
}
