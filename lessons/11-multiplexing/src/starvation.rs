//! Who drains a descriptor until EAGAIN serves it for as long as its peer
//! goes on sending. All others wait.
//!
//! "The solution is to maintain a ready list […], thereby allowing the
//! application to remember which files need to be processed but still round
//! robin amongst all the ready files" (epoll(7), "Possible pitfalls"). Each
//! turn, everybody on that list is read a bounded number of times.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Epoll, Interest, Poller};
use narrator::{line, say};

/// What the busy client sends in all, message by message.
const MESSAGES: usize = 500;
/// How many of them are on their way at any time.
const AHEAD: usize = 64;
const MESSAGE: [u8; 16] = [b'x'; 16];
/// How often a client is read before it is the next one's turn.
const BUDGET: usize = 16;

/// Three ways to read from two clients.
pub fn run() -> io::Result<()> {
    line("edge-triggered, until EAGAIN");
    Server::new()?.run(usize::MAX, true)?;
    line("");
    line(format_args!("edge-triggered, {BUDGET} reads at a turn"));
    Server::new()?.run(BUDGET, true)?;
    line("");
    line("the same, without a list of who isn't done");
    Server::new()?.run(BUDGET, false)
}

/// A server of two clients, and those clients.
struct Server {
    poller: Epoll,
    busy: UnixStream,
    quiet: UnixStream,
    busy_peer: UnixStream,
    _quiet_peer: UnixStream,
    /// How many messages the busy client has sent, and we have read.
    sent: usize,
    read: usize,
}

impl Server {
    /// Both clients have sent something, the busy one first.
    fn new() -> io::Result<Self> {
        let (busy, mut busy_peer) = UnixStream::pair()?;
        let (quiet, mut quiet_peer) = UnixStream::pair()?;
        let mut poller = Epoll::edge_triggered()?;
        for socket in [&busy, &quiet] {
            socket.set_nonblocking(true)?;
            poller.register(socket.as_fd(), Interest::READ)?;
        }
        for _ in 0..AHEAD {
            busy_peer.write_all(&MESSAGE)?;
        }
        quiet_peer.write_all(&MESSAGE)?;
        let (sent, read, _quiet_peer) = (AHEAD, 0, quiet_peer);
        Ok(Server { poller, busy, quiet, busy_peer, _quiet_peer, sent, read })
    }

    // ANCHOR: turns
    /// Serves until nobody has anything more. `list`: whether it remembers
    /// who isn't done when the budget is.
    fn run(mut self, budget: usize, list: bool) -> io::Result<()> {
        let mut events = Vec::new();
        let mut ready = VecDeque::new();
        loop {
            // With somebody on the list, look who else there is, and go on.
            self.poller.wait(Some(Duration::ZERO), &mut events)?;
            for event in &events {
                if !ready.contains(&event.fd) {
                    ready.push_back(event.fd);
                }
            }
            if ready.is_empty() {
                break;
            }
            for _ in 0..ready.len() {
                let Some(fd) = ready.pop_front() else { break };
                let done = self.serve(fd == self.busy.as_raw_fd(), budget)?;
                // No edge will tell of it again: it comes to the end of the
                // list, behind all others.
                if list && !done {
                    ready.push_back(fd);
                }
            }
        }
        self.end()
    }
    // ANCHOR_END: turns

    /// Reads one client, at most `budget` times. Whether it is drained.
    fn serve(&mut self, busy: bool, budget: usize) -> io::Result<bool> {
        let socket = if busy { &mut self.busy } else { &mut self.quiet };
        for _ in 0..budget {
            match socket.read(&mut [0; MESSAGE.len()]) {
                Ok(_) if busy => {
                    self.read += 1;
                    // The busy client sends faster than we read.
                    if self.sent < MESSAGES {
                        self.busy_peer.write_all(&MESSAGE)?;
                        self.sent += 1;
                    }
                }
                Ok(_) => {
                    let reads = self.read;
                    say(
                        "quiet",
                        "served",
                        format_args!("after {reads} reads of busy"),
                    );
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    return Ok(true);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn end(self) -> io::Result<()> {
        let (read, sent) = (self.read, self.sent);
        say("busy", "served", format_args!("{read} of {sent} messages"));
        if read < sent {
            let left = sent - read;
            let what = "wait, and no edge will tell of them";
            say("busy", "stuck", format_args!("{left} messages {what}"));
        }
        Ok(())
    }
}
