//! An event names a descriptor, and a descriptor is a number that is used
//! again.
//!
//! `epoll_wait` brings a batch of events. While the program serves the first
//! of them, it may close a descriptor that a later one is about, and accept a
//! client that gets the same number. epoll(7) warns of it, under "If using an
//! event cache".
//!
//! ```text
//! batch     anna: "kick ben"   listener: a client   ben: hung up
//! program   closes ben         accepts carla        closes … whom?
//! ```

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};

use narrator::{line, say};
use nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
};
use socket2::{Domain, SockAddr, Socket, Type};

/// What the program finds a connection by.
#[derive(Clone, Copy, PartialEq)]
enum Key {
    /// The descriptor's number.
    Number,
    /// A serial number that is never used again.
    Serial,
}

/// The listener's key. Serial numbers begin behind it; no descriptor of a
/// connection is 0.
const LISTENER: u64 = 0;

/// The same batch of events, served by number and by serial number.
pub fn run() -> io::Result<()> {
    line("connections by the descriptor's number");
    batch(Key::Number)?;
    line("");
    line("connections by a serial number");
    batch(Key::Serial)
}

/// A chat of three.
struct Server {
    key: Key,
    epoll: Epoll,
    listener: UnixListener,
    connections: HashMap<u64, (&'static str, UnixStream)>,
    serial: u64,
}

/// Three things happen, and only then does the server look.
fn batch(key: Key) -> io::Result<()> {
    let mut server = Server::new(key)?;
    let address = server.listener.local_addr()?;
    let mut anna = UnixStream::connect_addr(&address)?;
    server.accept("anna")?;
    let ben = UnixStream::connect_addr(&address)?;
    server.accept("ben")?;
    server.nothing_yet()?;

    anna.write_all(b"kick ben")?;
    say("anna", "send", "\"kick ben\"");
    let mut carla = UnixStream::connect_addr(&address)?;
    say("carla", "connect", "waits to be accepted");
    ben.shutdown(Shutdown::Both)?;
    say("ben", "shutdown", "both directions: he hangs up");
    server.turn()?;

    carla.set_nonblocking(true)?;
    match carla.read(&mut [0; 16]) {
        Ok(_) => say("carla", "recv", "0 bytes: the server has closed"),
        Err(e) if e.kind() == ErrorKind::WouldBlock => {
            say("carla", "recv", "EAGAIN: she is connected");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

impl Server {
    fn new(key: Key) -> io::Result<Self> {
        // An abstract name that the kernel chooses: no file to clear away.
        let listener = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        listener.bind(&SockAddr::unix("")?)?;
        listener.listen(8)?;
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        let listener = UnixListener::from(listener);
        let connections = HashMap::new();
        Ok(Server { key, epoll, listener, connections, serial: LISTENER })
    }

    /// A wait that finds nothing: the kernel's list of who is ready is empty
    /// after it.
    fn nothing_yet(&self) -> io::Result<()> {
        let mut room = [EpollEvent::empty()];
        let count = self.epoll.wait(&mut room, EpollTimeout::ZERO)?;
        assert_eq!(count, 0, "nobody has sent anything");
        Ok(())
    }

    // ANCHOR: accept
    fn accept(&mut self, name: &'static str) -> io::Result<()> {
        let (socket, _) = self.listener.accept()?;
        self.serial += 1;
        let key = match self.key {
            Key::Number => socket.as_raw_fd() as u64,
            Key::Serial => self.serial,
        };
        // epoll keeps 64 bits with the entry, and gives them back.
        self.epoll.add(&socket, EpollEvent::new(EpollFlags::EPOLLIN, key))?;
        self.connections.insert(key, (name, socket));
        Ok(())
    }
    // ANCHOR_END: accept

    // ANCHOR: turn
    /// One turn of the loop: a batch of events, each about a key.
    fn turn(&mut self) -> io::Result<()> {
        let mut batch = [EpollEvent::empty(); 8];
        let count = self.epoll.wait(&mut batch, EpollTimeout::ZERO)?;
        say("server", "epoll_wait", format_args!("{count} events"));
        for event in &batch[..count] {
            let key = event.data();
            if key == LISTENER {
                self.accept("carla")?;
                say("server", "accept", "carla");
            } else if event.events().contains(EpollFlags::EPOLLHUP) {
                self.hung_up(key);
            } else {
                say("server", "recv", "anna's \"kick ben\"");
                self.kick("ben");
            }
        }
        Ok(())
    }

    fn hung_up(&mut self, key: u64) {
        match self.connections.remove(&key) {
            Some((name, _)) => {
                say("server", "close", format_args!("{name}, for a hang-up"));
            }
            None => say("server", "ignore", "a hang-up of nobody it knows"),
        }
    }
    // ANCHOR_END: turn

    fn kick(&mut self, name: &str) {
        self.connections.retain(|_, (who, _)| *who != name);
        say("server", "close", name);
    }
}
