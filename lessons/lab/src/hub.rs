//! Three hosts on a hub: who hears what.
//!
//! A hub repeats what comes in at one end at all others, IEEE 802.3, clause
//! 27. Whether a frame is meant for it, each host decides by the address at
//! the frame's beginning.

use std::fs;
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use lab::{Host, Lab, Plan, Recording};
use narrator::say;

use crate::again;

/// Tells who receives a broadcast, and who a datagram to one host.
pub fn run(lab: &mut Lab) -> io::Result<Recording> {
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    let carol = lab.host("carol")?;
    lab.introduce(&[&alice, &bob, &carol])?;
    let wire = lab.join(Plan::new())?;
    let sender = alice.enter(|| UdpSocket::bind("10.0.0.1:7001"))?;
    sender.set_broadcast(true)?;
    let sockets = [(&bob, listen(&bob)?), (&carol, listen(&carol)?)];

    send(&sender, "everybody", "10.0.0.255:7000")?;
    for (host, socket) in &sockets {
        receive(host, socket)?;
    }
    send(&sender, "bob alone", "10.0.0.2:7000")?;
    receive(&bob, &sockets[0].1)?;
    send(&sender, "carol alone", "10.0.0.3:7000")?;
    receive(&carol, &sockets[1].1)?;

    let recording = wire.stop()?;
    recording.frames.iter().for_each(crate::two_hosts::tell);
    for (host, _) in &sockets {
        let frames = frames_in(host)?;
        let told = format!("{frames} frames came in, 2 of them for it");
        say(host.name(), "eth0", told);
    }
    Ok(recording)
}

fn listen(host: &Host) -> io::Result<UdpSocket> {
    let socket = host.enter(|| UdpSocket::bind("0.0.0.0:7000"))?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    Ok(socket)
}

fn send(from: &UdpSocket, text: &str, to: &str) -> io::Result<()> {
    from.send_to(text.as_bytes(), to)?;
    say("alice", "sendto", format_args!("{text:?} → {to}"));
    Ok(())
}

fn receive(host: &Host, socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 64];
    let count = again(|| socket.recv(&mut buffer))?;
    let text = String::from_utf8_lossy(&buffer[..count]);
    say(host.name(), "recv", format_args!("{text:?}"));
    Ok(())
}

/// How many frames its eth0 has taken in: the second number of its line in
/// `/proc/net/dev`, behind the bytes.
fn frames_in(host: &Host) -> io::Result<u64> {
    let path = "/proc/thread-self/net/dev";
    let table = host.enter(|| fs::read_to_string(path))?;
    let eth0 = table.lines().find_map(|line| line.trim().strip_prefix("eth0:"));
    let number = eth0.and_then(|line| line.split_whitespace().nth(1));
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("{path}: no eth0")))
}
