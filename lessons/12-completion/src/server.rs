//! An echo server on one thread, without a call that waits for one client.
//!
//! Each connection has one operation in the kernel's hands, a recv or a send,
//! and a time limit linked to it. All of them are submitted and waited for by
//! the same call, so under load one call serves many clients.
//!
//! ```text
//! accept ─→ recv ─ n bytes ─→ send ─ all sent ─→ recv …
//!             └─ 0 bytes, an error, or 60 s: close
//! ```

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lesson_completion::{Completion, Entry, Operation, Ring, Rings};
use narrator::{During, Trouble, explain, line, say};

/// Clients served at once.
const CLIENTS: usize = 64;

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to rest when a call fails for want of memory or descriptors.
const REST: Duration = Duration::from_millis(100);

/// What is received at once.
const LENGTH: usize = 16 * 1024;

/// The user_data of the accept, and of the rest that it takes.
const ACCEPT: u64 = u64::MAX;
const RESTED: u64 = u64::MAX - 1;

/// Serves clients at `address` until the process is stopped.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    // Two entries for each client, and some for the accept.
    let ring = Ring::new(4 * CLIENTS as u32).map_err(io::Error::from);
    let ring = ring.during("make a ring")?;
    let bound = TcpListener::bind(address);
    let listener = bound.during(format_args!("bind {address}"))?;
    let address = listener.local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    let (listener, clients) = (Arc::new(listener), Vec::new());
    Server { ring, listener, clients }.serve().during("serve")
}

/// The ring, and what the completions are about.
struct Server {
    ring: Ring,
    listener: Arc<TcpListener>,
    /// A client's place is its user_data: twice its number, and one more for
    /// the time limit.
    clients: Vec<Option<Client>>,
}

/// A client whose operation is in the kernel's hands.
struct Client {
    stream: Arc<TcpStream>,
    /// How many completions are to come: of the operation and of its limit.
    open: usize,
    /// What is to be done next, once they have come.
    next: Option<Operation>,
    echoed: usize,
}

impl Server {
    // ANCHOR: serve
    fn serve(mut self) -> io::Result<()> {
        self.accept()?;
        loop {
            // Submits whatever has been pushed, and waits: one call.
            if let Err(error) = self.ring.submit_and_wait(1, None) {
                // EAGAIN, EBUSY: want of memory, or of room for completions.
                eprintln!("io_uring_enter: {}", explain(&error));
                thread::sleep(REST);
            }
            while let Some(done) = self.ring.reap() {
                match done.user_data {
                    ACCEPT => self.welcome(done)?,
                    RESTED => self.accept()?,
                    _ => self.go_on(done)?,
                }
            }
        }
    }
    // ANCHOR_END: serve

    fn accept(&mut self) -> io::Result<()> {
        let accept = Operation::Accept(Arc::clone(&self.listener));
        self.push([Entry::new(ACCEPT, accept)])
    }

    /// A client has come, or none could.
    fn welcome(&mut self, done: Completion) -> io::Result<()> {
        match (done.result, done.opened) {
            (Ok(_), Some(_)) if self.count() >= CLIENTS => {
                say("server", "close", "a client: full house");
            }
            (Ok(_), Some(socket)) => {
                say("server", "accept", "a client");
                let stream = Arc::new(TcpStream::from(socket));
                let next =
                    Some(Operation::Recv(Arc::clone(&stream), vec![0; LENGTH]));
                let client = Client { stream, open: 0, next, echoed: 0 };
                let place = self.place();
                self.clients[place] = Some(client);
                self.start(place)?;
            }
            // accept(2): an error may be that of the connection, or want of
            // memory or descriptors. Neither is a reason to stop serving.
            (Err(error), _) => {
                eprintln!("accept: {}", explain(&error));
                return self
                    .push([Entry::new(RESTED, Operation::Timeout(REST))]);
            }
            (Ok(_), None) => {}
        }
        self.accept()
    }

    fn count(&self) -> usize {
        self.clients.iter().flatten().count()
    }

    /// The lowest number that no client has.
    fn place(&mut self) -> usize {
        let free = self.clients.iter().position(Option::is_none);
        free.unwrap_or_else(|| {
            self.clients.push(None);
            self.clients.len() - 1
        })
    }

    // ANCHOR: go_on
    /// Takes one of a client's two completions. After both, what is next
    /// begins, or the connection ends.
    fn go_on(&mut self, done: Completion) -> io::Result<()> {
        let place = (done.user_data / 2) as usize;
        let known = self.clients.get_mut(place).and_then(Option::as_mut);
        let Some(client) = known else { return Ok(()) };
        client.open -= 1;
        let ended = client.takes(done);
        if let Some(why) = ended {
            say("server", "close", format_args!("a client: {why}"));
        }
        match (client.open, &client.next) {
            (0, Some(_)) => self.start(place),
            (0, None) => {
                self.clients[place] = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }
    // ANCHOR_END: go_on

    /// Submits what is next for a client, and its limit.
    fn start(&mut self, place: usize) -> io::Result<()> {
        let Some(client) = &mut self.clients[place] else { return Ok(()) };
        let Some(operation) = client.next.take() else { return Ok(()) };
        client.open = 2;
        let user_data = 2 * place as u64;
        self.push([
            Entry::new(user_data, operation).linked(),
            Entry::new(user_data + 1, Operation::LinkTimeout(PATIENCE)),
        ])
    }

    /// Pushes entries that belong together, in the same submission.
    fn push<const N: usize>(&mut self, entries: [Entry; N]) -> io::Result<()> {
        if self.ring.room() < N {
            self.ring.submit()?;
        }
        for entry in entries {
            self.ring.push(entry)?;
        }
        Ok(())
    }
}

impl Client {
    /// Decides what is next. Why the connection has come to its end, if so.
    fn takes(&mut self, done: Completion) -> Option<String> {
        let count = match (done.result, &done.operation) {
            // ETIME or ECANCELED: the operation itself says what happened.
            (_, Operation::LinkTimeout(_)) => return None,
            (Err(error), _) => return Some(explain(&error)),
            (Ok(count), _) => count,
        };
        let stream = Arc::clone(&self.stream);
        self.next = Some(match done.operation {
            Operation::Recv(..) if count == 0 => {
                return Some(format!("{} bytes echoed", self.echoed));
            }
            Operation::Recv(_, mut buffer) => {
                buffer.truncate(count);
                Operation::Send(stream, buffer)
            }
            Operation::Send(_, mut buffer) => {
                self.echoed += count;
                buffer.drain(..count);
                match buffer.is_empty() {
                    true => {
                        buffer.resize(LENGTH, 0);
                        Operation::Recv(stream, buffer)
                    }
                    // The kernel had room for a part of it.
                    false => Operation::Send(stream, buffer),
                }
            }
            _ => return None,
        });
        None
    }
}
