//! Three clients and one thread, which waits for all of them at once:
//! select(2), poll(2), epoll(7).
//!
//! The loop is always the same: wait, and for each descriptor that is ready
//! do one thing that doesn't wait. One thread plays the server and the three
//! clients, so the order is the story's.
//!
//! What this loop lacks is a place for the bytes that a send doesn't take:
//! `connection.rs` has one.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use lesson_multiplexing::{Event, Interest, Mechanism, Poller};
use narrator::{During, say};

use crate::stage::{LIMIT, LOOPBACK, settled, wait};

/// The story, from an idle server to an idle server.
pub fn run(with: Mechanism) -> io::Result<()> {
    let mut server = Server::open(with)?;
    server.turn(Duration::ZERO)?;

    let mut alice = server.called_by("alice")?;
    server.turn(LIMIT)?;
    let mut bob = server.called_by("bob")?;
    alice.send("hello")?;
    server.settled("alice")?;
    server.turn(LIMIT)?;
    alice.recv()?;

    let mut carol = server.called_by("carol")?;
    server.turn(LIMIT)?;
    bob.send("one")?;
    server.settled("bob")?;
    carol.send("two")?;
    server.settled("carol")?;
    server.turn(LIMIT)?;
    bob.recv()?;
    carol.recv()?;

    alice.close();
    server.turn(LIMIT)?;
    server.turn(Duration::ZERO)
}

struct Server {
    listener: TcpListener,
    poller: Box<dyn Poller>,
    /// From a descriptor to its connection.
    clients: HashMap<RawFd, Connection>,
    /// Who has called, and is to be accepted.
    callers: Vec<&'static str>,
}

struct Connection {
    name: &'static str,
    stream: TcpStream,
}

impl Server {
    // ANCHOR: open
    fn open(with: Mechanism) -> io::Result<Self> {
        let listener = TcpListener::bind(LOOPBACK)?;
        listener.set_nonblocking(true)?;
        say("server", "listen", listener.local_addr()?);

        let mut poller = with.poller()?;
        poller.register(listener.as_fd(), Interest::READ)?;
        say("server", "register", "the listener, for reading");
        let (clients, callers) = (HashMap::new(), Vec::new());
        Ok(Server { listener, poller, clients, callers })
    }
    // ANCHOR_END: open

    // ANCHOR: turn
    /// One turn of the loop.
    fn turn(&mut self, limit: Duration) -> io::Result<()> {
        let mut events = Vec::new();
        wait(self.poller.as_mut(), limit, &mut events)?;
        self.tell(&events);
        for Event { fd, ready } in events {
            if fd == self.listener.as_raw_fd() {
                self.accept()?;
            } else if ready.can_read() {
                self.serve(fd)?;
            }
        }
        Ok(())
    }

    /// A listener that doesn't wait is asked until it has no more.
    fn accept(&mut self) -> io::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) => return Err(e),
            };
            stream.set_nonblocking(true)?;
            self.poller.register(stream.as_fd(), Interest::READ)?;
            let name = self.callers.pop().ok_or(ErrorKind::NotFound)?;
            say("server", "accept", format_args!("{name}, to be watched, too"));
            let fd = stream.as_raw_fd();
            self.clients.insert(fd, Connection { name, stream });
        }
    }

    fn serve(&mut self, fd: RawFd) -> io::Result<()> {
        let client = self.clients.get_mut(&fd).ok_or(ErrorKind::NotFound)?;
        let mut buffer = [0; 1024];
        let count = client.stream.read(&mut buffer)?;
        let name = client.name;
        if count == 0 {
            say("server", "recv", format_args!("{name}: 0 bytes, the end"));
            return self.close(fd);
        }
        let data = &buffer[..count];
        let text = data.escape_ascii();
        say("server", "recv", format_args!("{name}: \"{text}\""));
        // A few bytes always find room. A megabyte may not.
        client.stream.write_all(data)?;
        say("server", "send", format_args!("{name}: the same"));
        Ok(())
    }

    fn close(&mut self, fd: RawFd) -> io::Result<()> {
        let client = self.clients.remove(&fd).ok_or(ErrorKind::NotFound)?;
        self.poller.unregister(client.stream.as_fd())?;
        say(
            "server",
            "close",
            format_args!("{}: unwatched first", client.name),
        );
        Ok(())
    }
    // ANCHOR_END: turn

    fn tell(&self, events: &[Event]) {
        let name = |event: &Event| match self.clients.get(&event.fd) {
            Some(client) => client.name,
            None => "the listener",
        };
        let names: Vec<_> = events.iter().map(name).collect();
        say(
            "server",
            "wait",
            match names.len() {
                0 => "nobody is ready".to_string(),
                1 => format!("{} is ready", names[0]),
                _ => format!("{} are ready", names.join(" and ")),
            },
        );
    }

    /// A client that has connected, and that the server can accept.
    fn called_by(&mut self, name: &'static str) -> io::Result<Client> {
        let address = self.listener.local_addr()?;
        let client = Client::call(name, address)?;
        self.callers.push(name);
        settled(&self.listener)?;
        Ok(client)
    }

    /// What a client has sent is there to be read.
    fn settled(&self, name: &str) -> io::Result<()> {
        let client = self.clients.values().find(|client| client.name == name);
        settled(&client.ok_or(ErrorKind::NotFound)?.stream)
    }
}

struct Client {
    name: &'static str,
    stream: TcpStream,
}

impl Client {
    fn call(name: &'static str, server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).during("connect")?;
        stream.set_read_timeout(Some(LIMIT))?;
        say(name, "connect", "to the server");
        Ok(Client { name, stream })
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())?;
        say(self.name, "send", format_args!("\"{text}\""));
        Ok(())
    }

    fn recv(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1024];
        let count = self.stream.read(&mut buffer)?;
        let text = buffer[..count].escape_ascii();
        say(self.name, "recv", format_args!("\"{text}\""));
        Ok(())
    }

    fn close(self) {
        drop(self.stream);
        say(self.name, "close", "nothing more to say");
    }
}
