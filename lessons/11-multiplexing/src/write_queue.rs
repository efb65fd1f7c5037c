//! A client that sends much and reads late, and three servers: one forgets
//! what a send doesn't take, one waits, one has a queue for it.
//!
//! ```text
//! alice  send → [ buffers full ] → recv  server
//! alice  recv ← [ buffers full ] ← send  server
//! ```
//!
//! send(2): "When the message does not fit into the send buffer of the
//! socket, send() normally blocks, unless the socket has been placed in
//! nonblocking I/O mode." An event loop can't afford the first, and the second
//! leaves bytes in its hands.
//!
//! The first two servers have a thread. The third can be taken turn by turn,
//! as no call in it waits.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use lesson_multiplexing::{
    Event, HIGH, Interest, Mechanism, Poll, Poller, Server, unless_it_waits,
};
use narrator::{line, say};
use socket2::SockRef;

use crate::stage::{self, LIMIT, LOOPBACK};

/// What alice sends, and wants back.
const MUCH: usize = 4_000_000;

/// The size of the kernel's buffers, so that they are full soon.
const BUFFERS: usize = 64 * 1024;

/// After so long without a byte taken, a send waits for somebody to read.
const STUCK: Duration = Duration::from_millis(200);

/// The same two clients with each server.
pub fn run(with: Mechanism) -> io::Result<()> {
    line("A server that forgets what a send doesn't take:");
    naive(with, Rest::Forgotten)?;
    line("\nA server that waits until a send has taken all:");
    naive(with, Rest::WaitedFor)?;
    line("\nA server with a queue for what a send doesn't take:");
    queueing(with)
}

fn naive(with: Mechanism, rest: Rest) -> io::Result<()> {
    let (listener, alice, bob) = open()?;
    let (tell, stuck) = mpsc::channel();
    let clients = [listener.accept()?.0, listener.accept()?.0];
    let server =
        thread::spawn(move || Naive::new(clients, with, rest, tell)?.run());
    match rest {
        Rest::Forgotten => forgotten(alice, bob)?,
        Rest::WaitedFor => waited_for(alice, bob, &stuck)?,
    }
    server.join().unwrap_or_else(|_| Err(ErrorKind::Other.into()))
}

fn forgotten(mut alice: Client, mut bob: Client) -> io::Result<()> {
    while alice.sent < MUCH {
        alice.send()?;
        alice.wait(Interest::WRITE, LIMIT)?;
    }
    alice.tell_sent("the server reads and reads");
    bob.hello()?;
    bob.hears()?;
    alice.stream.shutdown(Shutdown::Write)?;
    while alice.recv()? {
        alice.wait(Interest::READ, LIMIT)?;
    }
    alice.tell_received("the rest is lost");
    Ok(())
}

fn waited_for(
    mut alice: Client,
    mut bob: Client,
    stuck: &Receiver<()>,
) -> io::Result<()> {
    let moment = Duration::from_millis(1);
    while stuck.recv_timeout(moment) == Err(RecvTimeoutError::Timeout) {
        alice.send()?;
    }
    while alice.wait(Interest::WRITE, STUCK)? {
        alice.send()?;
    }
    alice.tell_sent("the server reads no more");
    say("alice", "send", "waits for the server, as it does for her");
    bob.hello()?;
    if !bob.wait(Interest::READ, STUCK)? {
        say("bob", "recv", "nothing: there is one thread, and it waits");
    }
    drop(alice);
    say("alice", "close", "had she not, all would wait for ever");
    bob.hears()
}

// ANCHOR: queueing
fn queueing(with: Mechanism) -> io::Result<()> {
    let (listener, mut alice, mut bob) = open()?;
    let mut server = Server::new(listener, with)?;
    let at_once = Some(Duration::ZERO);

    while alice.send()? || !is_full(&server) {
        server.turn(at_once)?;
    }
    alice.tell_sent("then no more");
    say("server", "queue", "full: alice isn't read for now");

    bob.hello()?;
    while !bob.wait(Interest::READ, Duration::ZERO)? {
        server.turn(at_once)?;
    }
    bob.hears()?;

    say("alice", "recv", "begins, and sends what is left");
    while alice.answer.len() < MUCH {
        alice.send()?;
        server.turn(at_once)?;
        alice.recv()?;
    }
    let same = alice.answer == alice.message;
    alice.tell_received(if same { "the same" } else { "others" });
    Ok(())
}

fn is_full(server: &Server) -> bool {
    server.connections().any(|connection| connection.queued() >= HIGH)
}
// ANCHOR_END: queueing

/// A listener, and two clients that have called. Whoever accepts inherits the
/// sizes of the listener's buffers.
fn open() -> io::Result<(TcpListener, Client, Client)> {
    let listener = TcpListener::bind(LOOPBACK)?;
    SockRef::from(&listener).set_recv_buffer_size(BUFFERS)?;
    SockRef::from(&listener).set_send_buffer_size(BUFFERS)?;
    let much = (0..MUCH).map(|place| (place % 251) as u8).collect();
    let alice = Client::call("alice", &listener, much)?;
    let bob = Client::call("bob", &listener, b"hello".to_vec())?;
    Ok((listener, alice, bob))
}

/// What a server does with bytes that a send doesn't take.
#[derive(Clone, Copy)]
enum Rest {
    Forgotten,
    WaitedFor,
}

/// A server without a queue.
struct Naive {
    poller: Box<dyn Poller>,
    clients: HashMap<RawFd, TcpStream>,
    rest: Rest,
    stuck: Sender<()>,
}

impl Naive {
    fn new(
        streams: [TcpStream; 2],
        with: Mechanism,
        rest: Rest,
        stuck: Sender<()>,
    ) -> io::Result<Self> {
        let mut poller = with.poller()?;
        let mut clients = HashMap::new();
        for stream in streams {
            stream.set_nonblocking(true)?;
            poller.register(stream.as_fd(), Interest::READ)?;
            clients.insert(stream.as_raw_fd(), stream);
        }
        Ok(Naive { poller, clients, rest, stuck })
    }

    /// Serves until both clients are gone.
    fn run(mut self) -> io::Result<()> {
        let mut events = Vec::new();
        while !self.clients.is_empty() {
            stage::wait(self.poller.as_mut(), LIMIT, &mut events)?;
            if events.is_empty() {
                return Err(ErrorKind::TimedOut.into());
            }
            for Event { fd, .. } in &events {
                if !self.serve(*fd).unwrap_or(false) {
                    let client = self.clients.remove(fd);
                    let client = client.ok_or(ErrorKind::NotFound)?;
                    self.poller.unregister(client.as_fd())?;
                }
            }
        }
        Ok(())
    }

    /// Whether the client is still there.
    fn serve(&mut self, fd: RawFd) -> io::Result<bool> {
        let mut client = self.clients.get(&fd).ok_or(ErrorKind::NotFound)?;
        let mut buffer = [0; 16 * 1024];
        let count = client.read(&mut buffer)?;
        let data = &buffer[..count];
        match self.rest {
            // How many went is known, and nobody looks.
            Rest::Forgotten => drop(client.write(data)),
            Rest::WaitedFor => self.send_all(client, data)?,
        }
        Ok(count > 0)
    }

    /// As a blocking send would.
    fn send_all(&self, mut client: &TcpStream, data: &[u8]) -> io::Result<()> {
        let mut left = data;
        while !left.is_empty() {
            if let Some(count) = unless_it_waits(client.write(left))? {
                left = &left[count..];
            } else if !wait(client, Interest::WRITE, STUCK)? {
                say("server", "send", "waits for alice to read");
                // Nobody listens if the story is over.
                let _ = self.stuck.send(());
                wait(client, Interest::WRITE, LIMIT)?;
            }
        }
        Ok(())
    }
}

/// A client that wants back what it sends.
struct Client {
    name: &'static str,
    stream: TcpStream,
    message: Vec<u8>,
    began: Instant,
    sent: usize,
    answer: Vec<u8>,
}

impl Client {
    fn call(
        name: &'static str,
        to: &TcpListener,
        message: Vec<u8>,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(to.local_addr()?)?;
        SockRef::from(&stream).set_recv_buffer_size(BUFFERS)?;
        SockRef::from(&stream).set_send_buffer_size(BUFFERS)?;
        stream.set_nonblocking(true)?;
        let (began, answer) = (Instant::now(), Vec::new());
        Ok(Client { name, stream, message, began, sent: 0, answer })
    }

    /// Sends what goes. Whether anything went.
    fn send(&mut self) -> io::Result<bool> {
        self.in_time()?;
        let rest = &self.message[self.sent..];
        let count = unless_it_waits(self.stream.write(rest))?.unwrap_or(0);
        self.sent += count;
        Ok(count > 0)
    }

    /// Receives what there is. False at the end.
    fn recv(&mut self) -> io::Result<bool> {
        self.in_time()?;
        let mut buffer = [0; 64 * 1024];
        let count = unless_it_waits(self.stream.read(&mut buffer))?;
        self.answer.extend(&buffer[..count.unwrap_or(0)]);
        Ok(count != Some(0))
    }

    /// A loop that asks again and again must end, whatever happens.
    fn in_time(&self) -> io::Result<()> {
        match self.began.elapsed() < 2 * LIMIT {
            true => Ok(()),
            false => Err(ErrorKind::TimedOut.into()),
        }
    }

    /// Whether the socket gets ready in time.
    fn wait(&self, interest: Interest, limit: Duration) -> io::Result<bool> {
        wait(&self.stream, interest, limit)
    }

    fn tell_sent(&self, what: &str) {
        let (sent, all) = (self.sent, self.message.len());
        let told = format_args!("{sent} of {all} bytes: {what}");
        say(self.name, "send", told);
    }

    fn tell_received(&self, what: &str) {
        let (received, all) = (self.answer.len(), self.message.len());
        let told = format_args!("{received} of {all} bytes: {what}");
        say(self.name, "recv", told);
    }

    fn hello(&mut self) -> io::Result<()> {
        self.send()?;
        say(self.name, "send", "\"hello\"");
        Ok(())
    }

    fn hears(&mut self) -> io::Result<()> {
        self.wait(Interest::READ, LIMIT)?;
        self.recv()?;
        let text = self.answer.escape_ascii();
        say(self.name, "recv", format_args!("\"{text}\""));
        Ok(())
    }
}

/// Whether a socket gets ready in time.
fn wait(
    socket: &TcpStream,
    interest: Interest,
    limit: Duration,
) -> io::Result<bool> {
    let mut poll = Poll::new();
    poll.register(socket.as_fd(), interest)?;
    let mut events = Vec::new();
    stage::wait(&mut poll, limit, &mut events)?;
    Ok(!events.is_empty())
}
