//! What the demos on the wire share: alice, bob, and a wire on which each
//! segment waits until the demo lets it pass.
//!
//! Start reading at [`Scene::open`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use lab::{ByHand, Capture, Frame, Host, Lab};
use lesson_osi_layers::tcp::{Flags, Opt, Segment as Bytes};
use lesson_osi_layers::{Error, ethernet, ipv4};
use lesson_tcp::{BACKLOG, listener};
use nix::errno::Errno;
use socket2::{Domain, Socket, Type};

/// Where bob listens.
pub const BOB: SocketAddr = at(2, 8888);

/// An address in the lab: the host's number, and a port.
pub const fn at(host: u8, port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, host), port))
}

/// What a frame says of its connection.
pub struct Segment {
    /// Alice's port, or bob's.
    pub from: u16,
    pub to: u16,
    pub seq: u32,
    /// The next number that its sender expects.
    pub ack: u32,
    /// How many sequence numbers it uses up.
    pub count: u32,
    pub flags: Flags,
    /// The window as its field has it: unscaled.
    pub window: u16,
    /// The window scale, which only a SYN tells.
    pub shift: Option<u8>,
    pub payload: Vec<u8>,
}

impl Segment {
    /// Reads a frame.
    pub fn read(frame: &[u8]) -> io::Result<Self> {
        Self::parse(frame).map_err(io::Error::other)
    }

    fn parse(frame: &[u8]) -> Result<Self, Error> {
        let frame = ethernet::Frame::parse(frame)?;
        let packet = ipv4::Packet::parse(frame.payload())?;
        let bytes = Bytes::parse(packet.payload())?;
        let mut shift = None;
        for option in bytes.options() {
            if let Opt::WindowScale(by) = option? {
                shift = Some(by);
            }
        }
        Ok(Segment {
            from: bytes.source_port(),
            to: bytes.destination_port(),
            seq: bytes.sequence_number(),
            ack: bytes.acknowledgment_number(),
            count: bytes.sequence_length() as u32,
            flags: bytes.flags(),
            window: bytes.window(),
            shift,
            payload: bytes.payload().to_vec(),
        })
    }

    /// "FIN ACK", or what it carries: "\"hello\"". PSH is of no interest here.
    pub fn name(&self) -> String {
        let names = self.flags.names().filter(|name| *name != "PSH");
        let names = names.collect::<Vec<_>>().join(" ");
        let fin = self.flags.has(Flags::FIN);
        match (self.payload.is_empty(), fin) {
            (true, _) => names,
            (false, false) => format!("\"{}\"", self.payload.escape_ascii()),
            (false, true) => {
                format!("\"{}\" and FIN", self.payload.escape_ascii())
            }
        }
    }
}

/// Two hosts, and a wire by hand.
pub struct Scene {
    pub alice: Host,
    pub bob: Host,
    hand: ByHand,
    /// Alice's port in the connection that is the subject.
    port: u16,
    /// The highest sequence number that each of the two has used.
    used: [Option<u32>; 2],
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
        let hand = lab.by_hand()?;
        let (port, used) = (40_000, [None; 2]);
        Ok(Some(Scene { alice, bob, hand, port, used, capture, _lab: lab }))
    }

    /// Bob's listener.
    pub fn listen(&self) -> io::Result<Socket> {
        self.bob.enter(|| listener(BOB, BACKLOG, false))
    }

    /// Both ends of a new connection, without a word: alice's and bob's.
    /// What waits on the wire from the one before is lost.
    pub fn meet(&mut self, listener: &Socket) -> io::Result<(Socket, Socket)> {
        self.port += 1;
        self.used = [None; 2];
        let alice = self.alice.enter(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&at(1, self.port).into())?;
            begin(&socket)?;
            Ok(socket)
        })?;
        for from_alice in [true, false, true] {
            let (frame, _) = self.next(from_alice)?;
            self.pass(frame)?;
        }
        let (bob, _) = listener.accept()?;
        Ok((alice, bob))
    }

    /// Alice's end of the connection that is the subject.
    pub fn client(&self) -> SocketAddr {
        at(1, self.port)
    }

    /// Waits for the next segment of alice or of bob, and takes it in hand.
    ///
    /// A repetition is lost without a word: it says nothing new, and comes
    /// only where the machine was too busy to pass the first in time.
    pub fn next(&mut self, from_alice: bool) -> io::Result<(Frame, Segment)> {
        let host = if from_alice { &self.alice } else { &self.bob }.clone();
        loop {
            let frame = self.hand.next_from(&host)?;
            let segment = Segment::read(&frame.bytes)?;
            let port = if from_alice { segment.from } else { segment.to };
            if port == self.port && self.is_new(from_alice, &segment) {
                return Ok((frame, segment));
            }
            self.hand.lose(frame);
        }
    }

    fn is_new(&mut self, from_alice: bool, segment: &Segment) -> bool {
        let used = &mut self.used[usize::from(from_alice)];
        let end = segment.seq.wrapping_add(segment.count);
        let further = |last: u32| end.wrapping_sub(last) as i32 > 0;
        let is_new = segment.count == 0 || used.is_none_or(further);
        if used.is_none_or(further) {
            *used = Some(end);
        }
        is_new
    }

    /// Lets a segment arrive.
    pub fn pass(&mut self, frame: Frame) -> io::Result<()> {
        Ok(self.hand.pass(frame)?)
    }

    /// Loses a segment.
    pub fn lose(&mut self, frame: Frame) {
        self.hand.lose(frame);
    }

    /// Ends the wire, and writes the frames where they were asked for.
    pub fn end(self) -> io::Result<()> {
        Ok(self.capture.write(&self.hand.stop())?)
    }
}

/// Begins to connect to bob: the SYN goes out, and the call returns.
fn begin(socket: &Socket) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let begun = socket.connect(&BOB.into());
    socket.set_nonblocking(false)?;
    match begun {
        Err(e) if e.raw_os_error() == Some(Errno::EINPROGRESS as i32) => Ok(()),
        other => other,
    }
}
