//! Prints each datagram that comes to an address, which may be a broadcast
//! address or a group's.
//!
//! Several of it may run at once: each gets its copy of a broadcast.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use clap::Args;
use lesson_broadcast::{interfaces, listening};
use narrator::{During, Trouble, line};

use crate::scene::again;
use crate::via;

/// What the reader may ask.
#[derive(Args)]
pub struct Listen {
    /// Where to listen: 0.0.0.0:8888 hears all that comes to the port
    #[arg(default_value = "127.255.255.255:8888")]
    address: SocketAddrV4,
    /// The interface for a group: its name or address. Without it, lo's
    #[arg(long, value_name = "NAME|ADDRESS", default_value = "127.0.0.1")]
    interface: String,
}

/// Listens until it is interrupted.
pub fn run(listen: Listen) -> Result<(), Trouble> {
    let Listen { address, interface } = listen;
    let socket = listening(address).during(format_args!("bind {address}"))?;
    socket.set_read_timeout(None).during("set no time limit")?;
    if address.ip().is_multicast() {
        join(&socket, *address.ip(), &interface)?;
    }
    line(format_args!("listening on {address}"));
    warn_of_one_host(*address.ip());
    let mut buffer = vec![0; 65_536];
    loop {
        let (count, from) =
            again(|| socket.recv_from(&mut buffer)).during("recvfrom")?;
        tell(&buffer[..count], from);
    }
}

fn join(socket: &UdpSocket, group: Ipv4Addr, at: &str) -> Result<(), Trouble> {
    let doing = format!("join {group} at {at}");
    let interface = via::interface(at).during(&doing)?;
    socket.join_multicast_v4(&group, &interface.subnet.address()).during(doing)
}

/// The commonest mistake, said before anybody waits in vain.
fn warn_of_one_host(address: Ipv4Addr) {
    let own = interfaces().unwrap_or_default();
    if own.iter().any(|one| one.subnet.address() == address) {
        line("this is one host's address: broadcasts won't be heard here");
    }
}

fn tell(bytes: &[u8], from: SocketAddr) {
    // Whatever a stranger sends must not reach the terminal as it is.
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches('\n').escape_debug();
    line(format_args!("{from}  {} bytes: \"{text}\"", bytes.len()));
}
