//! What the kernel knows of TCP sockets, asked for without touching them.
//!
//! /proc/net/tcp (proc_net_tcp(5)) has all sockets of the machine, as text:
//! after a program with 10,000 connections it takes a second to read, for as
//! long as they are in TIME-WAIT. sock_diag(7) gives those that are asked for,
//! and misses none. The text is read where a kernel has no sock_diag.
//!
//! Start reading at [`find`].

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use nix::libc;
use socket2::{Domain, Protocol, Socket, Type};

/// A socket's state, as the kernel numbers it: linux/tcp_states.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Any of them.
    Any = 0,
    /// A connection.
    Established = 1,
    /// A SYN was sent, and no answer has come.
    SynSent = 2,
    /// Closed here first, and kept for late segments.
    TimeWait = 6,
    /// A listener.
    Listen = 10,
}

/// Which socket is looked for: where an address isn't given, any will do.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Its own address.
    pub local: Option<SocketAddr>,
    /// That of its peer.
    pub remote: Option<SocketAddr>,
    /// What it does.
    pub state: State,
}

/// How much waits in a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queues {
    /// Bytes to be read; of a listener, connections to be accepted.
    pub unread: u32,
    /// Bytes to be sent or acknowledged; of a listener, nothing of the kind.
    pub unsent: u32,
}

/// The first IPv4 socket of this network namespace that is like this.
///
/// # Errors
///
/// Those of the calls.
pub fn find(wanted: Wanted) -> io::Result<Option<Queues>> {
    ask(&wanted).or_else(|_| look(&wanted))
}

impl Wanted {
    fn is(&self, state: u8, local: SocketAddr, remote: SocketAddr) -> bool {
        (self.state == State::Any || self.state as u8 == state)
            && self.local.is_none_or(|address| address == local)
            && self.remote.is_none_or(|address| address == remote)
    }

    /// A request of sock_diag(7): struct nlmsghdr, struct inet_diag_req_v2.
    fn request(&self) -> Vec<u8> {
        const LENGTH: u32 = 72;
        let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
        let states = match self.state {
            State::Any => u32::MAX,
            state => 1 << state as u8,
        };
        let port = |end: Option<SocketAddr>| end.map_or(0, |a| a.port());
        let mut message = Vec::new();
        message.extend(LENGTH.to_ne_bytes());
        message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        message.extend(flags.to_ne_bytes());
        message.extend([0; 8]); // The first message, of whom it may concern.
        message.extend([libc::AF_INET as u8, libc::IPPROTO_TCP as u8, 0, 0]);
        message.extend(states.to_ne_bytes());
        message.extend(port(self.local).to_be_bytes());
        message.extend(port(self.remote).to_be_bytes());
        message.resize(LENGTH as usize, 0);
        message
    }
}

const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// How long the kernel may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks by sock_diag(7).
fn ask(wanted: &Wanted) -> io::Result<Option<Queues>> {
    let family = Domain::from(libc::AF_NETLINK);
    let protocol = Protocol::from(libc::NETLINK_SOCK_DIAG);
    let socket =
        Socket::new(family, Type::from(libc::SOCK_RAW), Some(protocol))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(&wanted.request())?;
    let mut found = None;
    let mut buffer = vec![0; 1 << 15];
    loop {
        let count = (&socket).read(&mut buffer)?;
        let mut rest = &buffer[..count];
        while let Some(length) = number(rest, 0) {
            let (message, next) = cut(rest, length as usize)?;
            match Answer::of(message)? {
                Answer::Done => return Ok(found),
                Answer::Socket { state, local, remote, queues } => {
                    let is = wanted.is(state, local, remote);
                    found = found.or(is.then_some(queues));
                }
            }
            rest = next;
        }
    }
}

/// A message, and those behind it: each begins at a multiple of 4.
fn cut(messages: &[u8], length: usize) -> io::Result<(&[u8], &[u8])> {
    const HEAD: usize = 16;
    if !(HEAD..=messages.len()).contains(&length) {
        return Err(ErrorKind::InvalidData.into());
    }
    let next = length.next_multiple_of(4).min(messages.len());
    Ok((&messages[..length], &messages[next..]))
}

/// What the kernel answers, a message at a time.
enum Answer {
    Done,
    Socket { state: u8, local: SocketAddr, remote: SocketAddr, queues: Queues },
}

impl Answer {
    /// Behind struct nlmsghdr, 16 bytes: an error's number, or struct
    /// inet_diag_msg.
    fn of(message: &[u8]) -> io::Result<Answer> {
        let short = || io::Error::from(ErrorKind::InvalidData);
        let word = |place| number(message, place).ok_or_else(short);
        let kind = i32::from(word(4)? as u16);
        if kind == libc::NLMSG_DONE || kind == libc::NLMSG_ERROR {
            return match word(16)? as i32 {
                0.. => Ok(Answer::Done),
                errno => Err(io::Error::from_raw_os_error(-errno)),
            };
        }
        let [_, state, ..] = word(16)?.to_ne_bytes();
        let [a, b, c, d] = word(20)?.to_ne_bytes();
        let address = |place, port| {
            let bytes = u32::to_ne_bytes(word(place)?);
            let ip = Ipv4Addr::from(bytes);
            Ok::<_, io::Error>(SocketAddr::from((ip, u16::from_be_bytes(port))))
        };
        Ok(Answer::Socket {
            state,
            local: address(24, [a, b])?,
            remote: address(40, [c, d])?,
            queues: Queues { unread: word(72)?, unsent: word(76)? },
        })
    }
}

fn number(bytes: &[u8], place: usize) -> Option<u32> {
    let bytes = bytes.get(place..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}

/// Reads the text. It is no snapshot: when another program's socket closes
/// meanwhile, a look may miss one that is open. So one that is missing is
/// looked for again.
fn look(wanted: &Wanted) -> io::Result<Option<Queues>> {
    const LOOKS: usize = 3;
    for _ in 0..LOOKS {
        let table = fs::read_to_string("/proc/net/tcp")?;
        let mut rows = table.lines().filter_map(row);
        if let Some((.., queues)) = rows.find(|(state, local, remote, _)| {
            wanted.is(*state, *local, *remote)
        }) {
            return Ok(Some(queues));
        }
    }
    Ok(None)
}

/// A line of proc_net_tcp(5): `0: 0100007F:1F90 00000000:0000 0A
/// 00000000:00000001 …`.
fn row(line: &str) -> Option<(u8, SocketAddr, SocketAddr, Queues)> {
    let mut words = line.split_whitespace().skip(1);
    let mut address = || {
        let (ip, port) = words.next()?.split_once(':')?;
        let ip = u32::from_str_radix(ip, 16).ok()?.to_ne_bytes();
        let port = u16::from_str_radix(port, 16).ok()?;
        Some(SocketAddr::from(SocketAddrV4::new(Ipv4Addr::from(ip), port)))
    };
    let (local, remote) = (address()?, address()?);
    let state = u8::from_str_radix(words.next()?, 16).ok()?;
    let (unsent, unread) = words.next()?.split_once(':')?;
    let count = |hex| u32::from_str_radix(hex, 16).ok();
    let queues = Queues { unread: count(unread)?, unsent: count(unsent)? };
    Some((state, local, remote, queues))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;
    use crate::peer;

    fn both(wanted: Wanted) -> Option<Queues> {
        let (asked, text) = (ask(&wanted).unwrap(), look(&wanted).unwrap());
        let unread = |queues: Queues| queues.unread;
        assert_eq!(asked.map(unread), text.map(unread), "{wanted:?}");
        asked
    }

    #[test]
    fn the_kernel_and_its_text_say_the_same() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let mut client = peer::client(at).unwrap();
        let from = client.local_addr().unwrap();
        client.write_all(b"hello").unwrap();
        peer::in_queue(&listener, 1).unwrap();
        let wanted = |local, remote, state| Wanted { local, remote, state };

        let queue = both(wanted(Some(at), None, State::Listen)).unwrap();
        assert_eq!(queue.unread, 1);
        let (served, _) = listener.accept().unwrap();
        peer::arrives(&served, 5).unwrap();
        let end = wanted(Some(at), Some(from), State::Any);
        assert_eq!(both(end).unwrap(), Queues { unread: 5, unsent: 0 });
        let end = wanted(None, Some(at), State::Established);
        assert!(both(end).is_some());
        assert_eq!(both(wanted(None, Some(at), State::SynSent)), None);
        assert_eq!(both(wanted(Some(at), None, State::TimeWait)), None);
    }

    #[test]
    fn a_message_that_is_cut_short_is_an_error() {
        let whole = [20u32, 3, 0, 0, 0].map(u32::to_ne_bytes).concat();

        assert!(matches!(Answer::of(&whole), Ok(Answer::Done)));
        for length in 0..whole.len() {
            assert!(Answer::of(&whole[..length]).is_err(), "{length}");
            assert!(cut(&whole[..length], 20).is_err(), "{length}");
        }
    }

    #[test]
    fn an_error_of_the_kernel_is_told() {
        let refused =
            [20, 2, 0, 0, -libc::ENOENT].map(i32::to_ne_bytes).concat();

        let told = Answer::of(&refused).err().unwrap();
        assert_eq!(told.raw_os_error(), Some(libc::ENOENT));
    }
}
