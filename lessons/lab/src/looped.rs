//! A hub with a cable from one of its ends to another: a loop.
//!
//! Nothing in an Ethernet frame counts how far it has come. So what is
//! repeated once is repeated for ever, or until somebody pulls the cable. The
//! lab pulls it after a number of frames.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use lab::{Fate, Lab, Plan, Recording};
use narrator::say;

use crate::again;

/// After so many frames the loop opens, or after so long.
const FRAMES: usize = 100;
const TIME: Duration = Duration::from_secs(5);

/// Tells how often bob receives a datagram that alice sends once.
pub fn run(lab: &mut Lab) -> io::Result<Recording> {
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    let wire = lab.join(Plan::new().looped(FRAMES, TIME))?;
    let receiver = bob.enter(|| UdpSocket::bind("0.0.0.0:7000"))?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
    let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7001"))?;
    sender.set_broadcast(true)?;

    sender.send_to(b"once", "10.0.0.255:7000")?;
    say("alice", "sendto", "\"once\" → 10.0.0.255:7000");
    for _ in 0..FRAMES {
        again(|| receiver.recv(&mut [0; 64]))?;
    }
    say("bob", "recv", format_args!("\"once\", {FRAMES} times"));

    let recording = wire.stop()?;
    let count =
        |fate| recording.frames.iter().filter(|seen| seen.fate == fate).count();
    let (sent, again) = (count(Fate::Delivered), count(Fate::Looped));
    say(
        "wire",
        "frames",
        format_args!("{sent} sent, {again} came round again"),
    );
    Ok(recording)
}
