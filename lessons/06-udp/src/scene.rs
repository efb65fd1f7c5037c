//! What the demos on the wire share: Alice, Bob, their sockets, and a wire
//! on which each frame waits until the demo lets it pass.
//!
//! A demo waits for one frame at a time, so the order of frames is the order
//! of its calls, however busy the machine is.
//!
//! Start reading at [`Scene::open`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use lab::{ByHand, Capture, Host, Lab};
use lesson_osi_layers::{Error, ethernet, ipv4, udp};
use lesson_udp::bound;
use narrator::{explain, say};

/// Where Alice sends from.
pub const ALICE: SocketAddrV4 =
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 7001);
/// Where Bob waits.
pub const BOB: SocketAddrV4 =
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 7000);

/// Two hosts, and a wire by hand.
pub struct Scene {
    pub alice: Host,
    pub bob: Host,
    wire: ByHand,
    capture: Capture,
    // Last, for the hosts to go first.
    _lab: Lab,
}

impl Scene {
    /// Makes the hosts, or plays the recorded run and gives `None`.
    pub fn open(capture: Capture, recorded: &str) -> io::Result<Option<Self>> {
        let Some(mut lab) = capture.enter(recorded)? else { return Ok(None) };
        let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
        // ARP is chapter 01's subject.
        lab.introduce(&[&alice, &bob])?;
        let wire = lab.by_hand()?;
        Ok(Some(Scene { alice, bob, wire, capture, _lab: lab }))
    }

    /// A socket of Alice's, from which she sends.
    pub fn alice_socket(&self) -> io::Result<UdpSocket> {
        self.alice.enter(|| bound(ALICE.into()))
    }

    /// A socket of Bob's, at which he waits.
    pub fn bob_socket(&self, at: SocketAddr) -> io::Result<UdpSocket> {
        self.bob.enter(|| bound(at))
    }

    /// Waits for the host's next frame, lets it arrive, and shows it.
    pub fn pass(&mut self, from: &Host) -> io::Result<Vec<u8>> {
        Ok(self.wire.pass_next(from)?)
    }

    /// Waits for the host's next frame, and loses it.
    pub fn lose(&mut self, from: &Host) -> io::Result<Vec<u8>> {
        let frame = self.wire.next_from(from)?;
        let bytes = frame.bytes.clone();
        self.wire.lose(frame);
        Ok(bytes)
    }

    /// Whether the host has sent a frame that waits at the wire.
    pub fn waits(&self, from: &Host) -> io::Result<bool> {
        Ok(self.wire.waits_from(from)?)
    }

    /// Ends the wire, and writes the frames where they were asked for.
    pub fn end(self) -> io::Result<()> {
        Ok(self.capture.write(&self.wire.stop())?)
    }
}

/// The packet in a frame.
pub fn packet(frame: &[u8]) -> io::Result<ipv4::Packet<'_>> {
    let read = || -> Result<_, Error> {
        ipv4::Packet::parse(ethernet::Frame::parse(frame)?.payload())
    };
    read().map_err(io::Error::other)
}

/// The datagram in a frame.
pub fn datagram(frame: &[u8]) -> io::Result<udp::Datagram<'_>> {
    udp::Datagram::parse(packet(frame)?.payload()).map_err(io::Error::other)
}

/// Tells that nothing has come, in the kernel's words. Doesn't wait.
pub fn nothing(who: &str, socket: &UdpSocket) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let answer = socket.recv_from(&mut [0; 64]);
    socket.set_nonblocking(false)?;
    match answer {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            say(who, "recvfrom", format_args!("nothing: {}", explain(&error)));
            Ok(())
        }
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other("a datagram that nobody expected")),
    }
}
