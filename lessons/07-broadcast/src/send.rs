//! Sends each line of stdin in a datagram, to everybody at an interface or
//! to an address.

use std::io::{BufRead, stdin};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use clap::Args;
use lesson_broadcast::interfaces::Interface;
use narrator::{During, Trouble, line};
use socket2::SockRef;

use crate::via;

/// What the reader may ask.
#[derive(Args)]
pub struct Send {
    /// Where to; without it, the interface's broadcast address, port 8888
    to: Option<SocketAddrV4>,
    /// The interface to send by: its name or address
    #[arg(long, value_name = "NAME|ADDRESS", default_value = "127.0.0.1")]
    interface: String,
}

/// Sends until stdin ends.
pub fn run(send: Send) -> Result<(), Trouble> {
    let Send { to, interface } = send;
    let doing = format!("send by {interface}");
    let interface = via::interface(&interface).during(&doing)?;
    let to = match to {
        Some(to) => to,
        None => {
            SocketAddrV4::new(via::everybody(&interface).during(doing)?, 8888)
        }
    };
    let socket = open(&interface)?;
    line(format_args!("sending to {to}, {}", kind(*to.ip(), &interface)));
    for text in stdin().lock().lines() {
        let text = text.during("read stdin")?;
        socket
            .send_to(text.as_bytes(), to)
            .during(format_args!("sendto {to}"))?;
    }
    Ok(())
}

/// A socket that may broadcast, and that has chosen the interface: bound to
/// its address, it sends limited broadcasts there, too.
fn open(interface: &Interface) -> Result<UdpSocket, Trouble> {
    let address = interface.subnet.address();
    let open = || -> std::io::Result<_> {
        let socket = UdpSocket::bind((address, 0))?;
        socket.set_broadcast(true)?;
        SockRef::from(&socket).set_multicast_if_v4(&address)?;
        Ok(socket)
    };
    open().during(format_args!("open a socket at {address}"))
}

/// What the address means at this interface, in a word or two.
fn kind(to: Ipv4Addr, interface: &Interface) -> String {
    let name = &interface.name;
    match to {
        _ if to.is_multicast() => format!("a group, by {name}"),
        Ipv4Addr::BROADCAST => format!("everybody on the link of {name}"),
        _ if interface.subnet.broadcast() == Some(to) => {
            format!("everybody in the network of {name}")
        }
        _ => format!("which isn't everybody at {name}"),
    }
}
