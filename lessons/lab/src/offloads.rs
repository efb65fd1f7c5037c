//! What a frame looks like when the kernel leaves work to the network card.
//!
//! A card can compute checksums and cut a long send into segments. A kernel
//! that has such a card hands over unfinished frames. A veth pair claims to
//! be one, so the lab has to switch that off; here it doesn't.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use lab::{Lab, Plan, Recording, Seen};
use narrator::{line, say};

use crate::again;

/// How long bob waits for a datagram that should have come.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells the checksum that a datagram's frame has, with the kernel's own
/// arithmetic and without.
pub fn run(lab: &mut Lab) -> io::Result<Recording> {
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    lab.introduce(&[&alice, &bob])?;
    let wire = lab.join(Plan::new())?;
    let receiver = bob.enter(|| UdpSocket::bind("10.0.0.2:7000"))?;
    receiver.set_read_timeout(Some(PATIENCE))?;
    let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7001"))?;
    sender.connect("10.0.0.2:7000")?;

    let mut nth = 0;
    for (on, text) in [(true, "left to the card"), (false, "computed")] {
        alice.set_offloads(on)?;
        sender.send(text.as_bytes())?;
        nth += 1;
        tell(&wire.wait_for(nth, |_| true)?, text);
    }
    let mut buffer = [0; 64];
    let count = again(|| receiver.recv(&mut buffer))?;
    let text = String::from_utf8_lossy(&buffer[..count]);
    line("");
    say("bob", "recv", format_args!("{text:?}: the first that came"));
    wire.stop().map_err(io::Error::from)
}

/// A UDP datagram's checksum stands behind 14 bytes of Ethernet, 20 of IPv4
/// and 6 of UDP.
fn tell(seen: &Seen, text: &str) {
    let [high, low] = [seen.bytes[40], seen.bytes[41]];
    say("wire", "checksum", format_args!("{high:02x} {low:02x}  {text:?}"));
}
