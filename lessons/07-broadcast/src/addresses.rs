//! Which address means everybody: the host's bits all ones (RFC 922), or
//! 255.255.255.255, which needs no netmask and names no link (RFC 919).
//!
//! ```text
//! 10.0.0.255        directed: everybody in 10.0.0.0/24
//! 255.255.255.255   limited: everybody on this link, but on which?
//! ```
//!
//! Start reading at [`run`]; the arithmetic is in `src/subnet.rs`.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use clap::Args;
use lab::{Capture, Plan};
use lesson_broadcast::{Subnet, interfaces};
use narrator::{line, say};
use socket2::SockRef;

use crate::scene::{Ear, Hub, destination, packet};

const PORT: u16 = 8888;

/// What is shown when nothing is asked.
const EXAMPLES: [(Ipv4Addr, u8); 6] = [
    (Ipv4Addr::new(10, 0, 0, 1), 24),
    (Ipv4Addr::new(10, 1, 2, 3), 8),
    (Ipv4Addr::new(192, 168, 7, 130), 26),
    (Ipv4Addr::new(172, 16, 21, 4), 20),
    (Ipv4Addr::new(10, 1, 2, 6), 30),
    (Ipv4Addr::new(10, 1, 2, 6), 31),
];

/// What the reader may ask.
#[derive(Args)]
pub struct Asked {
    /// Addresses to compute for, instead of the demo: 192.168.1.7/24
    #[arg(value_name = "ADDRESS/PREFIX")]
    subnets: Vec<Subnet>,
    #[command(flatten)]
    capture: Capture,
}

/// A table of what was asked; or examples, and what the kernel does.
pub fn run(asked: Asked) -> io::Result<()> {
    if !asked.subnets.is_empty() {
        table(&asked.subnets);
        return Ok(());
    }
    const RECORDED: &str = include_str!("../tests/snapshots/addresses.snap");
    let capture = asked.capture;
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let examples = EXAMPLES.iter().filter_map(|(a, p)| Subnet::new(*a, *p));
    table(&examples.collect::<Vec<_>>());
    line("");
    let hub = Hub::open(&mut lab, Plan::new())?;
    for one in hub.alice.enter(interfaces)? {
        let noted = one.broadcast.map(|all| all.to_string());
        let noted = noted.unwrap_or("none".into());
        let what = format!("{}: {}, broadcast {noted}", one.name, one.subnet);
        say("alice", "interface", what);
    }
    line("");
    limited(&hub)?;
    capture.write(&hub.end()?)?;
    Ok(())
}

fn table(subnets: &[Subnet]) {
    line("address            netmask          broadcast        hosts");
    for subnet in subnets {
        let all = subnet.broadcast().map(|all| all.to_string());
        let all = all.unwrap_or("none".into());
        let (mask, hosts) = (subnet.netmask().to_string(), subnet.hosts());
        line(format_args!("{subnet:<19}{mask:<17}{all:<17}{hosts}"));
    }
}

// ANCHOR: limited
/// 255.255.255.255 says nothing of a link: the sender has to.
fn limited(hub: &Hub) -> io::Result<()> {
    let everywhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT);
    let bob = hub.ear(&hub.bob, everywhere)?;
    let everywhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 7001);
    let alice = hub.ear(&hub.alice, everywhere)?;
    alice.socket.set_broadcast(true)?;
    let all = SocketAddrV4::new(Ipv4Addr::BROADCAST, PORT);
    let sent = alice.socket.send_to(b"which link?", all);
    alice.refused("sendto", all, sent)?;
    SockRef::from(&alice.socket).bind_device(Some(b"eth0"))?;
    alice.say("setsockopt", "SO_BINDTODEVICE: eth0");
    shout(hub, &alice, "limited", all)?;
    bob.hears("limited")?;
    let directed = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 255), PORT);
    shout(hub, &alice, "directed", directed)?;
    bob.hears("directed")
}
// ANCHOR_END: limited

fn shout(
    hub: &Hub,
    alice: &Ear,
    text: &str,
    to: SocketAddrV4,
) -> io::Result<()> {
    alice.send(text, to)?;
    let seen = hub.passes(text)?;
    let (packet, mac) = (packet(&seen.bytes)?, destination(&seen)?);
    let (from, to) = (packet.source(), packet.destination());
    say("wire", "packet", format_args!("{from} → {to}, in a frame → {mac}"));
    Ok(())
}
