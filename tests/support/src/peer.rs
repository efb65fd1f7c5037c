//! Hostile peers: everything the network may do to a reader or a writer.
//!
//! [`Pieces`] is a reader whose every `read` gives one piece; [`Narrow`] is a
//! writer that takes a few bytes a time; [`Duplex`] is both. For what only a
//! real socket can do (a reset, a stall, a half-close) there is
//! [`connection`] and [`reset`]; [`hears`] is what its peer expects.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc::{IPPROTO_TCP, TCP_INFO};
use socket2::{Domain, SockRef, Socket, Type};

use crate::check::{Broken, Log, Show, give_up};
use crate::sockopt;
use crate::tcp_table::{Queues, State, Wanted, find};

/// After so many fruitless calls in a row a peer takes it that the caller
/// will never stop.
const FRUITLESS: usize = 1_000;

/// A reader that gives one piece per `read`, then ends.
///
/// A piece that doesn't fit the caller's buffer is given in several reads.
/// The end is read as 0 bytes, again and again; whoever never stops reading
/// it fails the check.
pub struct Pieces {
    steps: VecDeque<Step>,
    ends: usize,
    reads: Arc<Mutex<usize>>,
}

enum Step {
    Bytes(Vec<u8>),
    Error(ErrorKind),
}

impl Pieces {
    /// Gives these pieces, one per read.
    pub fn of<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Self {
        let bytes = |piece: P| Step::Bytes(piece.as_ref().to_vec());
        let steps = pieces.into_iter().map(bytes).collect();
        Pieces { steps, ends: 0, reads: Arc::default() }
    }

    /// Gives the bytes one at a time.
    pub fn single(bytes: impl AsRef<[u8]>) -> Self {
        Pieces::of(bytes.as_ref().chunks(1))
    }

    /// Fails once with this error after the pieces so far; more may follow
    /// by [`Pieces::then`].
    pub fn then_error(mut self, kind: ErrorKind) -> Self {
        self.steps.push_back(Step::Error(kind));
        self
    }

    /// Goes on with one more piece.
    pub fn then(mut self, piece: impl AsRef<[u8]>) -> Self {
        self.steps.push_back(Step::Bytes(piece.as_ref().to_vec()));
        self
    }

    /// A counter of the reads so far, the one that found the end included.
    pub fn reads(&self) -> Arc<Mutex<usize>> {
        Arc::clone(&self.reads)
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        *self.reads.lock().unwrap_or_else(|e| e.into_inner()) += 1;
        match self.steps.pop_front() {
            None => {
                self.ends += 1;
                if self.ends > FRUITLESS {
                    give_up("read goes on after the end: 0 bytes, for ever");
                }
                Ok(0)
            }
            Some(Step::Error(kind)) => Err(kind.into()),
            Some(Step::Bytes(mut piece)) => {
                let taken = piece.len().min(buffer.len());
                buffer[..taken].copy_from_slice(&piece[..taken]);
                if taken < piece.len() {
                    self.steps.push_front(Step::Bytes(piece.split_off(taken)));
                }
                Ok(taken)
            }
        }
    }
}

/// A writer that takes at most `width` bytes a call, as a full send buffer
/// does, and keeps what it took. Whoever never stops writing although
/// nothing is taken fails the check.
pub struct Narrow {
    width: usize,
    fruitless: usize,
    room: usize,
    then: Option<ErrorKind>,
    interruptions: usize,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Narrow {
    /// Takes at most `width` bytes a call.
    pub fn new(width: usize) -> Self {
        Narrow {
            width,
            fruitless: 0,
            room: usize::MAX,
            then: None,
            interruptions: 0,
            taken: Arc::default(),
        }
    }

    /// Fails with `kind` once `room` bytes have been taken.
    pub fn failing_after(mut self, room: usize, kind: ErrorKind) -> Self {
        (self.room, self.then) = (room, Some(kind));
        self
    }

    /// Takes nothing more, `Ok(0)`, once `room` bytes have been taken.
    pub fn full_after(mut self, room: usize) -> Self {
        (self.room, self.then) = (room, None);
        self
    }

    /// Is interrupted by a signal (EINTR) on the first `times` calls.
    pub fn interrupted(mut self, times: usize) -> Self {
        self.interruptions = times;
        self
    }

    /// What has been taken so far.
    pub fn taken(&self) -> Arc<Mutex<Vec<u8>>> {
        Arc::clone(&self.taken)
    }
}

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.interruptions > 0 {
            self.interruptions -= 1;
            return Err(ErrorKind::Interrupted.into());
        }
        let count = bytes.len().min(self.width).min(self.room);
        if count == 0 {
            self.fruitless += 1;
            if self.fruitless > FRUITLESS {
                give_up("write goes on although nothing is taken, for ever");
            }
            let failed = self.then.filter(|_| !bytes.is_empty());
            return failed.map_or(Ok(0), |kind| Err(kind.into()));
        }
        self.fruitless = 0;
        self.room -= count;
        let mut taken = self.taken.lock().unwrap_or_else(|e| e.into_inner());
        taken.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Both directions of a connection: what comes from the peer, and what the
/// peer takes.
pub struct Duplex {
    /// What the learner's code reads.
    pub from: Pieces,
    /// Where the learner's code writes.
    pub to: Narrow,
}

impl Read for Duplex {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl Write for Duplex {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// How long a peer of the checks waits for the learner's code.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// A listener on a free port of the loopback address.
pub fn listener() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}

/// Two ends of one TCP connection on loopback. The first is the peer's and
/// never waits longer than [`PATIENCE`]; the second is the learner's.
pub fn connection() -> io::Result<(TcpStream, TcpStream)> {
    let listener = listener()?;
    let peer = client(listener.local_addr()?)?;
    let (learner, _) = listener.accept()?;
    Ok((peer, learner))
}

/// Connects to the learner's server and never waits longer than
/// [`PATIENCE`] for it.
pub fn client(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Closes a connection with RST instead of FIN: SO_LINGER with a time of
/// zero, socket(7).
pub fn reset(stream: TcpStream) -> io::Result<()> {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))
}

/// Waits until the other end has read all that was sent on `stream`, so that
/// what is sent next must come by another read.
///
/// The kernel tells, [`find`]. Fails with `TimedOut` when the other
/// end has not read for [`PATIENCE`].
pub fn is_read(stream: &TcpStream) -> io::Result<()> {
    let (here, there) = (stream.local_addr()?, stream.peer_addr()?);
    let end_of = |local, remote| {
        let (local, remote) = (Some(local), Some(remote));
        find(Wanted { local, remote, state: State::Any })
    };
    let mut arrived = false;
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let Some(Queues { unread, .. }) = end_of(there, here)? else {
            return Ok(()); // The other end has closed its socket.
        };
        // It must have arrived before this look: the sender is looked at
        // next.
        if arrived && unread == 0 {
            return Ok(());
        }
        let sender = end_of(here, there)?;
        let acknowledged = sender.is_some_and(|queues| queues.unsent == 0);
        arrived = arrived || unread > 0 || acknowledged;
        thread::yield_now();
    }
    Err(io::Error::new(ErrorKind::TimedOut, "what was sent is not read"))
}

/// Waits until so many bytes have arrived at this end and wait to be read.
///
/// A send on loopback may return before they have. Fails with `TimedOut` when
/// they don't come for [`PATIENCE`].
pub fn arrives(stream: &TcpStream, count: usize) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    let mut room = vec![0; count];
    while Instant::now() < end {
        match stream.peek(&mut room) {
            Ok(waiting) if waiting == count => return Ok(()),
            Err(error) if error.kind() != ErrorKind::WouldBlock => {
                return Err(error);
            }
            _ => thread::yield_now(),
        }
    }
    Err(io::Error::new(ErrorKind::TimedOut, "what was sent doesn't arrive"))
}

/// Whether a listener is open at `address`: asking by a connection would make
/// a client of the one who asks.
pub fn listens(address: SocketAddr) -> io::Result<bool> {
    is(Some(address), None, State::Listen)
}

/// Whether a connection that was closed here first, at `address`, still waits
/// in TIME-WAIT.
pub fn in_time_wait(address: SocketAddr) -> io::Result<bool> {
    is(Some(address), None, State::TimeWait)
}

/// Whether somebody has sent a SYN to `address`, and waits for an answer.
pub fn is_called(address: SocketAddr) -> io::Result<bool> {
    is(None, Some(address), State::SynSent)
}

fn is(
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    state: State,
) -> io::Result<bool> {
    Ok(find(Wanted { local, remote, state })?.is_some())
}

/// Waits until so many connections are in the queue of a listener: a client
/// may know that it is connected before the listener does. Fails with
/// `TimedOut` after [`PATIENCE`].
pub fn in_queue(listener: &impl AsFd, count: u32) -> io::Result<()> {
    // The kernel's struct tcp_info, linux/tcp.h: 8 bytes and 4 numbers before
    // tcpi_unacked, where a listener has the length of its queue.
    const UNACKED: usize = 24;
    patiently("the connections are not in the queue", || {
        let mut info = [0; UNACKED + 4];
        sockopt::get(listener, IPPROTO_TCP, TCP_INFO, &mut info)?;
        let waiting = info.last_chunk().map(|b| u32::from_ne_bytes(*b));
        Ok(waiting == Some(count))
    })
}

/// Waits until the other end knows that a connection was reset, which was
/// between these addresses: the one that reset it, and the other. The first
/// alone isn't enough: the kernel gives one port to several connections that
/// go to different places. Fails with `TimedOut` after [`PATIENCE`].
pub fn reset_arrived(
    (gone, other): (SocketAddr, SocketAddr),
) -> io::Result<()> {
    patiently("the reset doesn't arrive", || {
        Ok(!is(Some(other), Some(gone), State::Established)?)
    })
}

fn patiently(
    what: &str,
    come: impl Fn() -> io::Result<bool>,
) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if come()? {
            return Ok(());
        }
        thread::yield_now();
    }
    Err(io::Error::new(ErrorKind::TimedOut, what))
}

/// A listener of which the queue is full: it drops each SYN, and whoever
/// connects gets no answer, neither yes nor no. Who is in the queue comes
/// along.
pub fn full_listener() -> io::Result<(Socket, SocketAddr, TcpStream)> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    // listen(2): the queue of 0 holds one.
    listener.listen(0)?;
    let address = listener.local_addr()?.as_socket();
    let address = address.ok_or(ErrorKind::AddrNotAvailable)?;
    let first = client(address)?;
    in_queue(&listener, 1)?;
    Ok((listener, address, first))
}

/// A port at which nobody listens, as long as the socket is kept: it is
/// bound, so nobody else gets the port.
pub fn closed_port() -> io::Result<(Socket, SocketAddr)> {
    let closed = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    closed.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let address = closed.local_addr()?.as_socket();
    Ok((closed, address.ok_or(ErrorKind::AddrNotAvailable)?))
}

/// Claims that exactly these bytes come next. Notes what came instead, and
/// whether the end, an error or silence cut it short.
pub fn hears(
    log: &Log,
    stream: &mut impl Read,
    expected: &[u8],
) -> Result<(), Broken> {
    let mut got = vec![0; expected.len()];
    let mut length = 0;
    let mut cut = String::new();
    while length < got.len() && cut.is_empty() {
        match stream.read(&mut got[length..]) {
            Ok(0) => cut = "then the end".to_string(),
            Ok(count) => length += count,
            Err(error) => cut = format!("then {}", trouble(&error)),
        }
    }
    got.truncate(length);
    if got == expected {
        return Ok(());
    }
    let pairs = got.iter().zip(expected);
    if let Some(place) = pairs.into_iter().position(|(a, b)| a != b) {
        cut = format!("wrong from byte {} on", place + 1);
    }
    log.note("expected", expected.show(), "");
    log.note("got", got.show(), &cut);
    Err(Broken::told())
}

/// Claims that nothing but the end comes next: a read of 0 bytes.
pub fn hears_the_end(log: &Log, stream: &mut impl Read) -> Result<(), Broken> {
    let mut got = [0; 64];
    let told = match stream.read(&mut got) {
        Ok(0) => return Ok(()),
        Ok(count) => got[..count].show(),
        Err(error) => trouble(&error),
    };
    log.note("expected", "the end: a read of 0 bytes", "");
    log.broken(told)
}

/// What kept a read or a write from going on.
fn trouble(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock => {
            format!("nothing for {} s", PATIENCE.as_secs())
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_one_per_read_and_then_the_end() {
        let mut peer = Pieces::of(["ab", "c"])
            .then_error(ErrorKind::Interrupted)
            .then("d");
        let mut buffer = [0; 8];

        assert_eq!(peer.read(&mut buffer).unwrap(), 2);
        assert_eq!(peer.read(&mut buffer).unwrap(), 1);
        let interrupted = peer.read(&mut buffer).unwrap_err();
        assert_eq!(interrupted.kind(), ErrorKind::Interrupted);
        assert_eq!(peer.read(&mut buffer).unwrap(), 1);
        assert_eq!(peer.read(&mut buffer).unwrap(), 0);
        assert_eq!(*peer.reads().lock().unwrap(), 5);
    }

    #[test]
    fn a_narrow_writer_takes_a_little_and_then_fails() {
        let mut peer = Narrow::new(2).failing_after(3, ErrorKind::BrokenPipe);

        assert_eq!(peer.write(b"abcd").unwrap(), 2);
        assert_eq!(peer.write(b"cd").unwrap(), 1);
        let broken = peer.write(b"d").unwrap_err();
        assert_eq!(broken.kind(), ErrorKind::BrokenPipe);
        assert_eq!(*peer.taken().lock().unwrap(), b"abc");
    }

    #[test]
    fn what_was_heard_is_told_with_what_cut_it_short() {
        let log = Log::default();
        let mut peer = Pieces::of(["ab", "c"])
            .then_error(ErrorKind::ConnectionReset)
            .then("d");

        hears(&log, &mut peer, b"ab").unwrap();
        hears(&log, &mut peer, b"cd").unwrap_err();
        hears_the_end(&log, &mut peer).unwrap_err();
        hears_the_end(&log, &mut peer).unwrap();

        assert_eq!(
            log.lines(),
            "expected  \"cd\"\n\
             got       \"c\"                               \
             then connection reset\n\
             expected  the end: a read of 0 bytes\n\
             got       \"d\"\n"
        );
    }

    #[test]
    fn what_is_sent_when_all_is_read_comes_by_another_read() {
        let (mut peer, mut learner) = connection().unwrap();
        let reading = thread::spawn(move || {
            let mut buffer = [0; 8];
            [(); 3].map(|()| learner.read(&mut buffer).unwrap())
        });

        for piece in ["a", "bc", "def"] {
            peer.write_all(piece.as_bytes()).unwrap();
            is_read(&peer).unwrap();
        }
        drop(peer);

        assert_eq!(reading.join().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn bytes_have_arrived_when_they_can_be_read() {
        let (mut peer, learner) = connection().unwrap();
        learner.set_nonblocking(true).unwrap();

        peer.write_all(b"hello").unwrap();
        arrives(&learner, 5).unwrap();

        assert_eq!((&learner).read(&mut [0; 8]).unwrap(), 5);
    }

    #[test]
    fn a_listener_is_seen_without_a_connection() {
        let open = listener().unwrap();
        let address = open.local_addr().unwrap();

        assert!(listens(address).unwrap());
        drop(open);
        assert!(!listens(address).unwrap());
    }

    #[test]
    fn only_who_closed_first_is_in_time_wait() {
        let (mut peer, learner) = connection().unwrap();
        let (here, there) =
            (peer.local_addr().unwrap(), learner.local_addr().unwrap());

        drop(learner);
        assert_eq!(peer.read(&mut [0; 1]).unwrap(), 0);
        drop(peer);

        // Either port may be kept for other connections, too, with others.
        let waits = |local, remote| {
            is(Some(local), Some(remote), State::TimeWait).unwrap()
        };
        let end = Instant::now() + PATIENCE;
        while !waits(there, here) && Instant::now() < end {
            thread::yield_now();
        }
        assert!(waits(there, here) && in_time_wait(there).unwrap());
        assert!(!waits(here, there));
    }

    #[test]
    fn a_full_listener_gives_no_answer() {
        let (_listener, address, _first) = full_listener().unwrap();
        assert!(!is_called(address).unwrap());

        let second = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        second.set_nonblocking(true).unwrap();
        assert!(second.connect(&address.into()).is_err());

        assert!(is_called(address).unwrap());
        drop(second);
        assert!(!is_called(address).unwrap());
    }

    #[test]
    fn who_is_in_a_queue_is_seen_without_accept() {
        let open = listener().unwrap();
        let address = open.local_addr().unwrap();
        in_queue(&open, 0).unwrap();

        let clients = [(); 2].map(|()| client(address).unwrap());
        in_queue(&open, 2).unwrap();
        drop(open.accept().unwrap());
        in_queue(&open, 1).unwrap();
        drop(clients);
    }

    #[test]
    fn a_reset_has_arrived_when_the_other_end_has_no_peer() {
        let (open, elsewhere) = (listener().unwrap(), listener().unwrap());
        let address = |listener: &TcpListener| listener.local_addr().unwrap();
        // Bound with SO_REUSEADDR, so that a neighbour may have the same port
        // with another end. A port that connect chose could be shared with
        // any connection, or with one in TIME-WAIT, and not be had by bind.
        let bound = |at: SocketAddr| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_reuse_address(true).unwrap();
            socket.bind(&at.into()).unwrap();
            TcpStream::from(socket)
        };
        let client = bound((Ipv4Addr::LOCALHOST, 0).into());
        let here = client.local_addr().unwrap();
        let neighbour = bound(here);
        let connect = |end: &TcpStream, to: SocketAddr| {
            SockRef::from(end).connect(&to.into()).unwrap();
        };
        connect(&client, address(&open));
        connect(&neighbour, address(&elsewhere));

        reset(client).unwrap();
        reset_arrived((here, address(&open))).unwrap();

        assert!(open.accept().unwrap().0.peer_addr().is_err());
    }

    #[test]
    fn a_closed_port_refuses() {
        let (_closed, address) = closed_port().unwrap();

        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn reset_is_seen_as_a_reset() {
        let (peer, mut learner) = connection().unwrap();

        reset(peer).unwrap();

        let error = learner.read(&mut [0; 1]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}
