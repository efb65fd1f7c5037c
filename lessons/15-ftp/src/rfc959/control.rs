//! The control connection: lines in, replies out, and an ear for it while
//! bytes go over the other one.
//!
//! A client that wants to stop a transfer says ABOR on the control connection
//! while the data connection is busy: RFC 959, section 4.1.3. So whoever waits
//! for the data connection waits for both.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use lesson_framing::Status;
use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{MsgFlags, recv};

use super::{LONGEST, Lines, Refusal, Reply};
use crate::hang_up::left;

/// The peer says no more: POLLRDHUP, poll(2). nix has no name for it.
const HUNG_UP: PollFlags = PollFlags::from_bits_retain(libc::POLLRDHUP);

/// What happens in a session, for whoever wants to tell of it.
#[derive(Debug)]
pub enum Event<'a> {
    /// A line has come.
    Heard(&'a [u8]),
    /// A reply has been sent.
    Said(&'a Reply),
    /// There is a listener for one data connection.
    Listens(SocketAddr),
    /// The client has connected to it: the address of its end.
    Accepted(SocketAddr),
    /// Somebody else has, and was turned away.
    Stranger(SocketAddr),
    /// So many bytes of a file or a listing were sent.
    Sent(u64),
    /// So many bytes of a file were received.
    Received(u64),
    /// This end of the data connection was closed.
    Closed,
}

/// Gets every [`Event`].
pub type Teller<'a> = Box<dyn FnMut(Event<'_>) + 'a>;

/// A line, or why it is none.
type Line = Result<Vec<u8>, Refusal>;

/// Why no more bytes go over the data connection.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The client has said ABOR.
    Aborted,
    /// Nothing moved for too long.
    Stalled,
    /// The system has ended it: ECONNRESET, EPIPE.
    System(io::Error),
    /// The file has become shorter than it was.
    Shorter,
    /// The file's disk took no more.
    Disk(io::Error),
}

impl From<Errno> for Broken {
    fn from(errno: Errno) -> Self {
        Broken::System(errno.into())
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken::System(error)
    }
}

pub(crate) struct Control<'a> {
    stream: TcpStream,
    lines: Lines,
    tell: Teller<'a>,
    /// The client says no more, or this server shall hear no more.
    ended: bool,
}

impl<'a> Control<'a> {
    pub(crate) fn new(stream: TcpStream, tell: Teller<'a>) -> Self {
        Control { stream, lines: Lines::default(), tell, ended: false }
    }

    pub(crate) fn tell(&mut self, event: Event<'_>) {
        (self.tell)(event);
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// The next line; `None` when the client has finished.
    pub(crate) fn line(&mut self, idle: Duration) -> io::Result<Option<Line>> {
        self.stream.set_read_timeout(Some(idle))?;
        let mut piece = [0; 1024];
        loop {
            if let Status::Complete(line) = self.lines.take() {
                let shown = line.as_deref().unwrap_or(b"?");
                (self.tell)(Event::Heard(shown));
                return Ok(Some(line));
            }
            match (&self.stream).read(&mut piece) {
                Ok(0) => return Ok(None),
                Ok(count) => self.lines.push(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn say(&mut self, reply: &Reply) -> io::Result<()> {
        (&self.stream).write_all(reply.to_string().as_bytes())?;
        self.tell(Event::Said(reply));
        Ok(())
    }

    // ANCHOR: wait
    /// Waits until the data connection is ready: `poll(2)` on both.
    pub(crate) fn wait(
        &mut self,
        data: BorrowedFd<'_>,
        ready: PollFlags,
        end: Instant,
    ) -> Result<(), Broken> {
        loop {
            let control = self.stream.as_fd();
            let mut both = vec![PollFd::new(data, ready)];
            if !self.ended {
                both.push(PollFd::new(control, self.interest()));
            }
            match poll(&mut both, left(end)) {
                Err(Errno::EINTR) => continue,
                Ok(0) if Instant::now() >= end => return Err(Broken::Stalled),
                other => other?,
            };
            // `None`: bits without a name, such as POLLRDHUP.
            let any = |it: &PollFd<'_>| it.any().unwrap_or(true);
            let (data, control) = (any(&both[0]), both.get(1).is_some_and(any));
            if control {
                self.hear();
            }
            if self.lines.peek().is_some_and(is_abor) {
                return Err(Broken::Aborted);
            }
            if data {
                return Ok(());
            }
        }
    }

    /// Other commands wait their turn, in the kernel's buffer if there are
    /// many: an ear for their end is enough then.
    fn interest(&self) -> PollFlags {
        match self.lines.waiting() <= LONGEST {
            true => PollFlags::POLLIN | HUNG_UP,
            false => HUNG_UP,
        }
    }
    // ANCHOR_END: wait

    /// Takes what has come, if anything.
    fn hear(&mut self) {
        if !self.interest().contains(PollFlags::POLLIN) {
            self.ended = true;
            return;
        }
        let mut piece = [0; 1024];
        let fd = self.stream.as_raw_fd();
        match recv(fd, &mut piece, MsgFlags::MSG_DONTWAIT) {
            Ok(count) if count > 0 => self.lines.push(&piece[..count]),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            // The end, or an error, which the next reply will meet.
            _ => self.ended = true,
        }
    }

    /// Whether the client ends this connection within a time.
    pub(crate) fn ends(&self, within: Duration) -> bool {
        let end = Instant::now() + within;
        let control = self.stream.as_fd();
        let mut watched = [PollFd::new(control, HUNG_UP)];
        loop {
            match poll(&mut watched, left(end)) {
                Err(Errno::EINTR) => {}
                other => return other.is_ok_and(|it| it > 0),
            }
        }
    }
}

fn is_abor(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"ABOR")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    use support::peer::connection;

    /// For waits that a test wants to see the end of.
    const SHORT: Duration = Duration::from_millis(100);

    /// Waits for a data connection that stays silent.
    fn waited(control: &mut Control<'_>) {
        let (_other, data) = connection().unwrap();
        let end = Instant::now() + SHORT;
        let told = control.wait(data.as_fd(), PollFlags::POLLIN, end);
        assert!(matches!(told, Err(Broken::Stalled)), "{told:?}");
    }

    fn control(server: TcpStream) -> Control<'static> {
        Control::new(server, Box::new(|_| {}))
    }

    #[test]
    fn a_line_without_end_in_a_transfer_stays_with_the_kernel() {
        let (mut client, server) = connection().unwrap();
        client.write_all(&[b'a'; 20 * LONGEST]).unwrap();
        let mut control = control(server);

        waited(&mut control);

        assert!(control.lines.waiting() <= LONGEST + 1024);
    }

    #[test]
    fn a_client_that_has_gone_is_not_listened_to_in_circles() {
        for bytes in [0, 20 * LONGEST] {
            let (mut client, server) = connection().unwrap();
            client.write_all(&vec![b'a'; bytes]).unwrap();
            drop(client);
            let mut control = control(server);
            let used = || {
                let usage = getrusage(UsageWho::RUSAGE_THREAD).unwrap();
                let all = usage.user_time() + usage.system_time();
                Duration::from_micros(all.num_microseconds() as u64)
            };
            let before = used();

            waited(&mut control);

            let busy = used() - before;
            assert!(busy < SHORT / 5, "{bytes} bytes: busy for {busy:?}");
        }
    }
}
