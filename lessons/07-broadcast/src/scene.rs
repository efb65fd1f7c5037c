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

use std::cell::Cell;
use std::fs;
use std::io;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};

use lab::{Host, Lab, Plan, Recording, Seen, Wire};
use lesson_broadcast::listening;
use lesson_osi_layers::ethernet::{self, Mac};
use lesson_osi_layers::{Error, ipv4, udp};
use narrator::{Trouble, explain, say};

/// Three hosts on a hub, who know each other's Ethernet addresses.
pub struct Hub {
    pub alice: Host,
    pub bob: Host,
    pub carol: Host,
    pub wire: Wire,
    /// How many datagrams have come over the wire.
    passed: Cell<usize>,
}

impl Hub {
    /// Makes the hosts and joins them.
    pub fn open(lab: &mut Lab, plan: Plan) -> Result<Self, Trouble> {
        let alice = lab.host("alice")?;
        let (bob, carol) = (lab.host("bob")?, lab.host("carol")?);
        // ARP is chapter 01's subject.
        lab.introduce(&[&alice, &bob, &carol])?;
        let wire = lab.join(plan)?;
        Ok(Hub { alice, bob, carol, wire, passed: Cell::new(0) })
    }

    /// All three, in the order of their addresses.
    pub fn hosts(&self) -> [&Host; 3] {
        [&self.alice, &self.bob, &self.carol]
    }

    /// A socket of a host's, which shares its port.
    pub fn ear(&self, host: &Host, at: SocketAddrV4) -> io::Result<Ear> {
        let socket = host.enter(|| listening(at))?;
        Ok(Ear { host: host.clone(), socket })
    }

    /// Waits for the next datagram on the wire, which must carry this text:
    /// that none was sent in between is part of the story.
    pub fn passes(&self, text: &str) -> io::Result<Seen> {
        self.passed.set(self.passed.get() + 1);
        let is_datagram = |seen: &Seen| datagram(&seen.bytes).is_some();
        let seen = self.wire.wait_for(self.passed.get(), is_datagram)?;
        let carried = datagram(&seen.bytes).map(|d| d.payload().to_vec());
        match carried.is_some_and(|bytes| bytes == text.as_bytes()) {
            true => Ok(seen),
            false => Err(io::Error::other("another datagram on the wire")),
        }
    }

    /// Ends the wire, and gives what it saw.
    pub fn end(self) -> Result<Recording, Trouble> {
        self.wire.stop()
    }
}

/// A socket, and whose it is.
pub struct Ear {
    pub host: Host,
    pub socket: UdpSocket,
}

impl Ear {
    /// Tells a fact about a call of its host.
    pub fn say(&self, call: &str, what: impl std::fmt::Display) {
        say(self.host.name(), call, what);
    }

    /// Sends a text, and tells it.
    pub fn send(
        &self,
        text: &str,
        to: impl Into<SocketAddr>,
    ) -> io::Result<()> {
        let to = to.into();
        self.socket.send_to(text.as_bytes(), to)?;
        self.say("sendto", format_args!("{text:?} → {to}"));
        Ok(())
    }

    /// Receives this text, which is due, and tells it.
    pub fn hears(&self, text: &str) -> io::Result<()> {
        self.hears_as(text, "")
    }

    /// The same, with a remark.
    pub fn hears_as(&self, due: &str, remark: &str) -> io::Result<()> {
        let (text, from) = receive(&self.socket)?;
        if text != due {
            return Err(io::Error::other(format!("{text:?} out of turn")));
        }
        self.say("recvfrom", format_args!("{text:?} ← {from}{remark}"));
        Ok(())
    }

    /// Tells that nothing has come. Doesn't wait.
    pub fn hears_nothing(&self, remark: &str) -> io::Result<()> {
        if !silent(&self.socket)? {
            return Err(io::Error::other("a datagram that nobody expected"));
        }
        self.say("recvfrom", format_args!("nothing{remark}"));
        Ok(())
    }

    /// Tells the error that a call was due to give.
    pub fn refused<T>(
        &self,
        call: &str,
        what: impl std::fmt::Display,
        answer: io::Result<T>,
    ) -> io::Result<()> {
        let Err(error) = answer else {
            let what = format!("{call} {what} was not refused");
            return Err(io::Error::other(what));
        };
        self.say(call, format_args!("{what}: {}", explain(&error)));
        Ok(())
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
pub fn receive(socket: &UdpSocket) -> io::Result<(String, SocketAddr)> {
    let mut buffer = [0; 512];
    let (count, from) = again(|| socket.recv_from(&mut buffer))?;
    let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
    Ok((text, from))
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
