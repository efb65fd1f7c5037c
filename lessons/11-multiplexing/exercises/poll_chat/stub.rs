//! Serve a chat on one thread, with poll.
//!
//! What one client says, all the others hear. One thread serves them all, so
//! it may wait in one place only, in poll(2), and for nobody in particular.
//! Write the turn of its loop: ask poll who is ready, serve those, return.
//!
//! - Whoever connects is in. Somebody who says nothing is no trouble.
//! - A line ends with `\n`. It goes to all the others whole, as it came, with
//!   its `\n`, and not back. Clients send half a line, or three at once, in
//!   whatever bytes they like.
//! - A client that has closed or reset its connection is gone. What it said
//!   before is heard; half a line isn't. Nobody else notices.
//! - A client is removed when it has sent more than [`LIMIT`] bytes of a line,
//!   the `\n` among them. Nothing of that line is heard.
//! - A client is removed when a line can't be written to it whole without
//!   waiting: it doesn't read. (The exercise `slow_reader` is more patient.)
//! - Nothing that a client does is an error of the turn, and a signal (EINTR)
//!   isn't either. Where nobody is ready, it ends when the time is over.
//!
//! The calls: `nix::poll::poll` takes a list of `PollFd::new(fd.as_fd(),
//! PollFlags::POLLIN)`, and `any()` tells afterwards whether anything came of
//! one, be it POLLIN, POLLHUP or POLLERR. Make the list anew for each turn.
//! A socket that is accepted waits in `read` and `write`, unless you change
//! that: `set_nonblocking`.
//!
//! Check it: `cargo workbook check poll_chat`
//!
//! Read chapter 11, "poll" and "Properties of multiplexing".

use std::io;
use std::net::{TcpListener, TcpStream};

use nix::poll::PollTimeout;

/// The longest line, in bytes, with its `\n`.
pub const LIMIT: usize = 512;

/// Somebody who is in the chat.
struct Client {
    stream: TcpStream,
    /// What has come of a line that isn't complete yet.
    line: Vec<u8>,
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
        todo!("the list, poll; then who has come, who has said something")
    }
}
