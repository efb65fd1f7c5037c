//! Everything that can happen to a descriptor, and what select, poll and
//! epoll say of it.
//!
//! poll(2) has seven words for it: POLLIN, POLLOUT, POLLPRI and POLLRDHUP,
//! which must be asked for; POLLERR, POLLHUP and POLLNVAL, which come
//! unasked. epoll_ctl(2) has all but the last, under the names EPOLL….
//! select(2) has three lists.

use std::fmt::Display;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};

use narrator::line;
use nix::errno::Errno;
use nix::libc::{
    POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP,
};
use nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollOp, EpollTimeout,
};
use socket2::{Domain, Socket, Type};

use crate::by_number::{self, Set};

/// How long the network may take, in milliseconds.
const PATIENCE: i32 = 60_000;

const NAMES: [(i16, &str); 7] = [
    (POLLIN, "IN"),
    (POLLOUT, "OUT"),
    (POLLPRI, "PRI"),
    (POLLERR, "ERR"),
    (POLLHUP, "HUP"),
    (POLLRDHUP, "RDHUP"),
    (POLLNVAL, "NVAL"),
];

/// A descriptor, and whatever must stay open for what happened to it.
struct Scene {
    fd: RawFd,
    _open: Vec<Box<dyn AsFd>>,
}

type Make = fn() -> io::Result<Scene>;

/// What has happened, what is asked for, and how to make it happen.
const ROWS: [(&str, i16, Make); 18] = [
    ("nothing", POLLIN, nothing),
    ("data has come", POLLIN, data),
    ("a client has connected", POLLIN, client),
    ("there is room to send", POLLOUT, nothing),
    ("there is no room", POLLOUT, no_room),
    ("urgent data has come", POLLPRI, urgent),
    ("the peer has shut down", POLLIN, shut_down),
    ("the same", POLLIN | POLLRDHUP, shut_down),
    ("a Unix peer has closed", POLLIN, closed_by_peer),
    ("the same", 0, closed_by_peer),
    ("a TCP peer has closed", POLLIN, closed_by_tcp_peer),
    ("the same", 0, closed_by_tcp_peer),
    ("both have shut down", 0, both_shut_down),
    ("a pipe has no writers", POLLIN, no_writers),
    ("a pipe has no readers", POLLOUT, no_readers),
    ("a connect was refused", POLLOUT, refused),
    ("it is a file", POLLIN, file),
    ("it is closed", POLLIN, closed),
];

/// All of it, as a table.
pub fn run() -> io::Result<()> {
    row("what has happened", "asked", ["select", "poll", "epoll"]);
    for (what, asked, make) in ROWS {
        let scene = make()?;
        let answers = [
            told(ask_select(scene.fd, asked)),
            told(by_number::poll(scene.fd, asked, 0).map(names)),
            told(ask_epoll(scene.fd, asked)),
        ];
        row(what, told(Ok(names(asked))), answers);
    }
    Ok(())
}

fn row(what: &str, asked: impl Display, answers: [impl Display; 3]) {
    let [select, poll, epoll] = answers;
    let row = format!("{what:<24} {asked:<10} {select:<8} {poll:<12} {epoll}");
    line(row.trim_end());
}

// ANCHOR: ask
/// select has lists, not words: the bits that are left in them.
fn ask_select(fd: RawFd, asked: i16) -> nix::Result<String> {
    let (word, bit) = by_number::place(fd);
    let mut sets = [Set::default(); 3];
    let lists = [(POLLIN, "read"), (POLLOUT, "write"), (POLLPRI, "except")];
    for (set, (what, _)) in sets.iter_mut().zip(lists) {
        if asked & what != 0 {
            set[word] |= bit;
        }
    }
    by_number::select(fd, &mut sets)?;
    let left = sets.iter().zip(lists).filter(|(set, _)| set[word] & bit != 0);
    let left: Vec<_> = left.map(|(_, (_, name))| name).collect();
    Ok(left.join(" "))
}

/// The same bits as poll's, of a list that the kernel keeps.
fn ask_epoll(fd: RawFd, asked: i16) -> nix::Result<String> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let events = EpollFlags::from_bits_retain(asked.into());
    by_number::epoll_ctl(&epoll, EpollOp::EpollCtlAdd, fd, events)?;
    let mut room = [EpollEvent::empty()];
    match epoll.wait(&mut room, EpollTimeout::ZERO)? {
        0 => Ok(names(0)),
        _ => Ok(names(room[0].events().bits() as i16)),
    }
}
// ANCHOR_END: ask

fn names(bits: i16) -> String {
    let names = NAMES.iter().filter(|(bit, _)| bits & bit != 0);
    let names: Vec<_> = names.map(|(_, name)| *name).collect();
    names.join(" ")
}

fn told(answer: nix::Result<String>) -> String {
    match answer {
        Ok(names) if names.is_empty() => "-".to_string(),
        Ok(names) => names,
        Err(errno) => format!("{errno:?}"),
    }
}

fn scene<const N: usize>(
    fd: &impl AsRawFd,
    open: [Box<dyn AsFd>; N],
) -> io::Result<Scene> {
    Ok(Scene { fd: fd.as_raw_fd(), _open: open.into() })
}

fn nothing() -> io::Result<Scene> {
    let (ours, peer) = UnixStream::pair()?;
    scene(&ours.as_raw_fd(), [Box::new(ours), Box::new(peer)])
}

fn data() -> io::Result<Scene> {
    let (ours, mut peer) = UnixStream::pair()?;
    peer.write_all(b"hello")?;
    scene(&ours.as_raw_fd(), [Box::new(ours), Box::new(peer)])
}

fn client() -> io::Result<Scene> {
    // An abstract name that the kernel chooses: no file to clear away.
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    listener.bind(&socket2::SockAddr::unix("")?)?;
    listener.listen(1)?;
    let listener = UnixListener::from(listener);
    let client = UnixStream::connect_addr(&listener.local_addr()?)?;
    scene(&listener.as_raw_fd(), [Box::new(listener), Box::new(client)])
}

fn no_room() -> io::Result<Scene> {
    let (mut ours, peer) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let block = [0; 4096];
    while ours.write(&block).is_ok() {}
    scene(&ours.as_raw_fd(), [Box::new(ours), Box::new(peer)])
}

// ANCHOR: urgent
/// TCP's urgent data: a byte beside the stream, RFC 9293, section 3.8.5.
fn urgent() -> io::Result<Scene> {
    let (ours, peer) = tcp_pair()?;
    peer.send_out_of_band(b"!")?;
    arrived(&ours, POLLPRI)?;
    scene(&ours.as_raw_fd(), [Box::new(ours), Box::new(peer)])
}
// ANCHOR_END: urgent

fn shut_down() -> io::Result<Scene> {
    let (ours, peer) = UnixStream::pair()?;
    peer.shutdown(Shutdown::Write)?;
    scene(&ours.as_raw_fd(), [Box::new(ours), Box::new(peer)])
}

fn closed_by_peer() -> io::Result<Scene> {
    let (ours, _) = UnixStream::pair()?;
    scene(&ours.as_raw_fd(), [Box::new(ours)])
}

/// TCP's close sends a FIN, and no more: this end may still be sending.
fn closed_by_tcp_peer() -> io::Result<Scene> {
    let (ours, peer) = tcp_pair()?;
    drop(peer);
    arrived(&ours, POLLRDHUP)?;
    scene(&ours.as_raw_fd(), [Box::new(ours)])
}

fn both_shut_down() -> io::Result<Scene> {
    let (ours, peer) = tcp_pair()?;
    peer.shutdown(Shutdown::Write)?;
    arrived(&ours, POLLRDHUP)?;
    ours.shutdown(Shutdown::Write)?;
    scene(&ours.as_raw_fd(), [Box::new(ours), Box::new(peer)])
}

fn no_writers() -> io::Result<Scene> {
    let (reader, _) = io::pipe()?;
    scene(&reader.as_raw_fd(), [Box::new(reader)])
}

fn no_readers() -> io::Result<Scene> {
    let (_, writer) = io::pipe()?;
    scene(&writer.as_raw_fd(), [Box::new(writer)])
}

// ANCHOR: refused
fn refused() -> io::Result<Scene> {
    // Bound, so that nobody else takes the port; and no listen.
    let nobody = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    nobody.bind(&LOOPBACK.into())?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.set_nonblocking(true)?;
    match client.connect(&nobody.local_addr()?) {
        Err(e) if e.raw_os_error() == Some(Errno::EINPROGRESS as i32) => {}
        other => other?,
    }
    arrived(&client, POLLERR)?;
    scene(&client.as_raw_fd(), [Box::new(client), Box::new(nobody)])
}
// ANCHOR_END: refused

fn file() -> io::Result<Scene> {
    let file = std::fs::File::open("/proc/self/exe")?;
    scene(&file.as_raw_fd(), [Box::new(file)])
}

fn closed() -> io::Result<Scene> {
    let (lower, closed) = UnixStream::pair()?;
    let fd = closed.as_raw_fd();
    // The next descriptor, epoll's, gets the lowest number that is free.
    drop((lower, closed));
    Ok(Scene { fd, _open: vec![] })
}

const LOOPBACK: std::net::SocketAddrV4 =
    std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 0);

fn tcp_pair() -> io::Result<(Socket, Socket)> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&LOOPBACK.into())?;
    listener.listen(1)?;
    let peer = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    peer.connect(&listener.local_addr()?)?;
    let (ours, _) = listener.accept()?;
    Ok((ours, peer))
}

/// Waits until the network has brought what was sent.
fn arrived(socket: &Socket, what: i16) -> io::Result<()> {
    match by_number::poll(socket.as_raw_fd(), what, PATIENCE)? & what {
        0 => Err(io::ErrorKind::TimedOut.into()),
        _ => Ok(()),
    }
}
