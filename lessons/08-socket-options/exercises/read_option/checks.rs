//! What `read_number` must tell apart, and what `want_buffer` must see.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::os::fd::AsFd;

use nix::libc;
use socket2::SockRef;
use support::check::{Broken, Log, check};
use support::{peer, sockopt};

use super::exercise::*;

support::show_as_debug!(Buffer);

/// A socket, or another file, that the running kernel is asked about.
struct Real<T>(T);

impl<T: AsFd> Options for Real<T> {
    fn getsockopt(
        &self,
        level: i32,
        name: i32,
        value: &mut [u8],
    ) -> io::Result<usize> {
        sockopt::get(&self.0, level, name, value)
    }

    fn setsockopt(
        &self,
        level: i32,
        name: i32,
        value: &[u8],
    ) -> io::Result<()> {
        sockopt::set(&self.0, level, name, value)
    }
}

const fn name(level: i32, number: i32, text: &'static str) -> Name {
    Name { level, number, text }
}

const SO_TYPE: Name = name(libc::SOL_SOCKET, libc::SO_TYPE, "SO_TYPE");
const SO_LINGER: Name = name(libc::SOL_SOCKET, libc::SO_LINGER, "SO_LINGER");
const SO_RCVTIMEO: Name =
    name(libc::SOL_SOCKET, libc::SO_RCVTIMEO, "SO_RCVTIMEO");
const SO_BINDTODEVICE: Name =
    name(libc::SOL_SOCKET, libc::SO_BINDTODEVICE, "SO_BINDTODEVICE");
const IP_TTL: Name = name(libc::IPPROTO_IP, libc::IP_TTL, "IP_TTL");
const TCP_NODELAY: Name =
    name(libc::IPPROTO_TCP, libc::TCP_NODELAY, "TCP_NODELAY");
const TCP_MAXSEG: Name =
    name(libc::IPPROTO_TCP, libc::TCP_MAXSEG, "TCP_MAXSEG");
const TCP_CONGESTION: Name =
    name(libc::IPPROTO_TCP, libc::TCP_CONGESTION, "TCP_CONGESTION");

fn asks(log: &Log, socket: &str, option: Name) {
    log.afresh().note("socket", socket, "");
    log.note("asked", option.text, "");
}

/// Claims the number that an option has.
fn is(
    log: &Log,
    socket: &impl Options,
    option: Name,
    due: i32,
) -> Result<(), Broken> {
    let got = read_number(socket, option).map_err(|error| error.kind());
    log.expect(Ok(due), got)
}

#[test]
fn a_number_is_read() {
    check("08", "Asking and setting")
        .because(
            "The kernel has put the four bytes of an int into your buffer, \
             in this machine's own byte order: they are for this machine. \
             And a number is more than yes or no.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            SockRef::from(&listener).set_ttl_v4(37)?;
            let socket = Real(listener);
            asks(log, "a TCP listener, after IP_TTL was set to 37", IP_TTL);
            is(log, &socket, IP_TTL, 37)?;
            asks(log, "a TCP listener", SO_TYPE);
            is(log, &socket, SO_TYPE, libc::SOCK_STREAM)?;
            let socket = Real(UdpSocket::bind(("127.0.0.1", 0))?);
            asks(log, "a UDP socket", SO_TYPE);
            is(log, &socket, SO_TYPE, libc::SOCK_DGRAM)
        });
}

#[test]
fn the_level_is_part_of_the_name() {
    check("08", "Asking and setting")
        .because(
            "The number 1 is SO_DEBUG at SOL_SOCKET, and TCP_NODELAY at \
             IPPROTO_TCP. Number 2 is SO_REUSEADDR, IP_TTL or TCP_MAXSEG. \
             Hand the level on as it is given.",
        )
        .run(|log| {
            let (peer, learner) = peer::connection()?;
            for set in [true, false] {
                learner.set_nodelay(set)?;
                let what = format!("a connection, nodelay set to {set}");
                asks(log, &what, TCP_NODELAY);
                let socket = Real(learner.try_clone()?);
                is(log, &socket, TCP_NODELAY, i32::from(set))?;
            }
            asks(log, "a connection", TCP_MAXSEG);
            let due = SockRef::from(&learner).tcp_mss()?;
            is(log, &Real(learner), TCP_MAXSEG, due as i32)?;
            drop(peer);
            Ok(())
        });
}

#[test]
fn what_is_no_number_is_refused() {
    check("08", "Asking and setting")
        .because(
            "The option's value has another size than a number's four bytes. \
             With four bytes of room you see a part of it, or what was in \
             your buffer before. Give it more room, and look at how many \
             bytes came.",
        )
        .run(|log| {
            let socket = Real(peer::listener()?);
            let others =
                [SO_LINGER, SO_RCVTIMEO, TCP_CONGESTION, SO_BINDTODEVICE];
            for option in others {
                asks(log, "a TCP listener", option);
                let got = read_number(&socket, option);
                let kind = got.map_err(|error| error.kind());
                log.expect(Err(ErrorKind::InvalidData), kind)?;
            }
            Ok(())
        });
}

#[test]
fn an_unknown_option_is_told_by_name() {
    check("08", "Asking and setting")
        .because(
            "The kernel says \"Protocol not available\" (ENOPROTOOPT) or \
             \"Operation not supported\" (EOPNOTSUPP). Neither tells the \
             reader of a log what went wrong. Make an error of the kind \
             Unsupported, and name the option.",
        )
        .run(|log| {
            let new = name(libc::SOL_SOCKET, 4711, "SO_QUANTUM");
            let socket = Real(peer::listener()?);
            asks(log, "a TCP listener", new);
            is_unknown(log, &socket, new)?;
            let socket = Real(UdpSocket::bind(("127.0.0.1", 0))?);
            asks(log, "a UDP socket", TCP_NODELAY);
            is_unknown(log, &socket, TCP_NODELAY)?;
            let (unix, _) = std::os::unix::net::UnixStream::pair()?;
            asks(log, "a Unix socket", IP_TTL);
            is_unknown(log, &Real(unix), IP_TTL)
        });
}

/// Claims that the error says which option isn't known.
fn is_unknown(
    log: &Log,
    socket: &impl Options,
    option: Name,
) -> Result<(), Broken> {
    let error = match read_number(socket, option) {
        Err(error) => error,
        Ok(number) => return log.broken(format!("Ok({number})")),
    };
    log.expect(ErrorKind::Unsupported, error.kind())?;
    if error.to_string().contains(option.text) {
        return Ok(());
    }
    log.note("expected", format!("a text with {}", option.text), "");
    log.broken(format!("{:?}", error.to_string()))
}

#[test]
fn other_errors_stay_what_they_are() {
    check("08", "Asking and setting")
        .because(
            "This descriptor isn't a socket's: ENOTSOCK. The option is known \
             well enough, and the caller would look for the mistake in the \
             wrong place.",
        )
        .run(|log| {
            asks(log, "none: a descriptor of /dev/null", SO_TYPE);
            let got = read_number(&Real(File::open("/dev/null")?), SO_TYPE);
            let number = got.map_err(|error| error.raw_os_error());
            log.expect(Err(Some(libc::ENOTSOCK)), number)
        });
}

/// What SO_RCVBUF says.
fn size(socket: &UdpSocket) -> io::Result<i32> {
    let size = SockRef::from(socket).recv_buffer_size()?;
    i32::try_from(size).map_err(io::Error::other)
}

/// Wants a buffer on a fresh UDP socket, and claims all that comes of it.
fn wants(log: &Log, bytes: i32, due: bool) -> Result<(), Broken> {
    let socket = UdpSocket::bind(("127.0.0.1", 0))?;
    let before = size(&socket)?;
    let real = Real(socket);
    let what = format!("{bytes} bytes; SO_RCVBUF is {before}");
    log.afresh().note("wanted", what, "");
    let got = want_buffer(&real, bytes).map_err(|error| error.kind());
    let after = size(&real.0)?;
    log.expect(Ok(Buffer { before, after, granted: due }), got)
}

#[test]
fn a_buffer_is_granted() {
    check("08", "Buffers, and the window")
        .because(
            "The kernel grants this. It says so by a number twice as large \
             as the wish, so don't expect the wish itself. What it was \
             before is read before it is set.",
        )
        .run(|log| {
            for bytes in [4_000, 10_000, largest()? / 2] {
                wants(log, bytes, true)?;
            }
            Ok(())
        });
}

#[test]
fn a_buffer_beyond_the_limit_is_cut_down() {
    check("08", "Buffers, and the window")
        .because(
            "setsockopt has succeeded, and granted less: rmem_max is the \
             most. What is read back is larger than the wish all the same, \
             because it is doubled. Compare the wish with half of it.",
        )
        .run(|log| {
            // Of a limit so high that nothing is cut, nothing can be seen.
            let most = largest()?;
            for bytes in [most + 1, most + most / 2, i32::MAX] {
                wants(log, bytes, false)?;
            }
            Ok(())
        });
}

/// The largest receive buffer that the kernel grants, in bytes: socket(7).
fn largest() -> io::Result<i32> {
    let text = fs::read_to_string("/proc/sys/net/core/rmem_max")?;
    let limit = text.trim().parse::<i64>().map_err(io::Error::other)?;
    Ok(i32::try_from(limit).unwrap_or(i32::MAX).min(i32::MAX / 2))
}

#[test]
fn a_small_wish_gets_the_least_there_is() {
    check("08", "Buffers, and the window")
        .because(
            "There is a least size, too, and the kernel gives that: more \
             than was wanted. The wish is granted.",
        )
        .run(|log| wants(log, 1, true));
}

/// A kernel that refuses whatever is set.
struct Stubborn;

impl Options for Stubborn {
    fn getsockopt(
        &self,
        _: i32,
        _: i32,
        value: &mut [u8],
    ) -> io::Result<usize> {
        let Some(number) = value.first_chunk_mut() else { return Ok(0) };
        *number = 425_984i32.to_ne_bytes();
        Ok(number.len())
    }

    fn setsockopt(&self, _: i32, _: i32, _: &[u8]) -> io::Result<()> {
        Err(io::Error::from_raw_os_error(libc::EPERM))
    }
}

#[test]
fn a_refused_wish_is_an_error() {
    check("08", "Buffers, and the window")
        .given("wanted", "1000 bytes, from a kernel that says EPERM")
        .because(
            "setsockopt has failed. What is read back now is the old value, \
             and says nothing about the wish.",
        )
        .run(|log| {
            let got = want_buffer(&Stubborn, 1_000).map(drop);
            let number = got.map_err(|error| error.raw_os_error());
            log.expect(Err(Some(libc::EPERM)), number)
        });
}
