//! Three connections, a log, and what the director asks the kernel.

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::OnceLock;

use lesson_nonblocking::asleep::{Call, Thread, until};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::timeline::{State, Timeline};

/// The peers' names, and their lanes in the log.
pub const NAMES: [&str; 3] = ["a", "b", "c"];
pub const PEERS: [&str; 3] = ["peer a", "peer b", "peer c"];
pub const PROGRAM: &str = "program";

/// What each peer says, once.
pub const HELLO: &[u8] = b"hello";

/// The lanes of a program that does all by itself.
pub const ALONE: &[&str] = &[PROGRAM, PEERS[0], PEERS[1], PEERS[2]];

/// A way to serve the three.
pub trait Model: Sync {
    fn label(&self) -> &'static str;
    fn title(&self) -> &'static str;
    fn lanes(&self) -> &'static [&'static str] {
        ALONE
    }

    /// The program: takes what each peer says.
    fn serve(&self, scene: &Scene) -> io::Result<Counts>;

    /// For the director: returns when the program waits.
    fn until_it_waits(&self, scene: &Scene) -> io::Result<()>;

    /// For the director: returns when the program knows of what the peer has
    /// said, as far as this way lets it.
    fn until_it_has_heard(&self, scene: &Scene, peer: usize) -> io::Result<()> {
        scene.until_taken(peer)
    }
}

/// What the program did.
#[derive(Default)]
pub struct Counts {
    pub calls: String,
    pub in_vain: String,
    pub sleeps: usize,
    pub served: Vec<&'static str>,
}

impl Counts {
    /// Of a program that makes no call in vain.
    pub fn new(calls: usize, sleeps: usize, served: Vec<&'static str>) -> Self {
        let in_vain = "0".to_string();
        Counts { calls: calls.to_string(), in_vain, sleeps, served }
    }
}

/// The peers' ends of the connections.
pub struct Peers([TcpStream; 3]);

/// The program's ends, and what the director knows of it.
pub struct Scene {
    pub sockets: [TcpStream; 3],
    pub log: Timeline,
    program: OnceLock<Thread>,
}

impl Scene {
    /// Three connections over loopback.
    pub fn new() -> io::Result<(Self, Peers)> {
        let mut sockets: Vec<TcpStream> = Vec::new();
        let mut peers: Vec<TcpStream> = Vec::new();
        for _ in NAMES {
            let (peer, socket) = lesson_tcp::pair()?;
            peers.push(peer.into());
            sockets.push(socket.into());
        }
        let three = |_| io::Error::other("not three connections");
        let peers = Peers(peers.try_into().map_err(three)?);
        let sockets = sockets.try_into().map_err(three)?;
        let (log, program) = (Timeline::default(), OnceLock::new());
        Ok((Scene { sockets, log, program }, peers))
    }

    /// Said by the program's thread, so that the director can look for it.
    pub fn introduce(&self) {
        self.program.get_or_init(Thread::this);
    }

    /// Lets a peer say its word.
    pub fn speak(&self, peers: &Peers, peer: usize) -> io::Result<()> {
        let why = "The bytes are in the kernel now, in the socket's receive \
            buffer. They wait until the program takes them.";
        self.log.add(PEERS[peer], "send", State::Ready, "\"hello\"", why);
        (&peers.0[peer]).write_all(HELLO)
    }

    /// Notes what the program took from a peer, and by which call.
    pub fn took(
        &self,
        call: &str,
        peer: usize,
        bytes: &[u8],
        why: &'static str,
    ) -> io::Result<()> {
        let note = format!("\"{}\"", bytes.escape_ascii());
        let call = format!("{call} {}", NAMES[peer]);
        self.log.add(PROGRAM, &call, State::Done, &note, why);
        self.log.took(PEERS[peer]);
        heard(bytes)
    }

    /// Whether the kernel has something of this peer's, asked with poll(2)
    /// and a time-out of 0. It is for the log: no call of the story.
    pub fn has_something(&self, peer: usize) -> io::Result<bool> {
        let flags = PollFlags::POLLIN;
        let mut watched = [PollFd::new(self.sockets[peer].as_fd(), flags)];
        Ok(poll(&mut watched, PollTimeout::ZERO)? > 0)
    }

    /// Waits until the program sleeps in this call.
    pub fn until_asleep_in(&self, call: Call) -> io::Result<()> {
        until(
            || match self.program.get() {
                Some(program) => program.is_asleep_in(call),
                None => Ok(false),
            },
            || format!("the program doesn't sleep in {call:?}"),
        )
    }

    /// Waits until the log ends with this.
    pub fn until_told(&self, lane: &str, state: State) -> io::Result<()> {
        let so = || Ok(self.log.ends_with(lane, state));
        until(so, || format!("{lane} is not so far"))
    }

    /// Waits until the program has taken what the peer said.
    pub fn until_taken(&self, peer: usize) -> io::Result<()> {
        let so = || Ok(self.log.has_taken(PEERS[peer]));
        until(so, || format!("{} was not heard", PEERS[peer]))
    }
}

/// An error where a peer said something else, or hung up.
pub fn heard(bytes: &[u8]) -> io::Result<()> {
    match bytes == HELLO {
        true => Ok(()),
        false => Err(io::Error::other("a peer has hung up")),
    }
}
