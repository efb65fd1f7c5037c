//! An echo server on one thread: what comes from a client goes back to it.
//!
//! ```text
//! loop {
//!     wait           → [(fd, ready) …]
//!     the listener?  → accept, register
//!     a connection?  → connections[fd]: recv, send, modify if need be
//!     its end?       → unregister, close
//! }
//! ```
//!
//! No call in it waits but the one that waits for all. A client that stalls
//! holds up nobody else, and one that never reads costs a full queue and no
//! more.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::mem;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::{Duration, Instant};

use narrator::explain;
use nix::errno::Errno;
use socket2::{Domain, Socket, Type};

use crate::connection::{Connection, TURN};
use crate::{Event, Interest, Mechanism, Poller};

/// Callers taken in a turn: the others want theirs, too.
const CALLERS: usize = 64;

/// How long not to accept when there is no room, unless somebody leaves.
const REST: Duration = Duration::from_millis(100);

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections that may wait for `accept`, if the system allows it: listen(2)
/// cuts it to net.core.somaxconn.
const BACKLOG: i32 = 4096;

/// Binds and listens, so that a restart finds the port free (SO_REUSEADDR).
///
/// # Errors
/// Those of bind(2): EADDRINUSE, EACCES, EADDRNOTAVAIL.
pub fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A server, its poller and its clients.
pub struct Server {
    listener: TcpListener,
    poller: Box<dyn Poller>,
    events: Vec<Event>,
    /// By descriptor, which the kernel numbers from below: an array finds
    /// faster than any hash.
    clients: Vec<Option<Client>>,
    buffer: Box<[u8; TURN]>,
    /// When the last wait ended: one look at the clock for a turn.
    now: Instant,
    patience: Duration,
    /// When to look for clients that have been idle for too long.
    rounds: Instant,
    /// No room for callers: don't look for them before.
    resting: Option<Instant>,
    /// That there is no room has been said.
    told: bool,
}

struct Client {
    connection: Connection,
    /// When it last sent or took something.
    seen: Instant,
}

impl Server {
    /// A server for whoever calls at `listener`.
    ///
    /// # Errors
    /// Those of the poller: select takes no listener numbered 1024 or more.
    pub fn new(listener: TcpListener, with: Mechanism) -> io::Result<Self> {
        // A caller who is gone by the time of accept must not hold up the
        // others: accept(2), under EAGAIN.
        listener.set_nonblocking(true)?;
        let mut poller = with.poller()?;
        poller.register(listener.as_fd(), Interest::READ)?;
        Ok(Server {
            listener,
            poller,
            events: Vec::new(),
            clients: Vec::new(),
            buffer: Box::new([0; TURN]),
            now: Instant::now(),
            patience: PATIENCE,
            rounds: Instant::now() + PATIENCE / 4,
            resting: None,
            told: false,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Those of getsockname(2).
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The connections that are open.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.clients.iter().flatten().map(|client| &client.connection)
    }

    /// Serves until the process ends.
    ///
    /// # Errors
    /// Those of the poller. No client can cause one.
    pub fn run(mut self) -> io::Result<Infallible> {
        loop {
            self.turn(None)?;
        }
    }

    // ANCHOR: turn
    /// One turn of the loop: waits, at most so long, and serves everybody
    /// who is ready once.
    ///
    /// # Errors
    /// Those of the poller. No client can cause one.
    pub fn turn(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let timeout = self.at_most(timeout);
        match self.poller.wait(timeout, &mut self.events) {
            // A signal: there may be time left, and the next turn waits.
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            other => other?,
        }
        self.now = Instant::now();
        let events = mem::take(&mut self.events);
        for event in &events {
            if event.fd == self.listener.as_raw_fd() {
                self.accept()?;
            } else {
                self.serve(event)?;
            }
        }
        self.events = events;
        self.look_after()
    }

    fn serve(&mut self, event: &Event) -> io::Result<()> {
        let client = self.clients.get_mut(event.fd as usize);
        let Some(client) = client.and_then(Option::as_mut) else {
            return Ok(());
        };
        client.seen = self.now;
        let connection = &mut client.connection;
        match connection.turn(event.ready, &mut self.buffer) {
            Ok(true) => match connection.change() {
                None => Ok(()),
                Some(interest) => {
                    let fd = connection.stream().as_fd();
                    self.poller.modify(fd, interest)
                }
            },
            // The end, or an error: of this client, and of no other.
            Ok(false) | Err(_) => self.close(event.fd),
        }
    }
    // ANCHOR_END: turn

    // ANCHOR: accept
    fn accept(&mut self) -> io::Result<()> {
        for _ in 0..CALLERS {
            match self.listener.accept() {
                Ok((stream, _)) => self.welcome(stream),
                Err(error) => match Errno::from_raw(code(&error)) {
                    Errno::EAGAIN => break,
                    // The caller waits in the queue, so the listener stays
                    // readable: to try again at once would be to spin.
                    Errno::EMFILE
                    | Errno::ENFILE
                    | Errno::ENOBUFS
                    | Errno::ENOMEM => return self.rest(&error),
                    // accept(2): other errors are those of the connection.
                    _ => (),
                },
            }
        }
        Ok(())
    }

    fn rest(&mut self, error: &io::Error) -> io::Result<()> {
        if !mem::replace(&mut self.told, true) {
            eprintln!("accept: {}: callers wait", explain(error));
        }
        self.resting = Some(self.now + REST);
        self.poller.modify(self.listener.as_fd(), Interest::NONE)
    }

    fn resume(&mut self) -> io::Result<()> {
        self.resting = None;
        self.poller.modify(self.listener.as_fd(), Interest::READ)
    }
    // ANCHOR_END: accept

    /// Registers a client, or hangs up where that can't be.
    fn welcome(&mut self, stream: TcpStream) {
        self.told = false;
        let fd = stream.as_raw_fd() as usize;
        let connection = Connection::new(stream).and_then(|connection| {
            let stream = connection.stream().as_fd();
            self.poller.register(stream, Interest::READ)?;
            Ok(connection)
        });
        match connection {
            Err(error) => eprintln!("a caller: {}", explain(&error)),
            Ok(connection) => {
                if fd >= self.clients.len() {
                    self.clients.resize_with(fd + 1, || None);
                }
                let seen = self.now;
                self.clients[fd] = Some(Client { connection, seen });
            }
        }
    }

    fn close(&mut self, fd: RawFd) -> io::Result<()> {
        if let Some(client) = self.clients[fd as usize].take() {
            // Before the number can mean another socket.
            self.poller.unregister(client.connection.stream().as_fd())?;
        }
        match self.resting {
            Some(_) => self.resume(),
            None => Ok(()),
        }
    }

    /// The shortest of what the caller allows and what is due here.
    fn at_most(&self, timeout: Option<Duration>) -> Option<Duration> {
        let due = self.resting.map_or(self.rounds, |end| end.min(self.rounds));
        let due = due.saturating_duration_since(self.now);
        Some(timeout.map_or(due, |timeout| timeout.min(due)))
    }

    /// Accepts again after a rest, and hangs up on clients that are idle.
    fn look_after(&mut self) -> io::Result<()> {
        if self.resting.is_some_and(|end| end <= self.now) {
            self.resume()?;
        }
        if self.now < self.rounds {
            return Ok(());
        }
        self.rounds = self.now + self.patience / 4;
        for fd in 0..self.clients.len() {
            let Some(client) = &self.clients[fd] else { continue };
            if self.now - client.seen >= self.patience {
                self.close(fd as RawFd)?;
            }
        }
        Ok(())
    }
}

fn code(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::Shutdown;

    use super::*;
    use crate::{HIGH, TURN};

    fn serve(clients: usize) -> (Server, Vec<TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = Server::new(listener, Mechanism::Epoll).unwrap();
        let clients = (0..clients)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect::<Vec<_>>();
        while server.connections().count() < clients.len() {
            server.turn(None).unwrap();
        }
        (server, clients)
    }

    #[test]
    fn who_neither_sends_nor_takes_anything_for_a_minute_is_hung_up_on() {
        let (mut server, mut clients) = serve(2);
        let idle = clients[0].local_addr().unwrap();
        for client in server.clients.iter_mut().flatten() {
            let who = client.connection.stream().peer_addr().unwrap();
            if who == idle {
                client.seen -= PATIENCE;
            }
        }
        server.rounds = Instant::now();

        server.turn(Some(Duration::ZERO)).unwrap();

        assert_eq!(server.connections().count(), 1);
        assert_eq!(clients[0].read(&mut [0; 1]).unwrap(), 0);
    }

    #[test]
    fn the_rounds_of_a_quiet_server_are_in_time() {
        let (mut server, _clients) = serve(1);
        server.rounds = Instant::now() + Duration::from_millis(5);
        let due = server.rounds;

        // Without a time-out, and with nobody who says a word.
        while server.rounds == due {
            server.turn(None).unwrap();
        }

        assert!(server.rounds > Instant::now());
    }

    #[test]
    fn who_has_finished_gets_what_is_queued_before_it_is_closed() {
        let (mut server, clients) = serve(1);
        let mut client = &clients[0];
        let mut sent = 0;
        while server.connections().all(|one| one.queued() == 0) {
            client.write_all(&[b'x'; TURN]).unwrap();
            sent += TURN;
            server.turn(None).unwrap();
        }
        client.shutdown(Shutdown::Write).unwrap();
        server.turn(Some(Duration::from_millis(100))).unwrap();

        let mut answer = Vec::new();
        client.set_nonblocking(true).unwrap();
        while server.connections().count() > 0 {
            let _ = client.read_to_end(&mut answer);
            server.turn(Some(Duration::from_millis(1))).unwrap();
        }
        client.read_to_end(&mut answer).unwrap();

        assert_eq!(answer.len(), sent);
    }

    #[test]
    fn a_queue_never_exceeds_its_mark_by_more_than_a_turn() {
        let (mut server, clients) = serve(1);
        clients[0].set_nonblocking(true).unwrap();
        let (mut most, mut idle) = (0, 0);
        while idle < 100 {
            let sent = (&clients[0]).write(&[b'x'; 1 << 20]);
            server.turn(Some(Duration::ZERO)).unwrap();
            let queued = server.connections().map(Connection::queued);
            most = most.max(queued.max().unwrap());
            idle = if sent.is_err() { idle + 1 } else { 0 };
        }

        assert!((HIGH..HIGH + TURN).contains(&most), "{most}");
    }
}
