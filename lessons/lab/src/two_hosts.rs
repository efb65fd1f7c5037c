//! Two hosts, a wire, and one datagram from one to the other.
//!
//! One thread plays both hosts. A socket belongs to the host inside of which
//! it was made, and goes on belonging to it.

use std::fs;
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use lab::{Fate, Lab, Plan, Recording, Seen};
use narrator::say;

use crate::again;

/// How long bob waits for a datagram that should have come.
const PATIENCE: Duration = Duration::from_secs(5);

// ANCHOR: run
/// Tells how a frame gets from alice to bob.
pub fn run(lab: &mut Lab) -> io::Result<Recording> {
    say("lab", "interfaces", interfaces()?);
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    say("lab", "interfaces", interfaces()?);
    for host in [&alice, &bob] {
        say(host.name(), "interfaces", host.enter(interfaces)?);
        say(host.name(), "address", host.address());
    }
    let wire = lab.join(Plan::new())?;

    let receiver = bob.enter(|| UdpSocket::bind("10.0.0.2:7000"))?;
    receiver.set_read_timeout(Some(PATIENCE))?;
    say("bob", "bind", "10.0.0.2:7000");
    let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7001"))?;
    say("alice", "bind", "10.0.0.1:7001");
    sender.send_to(b"hello", "10.0.0.2:7000")?;
    say("alice", "sendto", "\"hello\" → 10.0.0.2:7000");
    let mut buffer = [0; 64];
    let (count, from) = again(|| receiver.recv_from(&mut buffer))?;
    let text = String::from_utf8_lossy(&buffer[..count]);
    say("bob", "recvfrom", format_args!("{text:?} ← {from}"));

    let recording = wire.stop()?;
    recording.frames.iter().for_each(tell);
    Ok(recording)
}
// ANCHOR_END: run

/// The names of this namespace's interfaces, as the kernel lists them in
/// `/proc/thread-self/net/dev`, below two lines of heading.
fn interfaces() -> io::Result<String> {
    let table = fs::read_to_string("/proc/thread-self/net/dev")?;
    let names = table.lines().skip(2).filter_map(|line| line.split_once(':'));
    let mut names: Vec<_> = names.map(|(name, _)| name.trim()).collect();
    names.sort_unstable();
    Ok(names.join(" "))
}

/// One line for a frame: who sent it to whom, how long it is, what it holds,
/// and what became of it unless it was delivered.
pub fn tell(seen: &Seen) {
    let (from, to) = (&seen.from, &seen.to);
    let (length, holds) = (seen.bytes.len(), holds(&seen.bytes));
    let fate = match seen.fate {
        Fate::Delivered => String::new(),
        fate => format!("   {fate:?}: {}", seen.note).to_lowercase(),
    };
    let path = format!("{from} → {to}");
    say(
        "wire",
        "frame",
        format_args!("{path:<14}{length:>3} bytes  {holds}{fate}"),
    );
}

/// What a frame's type says of its contents: the two bytes behind the two
/// addresses, RFC 894 and RFC 826.
fn holds(frame: &[u8]) -> &'static str {
    match frame.get(12..14) {
        Some([0x08, 0x00]) => "IPv4",
        Some([0x08, 0x06]) => "ARP",
        _ => "something else",
    }
}
