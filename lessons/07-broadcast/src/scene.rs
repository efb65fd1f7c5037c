//! What the demos on the wire share: three hosts on a hub, and their
//! sockets.
//!
//! ```text
//! alice 10.0.0.1 ─┐
//! bob   10.0.0.2 ─┼─ the hub: a frame from one goes to the others
//! carol 10.0.0.3 ─┘
//! ```
//!
//! Start reading at [`Hub::open`].

use std::fs;
use std::io;
use std::net::UdpSocket;
use std::path::PathBuf;

use clap::Args;
use lab::{Host, Lab, Plan, Recording, Seen, Wire};
use lesson_osi_layers::ethernet::{self, Mac};
use lesson_osi_layers::{Error, ipv4, udp};

/// What the reader may ask of a demo on the wire.
#[derive(Args, Default)]
pub struct Capture {
    /// Write the frames to FILE, for Wireshark or tshark
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
}

/// What the reader may ask of a demo that feeds the widget.
#[derive(Args, Default)]
pub struct Record {
    /// Print what happened as JSON, for the book's widget
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub capture: Capture,
}

impl Capture {
    /// Enters the lab. Where the machine forbids it, plays the recorded run
    /// and gives `None`; but a recorded run has no frames to write, so then
    /// it is an error.
    pub fn enter(&self, recorded: &str) -> io::Result<Option<Lab>> {
        match self.pcap {
            None => Ok(Lab::enter_or_replay(recorded)),
            Some(_) => Ok(Some(Lab::enter()?)),
        }
    }

    /// Writes the frames where they were asked for.
    pub fn keep(&self, recording: &Recording) -> io::Result<()> {
        let path = self.pcap.as_deref();
        path.map_or(Ok(()), |path| Ok(recording.write_pcap(path)?))
    }
}

/// Three hosts on a hub, who know each other's Ethernet addresses.
pub struct Hub {
    pub alice: Host,
    pub bob: Host,
    pub carol: Host,
    pub wire: Wire,
}

impl Hub {
    /// Makes the hosts and joins them.
    pub fn open(lab: &mut Lab, plan: Plan) -> io::Result<Self> {
        let alice = lab.host("alice")?;
        let (bob, carol) = (lab.host("bob")?, lab.host("carol")?);
        // ARP is chapter 01's subject.
        lab.introduce(&[&alice, &bob, &carol])?;
        for host in [&alice, &bob, &carol] {
            // Whoever joins a group says so once, not once more later on.
            host.set("ipv4/igmp_qrv", "1")?;
        }
        let wire = lab.join(plan)?;
        Ok(Hub { alice, bob, carol, wire })
    }

    /// All three, in the order of their addresses.
    pub fn hosts(&self) -> [&Host; 3] {
        [&self.alice, &self.bob, &self.carol]
    }
}

/// How many frames a host's eth0 has taken in: the second number of its line
/// in `/proc/net/dev`, behind the bytes.
pub fn frames_in(host: &Host) -> io::Result<u64> {
    let path = "/proc/thread-self/net/dev";
    let table = host.enter(|| fs::read_to_string(path))?;
    let eth0 = table.lines().find_map(|line| line.trim().strip_prefix("eth0:"));
    let number = eth0.and_then(|line| line.split_whitespace().nth(1));
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("{path}: no eth0")))
}

/// The datagram in a frame, if it carries one.
pub fn datagram(frame: &[u8]) -> Option<udp::Datagram<'_>> {
    let packet = packet(frame).ok()?;
    let udp = packet.protocol() == ipv4::Protocol::UDP;
    udp.then(|| udp::Datagram::parse(packet.payload()).ok())?
}

/// The packet in a frame.
pub fn packet(frame: &[u8]) -> io::Result<ipv4::Packet<'_>> {
    let read = || -> Result<_, Error> {
        ipv4::Packet::parse(ethernet::Frame::parse(frame)?.payload())
    };
    read().map_err(io::Error::other)
}

/// Whom a frame is for.
pub fn destination(seen: &Seen) -> io::Result<Mac> {
    let frame =
        ethernet::Frame::parse(&seen.bytes).map_err(io::Error::other)?;
    Ok(frame.destination())
}

/// The next datagram's text and its sender. Waits for it.
pub fn receive(socket: &UdpSocket) -> io::Result<(String, String)> {
    let mut buffer = [0; 512];
    let (count, from) = again(|| socket.recv_from(&mut buffer))?;
    let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
    Ok((text, from.to_string()))
}

/// Whether no datagram is there. Doesn't wait.
pub fn silent(socket: &UdpSocket) -> io::Result<bool> {
    socket.set_nonblocking(true)?;
    let answer = socket.peek_from(&mut [0; 1]);
    socket.set_nonblocking(false)?;
    match answer {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
        Err(error) => Err(error),
        Ok(_) => Ok(false),
    }
}

/// Makes a call again that a signal interrupted. With a time limit on the
/// socket `recv` isn't restarted by itself, not even after Ctrl-Z and `fg`:
/// signal(7).
pub fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            done => return done,
        }
    }
}
