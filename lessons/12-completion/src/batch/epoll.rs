//! The server of chapter 11, level-triggered, and its calls counted.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

use lesson_multiplexing::{Epoll, Interest, Poller};

use super::LENGTH;
use super::clients::Server;
use crate::scene::PATIENCE;

/// How many of which call.
#[derive(Default)]
pub struct Calls {
    /// epoll_wait
    pub waits: usize,
    /// recv
    pub recvs: usize,
    /// send
    pub sends: usize,
}

// ANCHOR: serve
/// Serves all rounds.
pub fn serve(server: &Server) -> io::Result<Calls> {
    let mut calls = Calls::default();
    let mut epoll = Epoll::new()?;
    for stream in &server.streams {
        epoll.register(stream.as_fd(), Interest::READ)?;
    }
    let mut events = Vec::new();
    let mut buffer = [0; LENGTH];
    for _ in 0..server.rounds() {
        server.there.recv().map_err(io::Error::other)?;
        calls.waits += 1;
        epoll.wait(Some(PATIENCE), &mut events)?;
        for event in &events {
            let is = |stream: &&Arc<TcpStream>| stream.as_raw_fd() == event.fd;
            let stream = server.streams.iter().find(is);
            let mut stream = &**stream.ok_or(io::ErrorKind::NotFound)?;
            calls.recvs += 1;
            let count = stream.read(&mut buffer)?;
            calls.sends += 1;
            stream.write_all(&buffer[..count])?;
        }
    }
    Ok(calls)
}
// ANCHOR_END: serve
