//! What is done for a request: the second of the three steps.
//!
//! Python's `StreamRequestHandler` and `DatagramRequestHandler` are classes of
//! which the server makes an object for each request. Here a handler is any
//! type with `handle`, and the server has a closure that makes one.

use std::io::{self, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::thread;

use crate::endpoint::{Caller, Datagram, Endpoint};

/// What a handler of connections gets: a TCP or a Unix stream.
pub trait Stream: Read + Write + AsFd {}

impl<T: Read + Write + AsFd> Stream for T {}

// ANCHOR: handlers
/// Serves one connection.
pub trait StreamHandler {
    /// Reads and writes as it likes. When it returns, the connection ends.
    ///
    /// # Errors
    /// Whatever ended it: the server tells it, and goes on.
    fn handle(&mut self, stream: &mut dyn Stream, peer: &str)
    -> io::Result<()>;
}

/// Answers one datagram.
pub trait DatagramHandler {
    /// The answer to `request`; an empty one isn't sent.
    ///
    /// # Errors
    /// Whatever went wrong: the server tells it, and goes on.
    fn handle(&mut self, request: &[u8]) -> io::Result<Vec<u8>>;
}
// ANCHOR_END: handlers

/// What fits together: a handler, and what its requests come from.
pub trait Handler<E: Endpoint> {
    /// Handles one request.
    ///
    /// # Errors
    /// Those of the handler.
    fn serve(&mut self, endpoint: &E, request: E::Request) -> io::Result<()>;
}

impl<H: StreamHandler> Handler<TcpListener> for H {
    fn serve(
        &mut self,
        _: &TcpListener,
        request: <TcpListener as Endpoint>::Request,
    ) -> io::Result<()> {
        let Caller { stream, peer } = request;
        self.handle(&mut &*stream, &peer)
    }
}

impl<H: StreamHandler> Handler<UnixListener> for H {
    fn serve(
        &mut self,
        _: &UnixListener,
        request: <UnixListener as Endpoint>::Request,
    ) -> io::Result<()> {
        let Caller { stream, peer } = request;
        self.handle(&mut &*stream, &peer)
    }
}

impl<H: DatagramHandler> Handler<UdpSocket> for H {
    fn serve(
        &mut self,
        socket: &UdpSocket,
        request: Datagram,
    ) -> io::Result<()> {
        let answer = self.handle(&request.bytes)?;
        if !answer.is_empty() {
            socket.send_to(&answer, request.from)?;
        }
        Ok(())
    }
}

// ANCHOR: echo
/// Sends back what comes, until the end.
///
/// After each answer it lets others go first: sched_yield(2). If there are
/// many on its core, the client's next words have come when it is its turn
/// again, and to read what is there costs less than to sleep and be woken:
/// `scripts/bench-socketserver`. If there are none, it goes on at once.
pub struct Echo;

impl StreamHandler for Echo {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                count => stream.write_all(&buffer[..count])?,
            }
            thread::yield_now();
        }
    }
}
// ANCHOR_END: echo

impl DatagramHandler for Echo {
    fn handle(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        Ok(request.to_vec())
    }
}

/// The same in capital letters, with an account of it: each handler has its
/// own, as the server makes one for each request.
#[derive(Default)]
pub struct Upper {
    /// Bytes that this handler has answered.
    pub answered: usize,
}

impl StreamHandler for Upper {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            let bytes = &mut buffer[..count];
            bytes.make_ascii_uppercase();
            stream.write_all(bytes)?;
            self.answered += count;
        }
    }
}

impl DatagramHandler for Upper {
    fn handle(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        self.answered += request.len();
        Ok(request.to_ascii_uppercase())
    }
}
