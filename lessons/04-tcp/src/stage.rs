//! Two hosts and a wire between them that carries nothing by itself.
//!
//! Alice is the client, bob the server; the kernel of each is real. A demo
//! makes their calls, takes each frame in hand that comes onto the wire, lets
//! it arrive or loses it, and tells what it did. While a frame is in hand, a
//! connection stands still in states that last a millionth of a second
//! otherwise. And since one frame moves at a time, every run is the same.
//!
//! ```text
//! alice 10.0.0.1:40000 ──── the wire ──── bob 10.0.0.2:8888
//! ```
//!
//! Start reading at [`Stage::next`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use lab::{ByHand, Capture, Host, Lab, Record};
use lesson_tcp::BACKLOG;
use lesson_tcp::state::{State, await_rto, await_state};
use nix::errno::Errno;
use socket2::{Domain, Socket, Type};

use crate::conversation::Who::{Alice, Bob};
use crate::conversation::{
    Call, Conversation, Fate, Form, Segment, States, Who,
};
use crate::in_hand::InHand;

/// Where bob listens.
pub const SERVER: SocketAddr = address(Ipv4Addr::new(10, 0, 0, 2), 8888);

/// Where alice's first connection comes from. Each further one has the next
/// port, since the last may still be in TIME-WAIT.
const CLIENT: SocketAddr = address(Ipv4Addr::new(10, 0, 0, 1), 40_000);

/// What `/proc/net/tcp` has for a listener's other end.
const ANYBODY: SocketAddr = address(Ipv4Addr::UNSPECIFIED, 0);

const fn address(ip: Ipv4Addr, port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(ip, port))
}

/// What a demo is called, how it is told, and its snapshots: the recorded
/// run, for machines that forbid the lab.
pub struct Scene {
    pub demo: &'static str,
    pub title: &'static str,
    pub form: Form,
    pub text: &'static str,
    /// Empty for a demo that no widget shows.
    pub json: &'static str,
}

/// The hosts, the wire, and the story so far.
pub struct Stage {
    pub alice: Host,
    pub bob: Host,
    wire: ByHand,
    story: Conversation,
    /// Alice's end of the connection that is the subject.
    client: SocketAddr,
    /// The first sequence number of each.
    first: [u32; 2],
    /// How far each has come with what was seen on the wire, without and
    /// with an acknowledgement.
    seen: [[u32; 2]; 2],
    capture: Capture,
    // Last, for the hosts to go first.
    _lab: Lab,
}

impl Stage {
    /// Makes the hosts. Where the machine forbids it, plays the recorded run
    /// and gives `None`. To be called first of all, before any thread.
    pub fn open(
        scene: &Scene,
        asked: impl Into<Record>,
    ) -> io::Result<Option<Self>> {
        let asked = asked.into();
        let lab = asked.enter(scene.text, scene.json)?;
        let Some(mut lab) = lab else { return Ok(None) };
        let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
        // ARP is chapter 01's subject.
        lab.introduce(&[&alice, &bob])?;
        let wire = lab.by_hand()?;
        let form = if asked.json { Form::Json } else { scene.form };
        let story = Conversation::begin(scene.demo, scene.title, form);
        Ok(Some(Stage {
            alice,
            bob,
            wire,
            story,
            client: CLIENT,
            first: [0; 2],
            seen: [[0; 2]; 2],
            capture: asked.capture,
            _lab: lab,
        }))
    }

    fn host(&self, who: Who) -> &Host {
        match who {
            Alice => &self.alice,
            Bob => &self.bob,
        }
    }

    /// Alice's end of the connection that is the subject.
    pub fn client(&self) -> SocketAddr {
        self.client
    }

    /// Bob's listening socket.
    pub fn listen(&self) -> io::Result<Socket> {
        self.bob.enter(|| lesson_tcp::listener(SERVER, BACKLOG, false))
    }

    /// A socket of alice's that has begun to connect, and doesn't wait: the
    /// handshake is in the demo's hands. Chapter 10 has more of such calls.
    pub fn connect(&self) -> io::Result<Socket> {
        let socket = self.socket(Alice, self.client)?;
        begin(&socket, SERVER)?;
        Ok(socket)
    }

    /// A socket on one of the hosts, with an address and no peer.
    pub fn socket(&self, who: Who, at: SocketAddr) -> io::Result<Socket> {
        self.host(who).enter(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&at.into())?;
            Ok(socket)
        })
    }

    /// A socket of alice's that is connected, without a word.
    pub fn reach(&mut self) -> io::Result<Socket> {
        let client = self.connect()?;
        for who in [Alice, Bob, Alice] {
            let in_hand = self.next(who)?;
            self.pass_untold(in_hand)?;
        }
        Ok(client)
    }

    /// A whole connection, client and server, without a word.
    pub fn meet(&mut self, listener: &Socket) -> io::Result<(Socket, Socket)> {
        let client = self.reach()?;
        // It waits for the last ACK to be taken in.
        let (server, _) = listener.accept()?;
        Ok((client, server))
    }

    /// From here on the story is of a new connection.
    pub fn turn(&mut self, demo: &'static str, title: &'static str) {
        self.take_next_port();
        self.story.turn(demo, title);
    }

    /// The next connection is another one.
    pub fn take_next_port(&mut self) {
        self.client.set_port(self.client.port() + 1);
        self.seen = [[0; 2]; 2];
    }

    /// Waits for the next segment that this host sends, and takes it in hand.
    ///
    /// If the machine was too busy to get here before the sender's timer ran
    /// out, the sender has repeated what is already on the wire. Such a copy
    /// is lost, and not told: it would be one more of what has been told.
    pub fn next(&mut self, who: Who) -> io::Result<InHand> {
        loop {
            let in_hand = self.take(who)?;
            if self.is_new(&in_hand) {
                return Ok(in_hand);
            }
            self.wire.lose(in_hand.frame);
        }
    }

    /// Waits for this host to repeat a segment, and takes it in hand.
    pub fn again(&mut self, who: Who) -> io::Result<InHand> {
        let in_hand = self.take(who)?;
        match self.is_new(&in_hand) {
            false => Ok(in_hand),
            true => Err(io::Error::other("a new segment, not an old one")),
        }
    }

    fn take(&mut self, who: Who) -> io::Result<InHand> {
        let host = self.host(who).clone();
        loop {
            let frame = self.wire.next_from(&host)?;
            let in_hand = InHand::read(who, frame, &mut self.first)
                .map_err(io::Error::other)?;
            if in_hand.client == self.client.port() {
                return Ok(in_hand);
            }
            // A late copy from the connection before.
            self.wire.lose(in_hand.frame);
        }
    }

    /// Whether it says something for the first time: it uses up numbers that
    /// none before it has, or none at all. A SYN ACK may follow a SYN with
    /// the same number.
    fn is_new(&mut self, in_hand: &InHand) -> bool {
        let segment = &in_hand.segment;
        let with = usize::from(segment.ack.is_some());
        let seen = &mut self.seen[segment.from as usize][with];
        let is_new = in_hand.count == 0 || segment.seq + in_hand.count > *seen;
        *seen = (*seen).max(segment.seq + in_hand.count);
        is_new
    }

    /// Lets a segment arrive, and tells of it.
    pub fn pass(
        &mut self,
        in_hand: InHand,
        why: &'static str,
    ) -> io::Result<()> {
        let segment = self.pass_untold(in_hand)?;
        self.tell(segment, why);
        Ok(())
    }

    /// Lets a segment arrive without a word. Gives what it says, to be told
    /// later or not at all.
    pub fn pass_untold(&mut self, in_hand: InHand) -> io::Result<Segment> {
        self.wire.pass(in_hand.frame)?;
        Ok(in_hand.segment)
    }

    /// Tells of a segment that has arrived.
    pub fn tell(&mut self, segment: Segment, why: &'static str) {
        self.story.segment(Segment { why, ..segment });
    }

    /// Loses a segment, and tells of it.
    pub fn lose(&mut self, in_hand: InHand, why: &'static str) {
        self.wire.lose(in_hand.frame);
        let fate = Fate::Lost;
        self.story.segment(Segment { why, fate, ..in_hand.segment });
    }

    /// Tells of a call: who made it, its name, what came of it.
    pub fn call(
        &mut self,
        host: Who,
        call: &'static str,
        what: impl Into<String>,
        why: &'static str,
    ) {
        let (what, states) = (what.into(), None);
        self.story.call(Call { host, call, what, states, why });
    }

    /// Tells a fact that a kernel has told.
    pub fn kernel(&self, who: Who, what: &str) {
        self.story.kernel(who, what);
    }

    /// Asks both kernels for the state of their end, and tells it. Waits for
    /// these states to be reached; fails with `TimedOut` if they aren't.
    pub fn now(&mut self, alice: State, bob: State) -> io::Result<()> {
        let states = self.ask(alice, bob)?;
        self.tell_states(states);
        Ok(())
    }

    /// The same without a word, to be told later.
    pub fn ask(&self, alice: State, bob: State) -> io::Result<States> {
        let client = self.client;
        let peer = if bob == State::Listen { ANYBODY } else { client };
        reached(&self.alice, [client, SERVER], alice)?;
        reached(&self.bob, [SERVER, peer], bob)?;
        Ok(States(alice, bob))
    }

    /// Tells the states after the last step.
    pub fn tell_states(&mut self, states: States) {
        self.story.states(states);
    }

    /// How long alice's kernel waits for an ACK now before it repeats: `least`
    /// or a little more, or an error if it says less.
    pub fn alices_rto(&self, least: Duration) -> io::Result<Duration> {
        self.alice.enter(|| await_rto(self.client, SERVER, least))?;
        Ok(least)
    }

    /// Ends the story, and writes the frames where they were asked for.
    pub fn end(self) -> io::Result<()> {
        self.story.end()?;
        Ok(self.capture.write(&self.wire.stop())?)
    }
}

/// Waits until that host's kernel reports that its end is in this state.
fn reached(
    host: &Host,
    [here, there]: [SocketAddr; 2],
    due: State,
) -> io::Result<()> {
    let missed = |error: io::Error| {
        let words = format!("{host} does not reach {due}: {error}");
        io::Error::new(error.kind(), words)
    };
    host.enter(|| await_state(here, there, due)).map_err(missed)?;
    Ok(())
}

/// Begins to connect: the SYN goes out, and the call returns.
pub fn begin(socket: &Socket, to: SocketAddr) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    let begun = socket.connect(&to.into());
    socket.set_nonblocking(false)?;
    match begun {
        Err(e) if e.raw_os_error() == Some(Errno::EINPROGRESS as i32) => Ok(()),
        other => other,
    }
}
