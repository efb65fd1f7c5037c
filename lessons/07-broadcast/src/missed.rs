//! Which socket hears a broadcast: one whose address fits the datagram's
//! destination, `ip(7)`. A host's own address doesn't fit 10.0.0.255.
//!
//! ```text
//! bob, port 8888   0.0.0.0   10.0.0.2   10.0.0.255   255.255.255.255
//! ```
//!
//! Four sockets of bob's share the port, and alice sends to each of bob's
//! three addresses. Start reading at [`run`].

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use lab::{Capture, Plan};
use narrator::{line, say};

use crate::scene::{Ear, Hub, receive, silent};

const PORT: u16 = 8888;

/// What bob's sockets are bound to.
const BOUND: [Ipv4Addr; 4] = [
    Ipv4Addr::UNSPECIFIED,
    Ipv4Addr::new(10, 0, 0, 2),
    Ipv4Addr::new(10, 0, 0, 255),
    Ipv4Addr::BROADCAST,
];

/// Where alice sends to.
const SENT: [Ipv4Addr; 3] = [
    Ipv4Addr::new(10, 0, 0, 2),
    Ipv4Addr::new(10, 0, 0, 255),
    Ipv4Addr::BROADCAST,
];

/// Three datagrams and four sockets; then three and one.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/missed.snap");
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let hub = Hub::open(&mut lab, Plan::new())?;
    let from = SocketAddrV4::new(hub.alice.address(), 7001);
    let alice = hub.ear(&hub.alice, from)?;
    alice.socket.set_broadcast(true)?;
    say("bob", "bind", "four sockets on one port");
    table(&hub, &alice, &BOUND)?;
    line("");
    say("bob", "bind", "one by itself");
    table(&hub, &alice, &BOUND[..1])?;
    capture.write(&hub.end()?)?;
    Ok(())
}

/// Opens bob's sockets, and tells which of them hears what alice sends.
fn table(hub: &Hub, alice: &Ear, bound: &[Ipv4Addr]) -> io::Result<()> {
    let bind = |at: &Ipv4Addr| hub.ear(&hub.bob, SocketAddrV4::new(*at, PORT));
    let ears: Vec<Ear> = bound.iter().map(bind).collect::<Result<_, _>>()?;
    let mut rows = vec![String::new(); ears.len()];
    for to in SENT {
        let text = to.to_string();
        alice.socket.send_to(text.as_bytes(), (to, PORT))?;
        hub.passes(&text)?;
        for (ear, row) in ears.iter().zip(&mut rows) {
            let heard = if silent(&ear.socket)? { "-" } else { "hears it" };
            *row += &format!("  {heard:<16}");
            drain(ear)?;
        }
    }
    let [one, subnet, all] = SENT.map(|to| format!("to {to}"));
    line(format_args!("{:22}{one:<16}  {subnet:<16}  {all}", ""));
    for (at, row) in bound.iter().zip(rows) {
        line(format_args!("{:<20}{}", format!("{at}:{PORT}"), row.trim_end()));
    }
    Ok(())
}

/// Takes what has come.
fn drain(ear: &Ear) -> io::Result<()> {
    while !silent(&ear.socket)? {
        receive(&ear.socket)?;
    }
    Ok(())
}
