//! What must arrive, what must be refused, and when the listener must come
//! back.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write, pipe};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use lesson_unix_sockets::rights;
use support::check::{Broken, Log, check};
use support::peer::{self, PATIENCE};

use super::exercise::*;

/// Two ends of a Unix connection, on which nobody waits for ever.
fn ends() -> io::Result<(UnixStream, UnixStream)> {
    let (old, new) = UnixStream::pair()?;
    old.set_read_timeout(Some(PATIENCE))?;
    new.set_read_timeout(Some(PATIENCE))?;
    Ok((old, new))
}

/// Claims that this listener has that client in its queue.
fn serves(
    log: &Log,
    listener: &TcpListener,
    mut client: TcpStream,
) -> Result<(), Broken> {
    listener.set_nonblocking(true)?;
    let got = listener.accept();
    log.expect(Ok(()), got.as_ref().map(drop).map_err(|e| e.kind()))?;
    got?.0.write_all(b"hello")?;
    peer::hears(log, &mut client, b"hello")
}

/// What a side that gave no listener says, and whether it has answered.
fn refusal(
    log: &Log,
    old: &mut UnixStream,
    got: io::Result<TcpListener>,
    due: ErrorKind,
) -> Result<(), Broken> {
    log.expect(Err(due), got.map(drop).map_err(|e| e.kind()))?;
    log.note("asked", "whether it was acknowledged", "");
    old.set_nonblocking(true)?;
    log.expect(false, matches!(old.read(&mut [0; 8]), Ok(1..)))
}

#[test]
fn the_listener_arrives_with_those_who_wait() {
    check("09", "A descriptor in a message")
        .because(
            "The listener is the same, and so is its queue. A client that \
             connected before the handover is served after it.",
        )
        .run(|log| {
            let (old, new) = ends()?;
            let listener = peer::listener()?;
            let client = peer::client(listener.local_addr()?)?;
            log.note("given", "a client waits in the listener's queue", "");
            let sent = log.aside(move || {
                let end = hand_over(&old, listener);
                (end.map_err(|(_, error)| error.kind()), old)
            });
            let taken = take_over(&new);
            let result = taken.as_ref().map(drop).map_err(|e| e.kind());
            log.note("asked", "take_over", "");
            log.expect(Ok(()), result)?;
            let sent = sent.recv_timeout(PATIENCE).ok().map(|(end, _)| end);
            log.note("asked", "hand_over", "");
            log.expect(Some(Ok(())), sent)?;
            serves(log, &taken?, client)
        });
}

#[test]
fn it_is_sent_as_agreed() {
    check("09", "A descriptor in a message")
        .because(
            "The agreement is one byte, L, with one descriptor. Whoever \
             wrote the new program relies on it.",
        )
        .run(|log| {
            let (old, mut new) = ends()?;
            let listener = peer::listener()?;
            new.write_all(b"k")?;
            let _ = hand_over(&old, listener);
            let mut buffer = [0; 8];
            let message = rights::receive(&new, &mut buffer, rights::MOST)?;
            log.expect(b"L".to_vec(), buffer[..message.bytes].to_vec())?;
            log.note("asked", "how many descriptors came", "");
            log.expect(1, message.descriptors.len())
        });
}

#[test]
fn it_comes_back_when_nobody_confirms() {
    check("09", "A descriptor in a message")
        .because(
            "The new program ended, or answers something else. A message \
             that was sent needn't have been received, and the kernel \
             closes what is in it. Keep the listener until the answer says \
             that it has arrived.",
        )
        .run(|log| {
            for answer in [&b""[..], b"x"] {
                let (old, mut new) = ends()?;
                let listener = peer::listener()?;
                let client = peer::client(listener.local_addr()?)?;
                let what = match answer {
                    b"" => "the new program ends without an answer",
                    _ => "the new program answers x",
                };
                log.afresh().note("given", what, "");
                new.write_all(answer)?;
                new.shutdown(std::net::Shutdown::Write)?;
                match hand_over(&old, listener) {
                    Ok(()) => return log.broken("Ok: it is given up"),
                    Err((listener, _)) => serves(log, &listener, client)?,
                }
            }
            Ok(())
        });
}

#[test]
fn it_comes_back_when_the_answer_is_late() {
    check("09", "A descriptor in a message")
        .because(
            "The new program hangs. The old one waits as long as its \
             socket's time-out says, and no longer; then it serves on.",
        )
        .run(|log| {
            let (old, _new) = ends()?;
            old.set_read_timeout(Some(Duration::from_millis(20)))?;
            let listener = peer::listener()?;
            let client = peer::client(listener.local_addr()?)?;
            log.note("given", "the new program takes nothing", "");
            match hand_over(&old, listener) {
                Ok(()) => log.broken("Ok: it is given up"),
                Err((listener, _)) => serves(log, &listener, client),
            }
        });
}

#[test]
fn another_number_than_one_is_refused() {
    check("09", "More than were expected")
        .because(
            "One listener was agreed on. None leaves you without, and of \
             several you would have to guess. Room for one holds two: ask \
             for room for all, and count. An answer makes the old program \
             give its listener up: none to what you refuse.",
        )
        .run(|log| {
            for count in [0, 2, 5, rights::MOST] {
                let (mut old, new) = ends()?;
                let listener = peer::listener()?;
                let all = vec![listener.as_fd(); count];
                rights::send(&old, b"L", &all)?;
                let what = format!("a message with {count} listeners");
                log.afresh().note("sent", what, "");
                let got = take_over(&new);
                refusal(log, &mut old, got, ErrorKind::InvalidData)?;
            }
            Ok(())
        });
}

#[test]
fn what_is_no_listener_is_refused() {
    check("09", "More than were expected")
        .because(
            "A descriptor may stand for anything. With this one the first \
             accept would fail, when the old program has ended. Ask what it \
             is before you acknowledge it.",
        )
        .run(|log| {
            let (tcp, _other) = peer::connection()?;
            let file = File::open("/dev/null")?;
            let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            let folder = lesson_unix_sockets::Folder::new()?;
            let unix = UnixListener::bind(folder.path("s"))?;
            let all: [(&str, BorrowedFd<'_>); 4] = [
                ("a file", file.as_fd()),
                ("a TCP connection", tcp.as_fd()),
                ("a UDP socket", udp.as_fd()),
                ("a Unix socket that listens", unix.as_fd()),
            ];
            for (what, descriptor) in all {
                let (mut old, new) = ends()?;
                rights::send(&old, b"L", &[descriptor])?;
                log.afresh().note("sent", what, "");
                let got = take_over(&new);
                refusal(log, &mut old, got, ErrorKind::InvalidData)?;
            }
            Ok(())
        });
}

#[test]
fn what_is_refused_is_closed() {
    check("09", "More than were expected")
        .because(
            "What came is open in your process until its owner closes it. \
             A peer that sends such messages fills your table, and then \
             accept fails with EMFILE.",
        )
        .run(|log| {
            for count in [1, 3] {
                let (old, new) = ends()?;
                let (mut reader, writer) = pipe()?;
                rights::send(&old, b"L", &vec![writer.as_fd(); count])?;
                drop(writer);
                let what = format!("a message with {count} ends of a pipe");
                log.afresh().note("sent", what, "");
                let got = take_over(&new).map(drop).map_err(|e| e.kind());
                log.expect(Err(ErrorKind::InvalidData), got)?;
                log.note("asked", "whether they are all closed", "");
                nix::fcntl::fcntl(
                    &reader,
                    nix::fcntl::FcntlArg::F_SETFL(
                        nix::fcntl::OFlag::O_NONBLOCK,
                    ),
                )
                .map_err(io::Error::from)?;
                let end = reader.read(&mut [0; 1]).map_err(|e| e.kind());
                log.expect(Ok(0), end)?;
            }
            Ok(())
        });
}

#[test]
fn a_peer_that_has_closed_is_the_end() {
    check("04", "Zero bytes is the end")
        .because(
            "The old program closed without a message: 0 bytes. That is \
             another thing than a wrong message.",
        )
        .run(|log| {
            let (old, new) = ends()?;
            drop(old);
            log.note("given", "the old program has closed", "");
            let got = take_over(&new).map(drop).map_err(|e| e.kind());
            log.expect(Err(ErrorKind::UnexpectedEof), got)
        });
}

#[test]
fn a_listener_of_either_family_is_taken() {
    check("09", "A descriptor in a message")
        .because("IPv4 and IPv6 are both TCP: both kinds of listener fit.")
        .run(|log| {
            let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let all = [Ok(v4), TcpListener::bind((Ipv6Addr::LOCALHOST, 0))];
            // A machine without IPv6 has only one of them.
            for listener in all.into_iter().flatten() {
                let (old, new) = ends()?;
                let address = listener.local_addr()?;
                rights::send(&old, b"L", &[OwnedFd::from(listener).as_fd()])?;
                log.afresh().note("sent", format!("{address}"), "");
                let got = take_over(&new).and_then(|l| l.local_addr());
                let got = got.map(|a| a.port());
                log.expect(Ok(address.port()), got.map_err(|e| e.kind()))?;
            }
            Ok(())
        });
}
