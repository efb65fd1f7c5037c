//! Rejected by: several_lines_come_in_one_piece
//!
//! An empty line says nothing.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// The longest line, in bytes, with its `\n`.
pub const LIMIT: usize = 512;

/// Somebody who is in the chat.
struct Client {
    stream: TcpStream,
    /// What has come of a line that isn't complete yet.
    line: Vec<u8>,
    /// Is to be removed.
    gone: bool,
}

/// The chat.
pub struct Chat {
    listener: TcpListener,
    clients: Vec<Client>,
}

impl Chat {
    /// Nobody is in yet.
    pub fn new(listener: TcpListener) -> io::Result<Self> {
        // Somebody who was there when poll looked may be gone at `accept`.
        listener.set_nonblocking(true)?;
        Ok(Chat { listener, clients: Vec::new() })
    }

    /// How many are in.
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// Waits until somebody is ready, `timeout` at most, and serves whoever
    /// is.
    pub fn turn(&mut self, timeout: PollTimeout) -> io::Result<()> {
        let ready = self.who_is_ready(timeout)?;
        for (index, _) in ready.iter().enumerate().filter(|(_, is)| **is) {
            match index.checked_sub(1) {
                None => self.accept(),
                Some(client) => self.listen_to(client),
            }
        }
        self.clients.retain(|client| !client.gone);
        Ok(())
    }

    /// The listener first, then the clients in their order.
    fn who_is_ready(&self, timeout: PollTimeout) -> io::Result<Vec<bool>> {
        let sockets = self.clients.iter().map(|client| client.stream.as_fd());
        let sockets = std::iter::once(self.listener.as_fd()).chain(sockets);
        let mut list: Vec<_> =
            sockets.map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut list, timeout) {
            // "A signal occurred before any requested event", poll(2).
            Err(Errno::EINTR) => return Ok(Vec::new()),
            other => other?,
        };
        Ok(list.iter().map(|fd| fd.any() != Some(false)).collect())
    }

    fn accept(&mut self) {
        // One that is gone already is no trouble of ours.
        let Ok((stream, _)) = self.listener.accept() else { return };
        let gone = stream.set_nonblocking(true).is_err();
        self.clients.push(Client { stream, line: Vec::new(), gone });
    }

    fn listen_to(&mut self, index: usize) {
        let mut bytes = [0; 4096];
        match self.clients[index].stream.read(&mut bytes) {
            Ok(0) => self.clients[index].gone = true,
            Ok(count) => self.hear(index, &bytes[..count]),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted => {}
                _ => self.clients[index].gone = true,
            },
        }
    }

    fn hear(&mut self, index: usize, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let client = &mut self.clients[index];
            client.line.extend(piece);
            if client.line.len() > LIMIT {
                client.gone = true;
                return;
            }
            if client.line.ends_with(b"\n") {
                let line = std::mem::take(&mut client.line);
                if line.len() > 1 {
                    self.tell_others(index, &line);
                }
            }
        }
    }

    fn tell_others(&mut self, speaker: usize, line: &[u8]) {
        let others = self.clients.iter_mut().enumerate();
        for (_, other) in others.filter(|(index, _)| *index != speaker) {
            let whole = |count| count == line.len();
            if !other.gone && !other.stream.write(line).is_ok_and(whole) {
                other.gone = true;
            }
        }
    }
}
