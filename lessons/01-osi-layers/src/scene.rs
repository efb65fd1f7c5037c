//! What the demos share: alice, bob, and a wire on which each frame waits
//! until the demo lets it pass.
//!
//! A demo waits for one frame at a time, so the order of frames is the order
//! of its calls, however busy the machine is.
//!
//! Start reading at [`Scene::open`].

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::time::Duration;

use lab::{ByHand, Capture, Frame, Host, Lab, Recording};
use lesson_osi_layers::ethernet::{self, EtherType};
use lesson_osi_layers::{ipv4, tcp};
use narrator::{During, Trouble, explain};
use nix::errno::Errno;
use socket2::{Domain, Socket, Type};

/// Where alice sends from.
pub const CLIENT: SocketAddrV4 =
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 51000);
/// Where bob listens.
pub const SERVER: SocketAddrV4 =
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 8080);

/// alice's question, as HTTP/1.1 writes it: RFC 9112, section 3.
pub const REQUEST: &[u8] = b"GET /hello HTTP/1.1\r\nHost: bob\r\n\r\n";

/// Two hosts and a wire.
pub struct Scene {
    pub alice: Host,
    pub bob: Host,
    wire: ByHand,
    /// What the frames so far have said, of those that may come again.
    said: Vec<Vec<u8>>,
}

impl Scene {
    /// Two hosts that know each other's Ethernet address already, and so
    /// have no need of ARP.
    pub fn open(lab: Lab) -> Result<Self, Trouble> {
        Self::among(lab, true)
    }

    /// Two hosts that have never heard of each other.
    pub fn strangers(lab: Lab) -> Result<Self, Trouble> {
        Self::among(lab, false)
    }

    fn among(mut lab: Lab, introduced: bool) -> Result<Self, Trouble> {
        let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
        if introduced {
            lab.introduce(&[&alice, &bob])?;
        }
        let wire = lab.by_hand()?;
        Ok(Scene { alice, bob, wire, said: Vec::new() })
    }

    /// Waits for the next frame of a host that it hasn't sent before.
    ///
    /// While a frame waits here on a busy machine, its sender's timer may run
    /// out, and it sends the frame again. A copy is no part of the story: it
    /// goes no further, and is not on record.
    fn next(&mut self, host: &Host) -> Result<Frame, Trouble> {
        loop {
            let frame = self.wire.next_from(host)?;
            match repeatable(&frame.bytes) {
                Some(said) if self.said.contains(&said) => continue,
                said => self.said.extend(said),
            }
            return Ok(frame);
        }
    }

    /// Waits for alice's next frame, lets it arrive, and shows it.
    pub fn alice_sends(&mut self) -> Result<Vec<u8>, Trouble> {
        self.damage(|_| {})
    }

    /// Waits for bob's next frame, lets it arrive, and shows it.
    pub fn bob_sends(&mut self) -> Result<Vec<u8>, Trouble> {
        let frame = self.next(&self.bob.clone())?;
        let bytes = frame.bytes.clone();
        self.wire.pass(frame)?;
        Ok(bytes)
    }

    /// Waits for alice's next frame, and loses it.
    pub fn lose(&mut self) -> Result<(), Trouble> {
        let frame = self.next(&self.alice.clone())?;
        self.wire.lose(frame);
        Ok(())
    }

    /// Waits for alice's next frame, and lets it arrive changed.
    pub fn damage(
        &mut self,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Vec<u8>, Trouble> {
        let mut frame = self.next(&self.alice.clone())?;
        change(&mut frame.bytes);
        let bytes = frame.bytes.clone();
        self.wire.pass(frame)?;
        Ok(bytes)
    }

    /// bob's listening socket, and alice's that has begun to connect to it:
    /// `connect(2)` on a socket that may not wait. Its SYN, or a question
    /// for bob's Ethernet address, is at the wire.
    pub fn call(&self) -> Result<(Socket, Socket), Trouble> {
        let stream = || Socket::new(Domain::IPV4, Type::STREAM, None);
        let listener = self.bob.enter(|| {
            let listener = stream()?;
            listener.bind(&SERVER.into())?;
            listener.listen(1)?;
            Ok(listener)
        });
        let client = self.alice.enter(|| {
            let client = stream()?;
            client.bind(&CLIENT.into())?;
            client.set_tcp_nodelay(true)?;
            client.set_nonblocking(true)?;
            match client.connect(&SERVER.into()) {
                Err(e) if is(&e, Errno::EINPROGRESS) => {}
                done => done?,
            }
            Ok(client)
        });
        Ok((listener.during("listen")?, client.during("connect")?))
    }

    /// A connection: alice's end and bob's. Its three segments have passed.
    pub fn connect(&mut self) -> Result<(Socket, Socket), Trouble> {
        let (listener, client) = self.call()?;
        self.alice_sends()?;
        self.bob_sends()?;
        self.alice_sends()?;
        accept(&listener).map(|server| (client, server))
    }

    /// UDP sockets of alice and bob, on their addresses. bob's doesn't wait.
    pub fn datagrams(&self) -> Result<(UdpSocket, UdpSocket), Trouble> {
        let alice = self.alice.enter(|| UdpSocket::bind(CLIENT));
        let bob = self.bob.enter(|| UdpSocket::bind(SERVER)).during("bind")?;
        bob.set_nonblocking(true).during("fcntl")?;
        Ok((alice.during("bind")?, bob))
    }

    /// Ends the wire, and writes what it carried to a file if asked to.
    pub fn close(self, capture: Capture) -> Result<(), Trouble> {
        capture.write(&self.wire.stop())
    }

    /// Ends the wire, and gives what it carried.
    pub fn recording(self) -> Recording {
        self.wire.stop()
    }
}

/// What a copy of this frame would have in common with it, if its sender has
/// a timer for it: all of an ARP message, and of TCP the sender and the
/// numbers that the segment uses up. A copy has another identification.
fn repeatable(frame: &[u8]) -> Option<Vec<u8>> {
    let ethernet = ethernet::Frame::parse(frame).ok()?;
    if ethernet.ether_type() == EtherType::ARP {
        return Some(frame.to_vec());
    }
    let packet = ipv4::Packet::parse(ethernet.payload()).ok()?;
    if packet.protocol() != ipv4::Protocol::TCP {
        return None;
    }
    let segment = tcp::Segment::parse(packet.payload()).ok()?;
    let (first, count) = (segment.sequence_number(), segment.sequence_length());
    let said = [
        &packet.source().octets()[..],
        &segment.source_port().to_be_bytes(),
        &first.to_be_bytes(),
        &count.to_be_bytes(),
    ];
    (count > 0).then(|| said.concat())
}

/// The connection whose handshake has passed: `accept(2)`.
pub fn accept(listener: &Socket) -> Result<Socket, Trouble> {
    listener.accept().map(|(server, _)| server).during("accept")
}

fn is(error: &io::Error, errno: Errno) -> bool {
    error.raw_os_error() == Some(errno as i32)
}

/// Waits until a datagram has arrived, for five seconds at most, and leaves
/// it there: `recv(2)` with MSG_PEEK.
pub fn arrived(socket: &UdpSocket) -> Result<(), Trouble> {
    let wait = || {
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.set_nonblocking(false)?;
        // A signal ends a wait that has a limit, even Ctrl-Z: signal(7).
        while let Err(e) = socket.peek(&mut [0]) {
            if e.kind() != ErrorKind::Interrupted {
                return Err(e);
            }
        }
        socket.set_nonblocking(true)
    };
    wait().during("wait for a datagram")
}

/// Receives a datagram, or says in the kernel's words that none is there.
/// `UdpSocket` has the address as [`SocketAddr`]; here it is always alice's.
pub fn received(
    socket: &UdpSocket,
) -> Result<Result<Vec<u8>, String>, Trouble> {
    let mut buffer = [0; 2048];
    match socket.recv_from(&mut buffer) {
        Ok((count, SocketAddr::V4(CLIENT))) => Ok(Ok(buffer[..count].to_vec())),
        Ok((_, other)) => Err(io::Error::other(other.to_string()))
            .during("expect a datagram of alice's"),
        Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(Err(explain(&e))),
        Err(error) => Err(error).during("recv"),
    }
}
