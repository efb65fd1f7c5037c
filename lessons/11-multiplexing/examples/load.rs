//! Asks an echo server as fast as it answers: for scripts/bench-multiplexing.
//!
//! ```text
//! load ADDRESS CONNECTIONS COUNT      prints how many answers came in a second
//! ```
//!
//! Each connection has one message of 64 bytes on its way, and sends the next
//! when it has come back. Edge-triggered, which is the cheapest for a client
//! that reads each message whole.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson_multiplexing::{Epoll, Interest, Poller};
use narrator::{During, Trouble, finish, line};

/// Bytes in each message.
const SIZE: usize = 64;
/// How long nothing may come.
const LIMIT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    finish("load", run())
}

fn run() -> Result<(), Trouble> {
    let (address, connections, count) = arguments()
        .ok_or(io::Error::from(ErrorKind::InvalidInput))
        .during("usage: load ADDRESS CONNECTIONS COUNT")?;
    let rate = rate(address, connections, count).during(address)?;
    line(format_args!("{rate:.0}"));
    Ok(())
}

fn arguments() -> Option<(SocketAddr, usize, usize)> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next()?.parse().ok()?;
    let connections = arguments.next()?.parse().ok()?;
    Some((address, connections, arguments.next()?.parse().ok()?))
}

/// Answers in a second, of so many.
fn rate(
    address: SocketAddr,
    connections: usize,
    count: usize,
) -> io::Result<f64> {
    let mut epoll = Epoll::edge_triggered()?;
    let mut clients: Vec<Option<Client>> = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        epoll.register(stream.as_fd(), Interest::READ)?;
        let fd = stream.as_raw_fd() as usize;
        clients.resize_with(clients.len().max(fd + 1), || None);
        clients[fd] = Some(Client { stream, came: 0 });
    }
    let began = Instant::now();
    for client in clients.iter().flatten() {
        client.send()?;
    }
    let (mut events, mut sent, mut answers) = (Vec::new(), connections, 0);
    // To the last one: a connection closed with an answer unread is reset.
    while answers < sent {
        epoll.wait(Some(LIMIT), &mut events)?;
        if events.is_empty() {
            return Err(ErrorKind::TimedOut.into());
        }
        for event in &events {
            let Some(client) = &mut clients[event.fd as usize] else {
                continue;
            };
            if !client.has_answer()? {
                continue;
            }
            answers += 1;
            if sent < count {
                sent += 1;
                client.send()?;
            }
        }
    }
    Ok(answers as f64 / began.elapsed().as_secs_f64())
}

struct Client {
    stream: TcpStream,
    /// Bytes of the answer so far.
    came: usize,
}

impl Client {
    /// A message is so small that it always goes out whole.
    fn send(&self) -> io::Result<()> {
        match (&self.stream).write(&[b'x'; SIZE])? {
            SIZE => Ok(()),
            _ => Err(ErrorKind::WriteZero.into()),
        }
    }

    /// Takes what has come: whether that makes a whole answer.
    fn has_answer(&mut self) -> io::Result<bool> {
        match self.stream.read(&mut [0; 2 * SIZE])? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => self.came += count,
        }
        let whole = self.came >= SIZE;
        self.came %= SIZE;
        Ok(whole)
    }
}
