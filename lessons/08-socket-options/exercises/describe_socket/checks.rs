//! What `describe` must tell of each socket.

use std::fs::File;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::{Domain, Socket, Type};
use support::check::{Broken, Log, check};
use support::peer;

use super::exercise::*;

support::show_as_debug!(Name);

/// Describes a socket that the report calls by these words.
fn described(
    log: &Log,
    what: &str,
    socket: &impl AsFd,
) -> io::Result<Description> {
    log.afresh().note("socket", what, "");
    describe(socket.as_fd())
}

/// A TCP connection on loopback: the client's end, the server's, and the
/// listener's address.
fn connection() -> io::Result<(TcpStream, TcpStream, SocketAddr)> {
    let listener = peer::listener()?;
    let client = peer::client(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    Ok((client, server, listener.local_addr()?))
}

/// A datagram socket that has a peer. Its own end is [`Name::Internet`].
fn with_a_peer() -> io::Result<(UdpSocket, SocketAddr)> {
    let socket = UdpSocket::bind(("127.0.0.1", 0))?;
    let other = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?;
    socket.connect(other)?;
    Ok((socket, other))
}

/// A Unix listener, a client of it and the client's other end. The file is
/// gone by then; its path stays the listener's name.
fn by_path() -> io::Result<(PathBuf, UnixListener, UnixStream, UnixStream)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("describe-{}-{count}.sock", std::process::id());
    let path = std::env::temp_dir().join(name);
    let listener = UnixListener::bind(&path)?;
    let client = UnixStream::connect(&path);
    std::fs::remove_file(&path)?;
    let (server, _) = listener.accept()?;
    Ok((path, listener, client?, server))
}

/// Claims the name of this end.
fn local(log: &Log, due: Name, got: Description) -> Result<(), Broken> {
    log.note("asked", "its own name", "");
    log.expect(due, got.local)
}

/// Claims the name of the other end.
fn other(log: &Log, due: Option<Name>, got: Description) -> Result<(), Broken> {
    log.note("asked", "its peer", "");
    log.expect(due, got.peer)
}

#[test]
fn a_connection_has_two_names() {
    check("08", "The names of both ends")
        .because(
            "getsockname tells this end, getpeername the other one. The \
             socket that accept has returned has the listener's port as its \
             own: many connections share that port.",
        )
        .run(|log| {
            let (client, server, listener) = connection()?;
            let (here, there) = (client.local_addr()?, listener);
            let (here, there) = (Name::Internet(here), Name::Internet(there));
            let what = "the client's end of a connection";
            let got = described(log, what, &client)?;
            local(log, here.clone(), got.clone())?;
            other(log, Some(there.clone()), got)?;
            let what = "the server's end of a connection";
            let got = described(log, what, &server)?;
            local(log, there, got.clone())?;
            other(log, Some(here), got)
        });
}

#[test]
fn without_a_peer_there_is_no_error() {
    check("08", "The names of both ends")
        .because(
            "It isn't connected, and getpeername fails with ENOTCONN. Here \
             that is the answer to your question: nobody is at the other \
             end. The socket is all right.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            let got = described(log, "a listener", &listener)?;
            other(log, None, got)?;
            let unbound = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            let got = described(log, "TCP, just made", &unbound)?;
            other(log, None, got)?;
            let datagrams = UdpSocket::bind(("127.0.0.1", 0))?;
            let got = described(log, "UDP, bound", &datagrams)?;
            other(log, None, got)
        });
}

#[test]
fn a_reset_takes_the_peer_away() {
    check("08", "The names of both ends")
        .because(
            "It was connected, and the other end has reset the connection. \
             Now getpeername fails with ENOTCONN, while the socket still \
             has a name of its own. Ask for the peer, and take that error \
             for an answer whatever kind of socket it is.",
        )
        .run(|log| {
            let (mut client, server, _) = connection()?;
            let name = Name::Internet(client.local_addr()?);
            peer::reset(server)?;
            // A read waits for the reset.
            let _ = client.read(&mut [0; 1]);
            let what = "a connection after the peer's reset";
            let got = described(log, what, &client)?;
            other(log, None, got.clone())?;
            local(log, name, got)
        });
}

#[test]
fn port_zero_is_no_name() {
    check("08", "The names of both ends")
        .because(
            "getsockname succeeds before bind, too, with 0.0.0.0 and port \
             0. No packet has ever gone to port 0: it says that the socket \
             has no name yet.",
        )
        .run(|log| {
            for (what, kind) in [("TCP", Type::STREAM), ("UDP", Type::DGRAM)] {
                let unbound = Socket::new(Domain::IPV4, kind, None)?;
                let what = format!("{what}, just made");
                let got = described(log, &what, &unbound)?;
                local(log, Name::Unnamed, got)?;
            }
            Ok(())
        });
}

#[test]
fn a_datagram_socket_can_have_a_peer() {
    check("08", "Asking and setting")
        .because(
            "Whether a socket has a peer doesn't tell its type. A datagram \
             socket may be connected, and a stream socket need not be. Ask \
             for SO_TYPE.",
        )
        .run(|log| {
            let (socket, there) = with_a_peer()?;
            let got = described(log, "UDP, connected", &socket)?;
            is_a(log, Type::DGRAM, &got)?;
            other(log, Some(Name::Internet(there)), got)?;
            let bound = UdpSocket::bind(("127.0.0.1", 0))?;
            is_a(log, Type::DGRAM, &described(log, "UDP, bound", &bound)?)?;
            let listener = peer::listener()?;
            let got = described(log, "a TCP listener", &listener)?;
            is_a(log, Type::STREAM, &got)
        });
}

/// Claims the type.
fn is_a(log: &Log, due: Type, got: &Description) -> Result<(), Broken> {
    log.note("asked", "its type", "");
    log.expect(format!("{due:?}"), format!("{:?}", got.kind))
}

#[test]
fn the_family_is_asked_for() {
    check("08", "Asking and setting")
        .because(
            "The kernel knows the family of every socket, also of one that \
             has no address from which it could be guessed. Ask for \
             SO_DOMAIN.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            let got = described(log, "TCP over IPv4", &listener)?;
            is_of(log, Domain::IPV4, &got)?;
            let (pair, _other) = UnixDatagram::pair()?;
            let got = described(log, "a pair of Unix sockets", &pair)?;
            is_of(log, Domain::UNIX, &got)?;
            // Not every machine has IPv6.
            if let Ok(socket) = Socket::new(Domain::IPV6, Type::DGRAM, None) {
                let got = described(log, "UDP over IPv6", &socket)?;
                is_of(log, Domain::IPV6, &got)?;
            }
            Ok(())
        });
}

/// Claims the family.
fn is_of(log: &Log, due: Domain, got: &Description) -> Result<(), Broken> {
    log.note("asked", "its family", "");
    log.expect(format!("{due:?}"), format!("{:?}", got.family))
}

#[test]
fn a_unix_socket_is_called_by_its_path() {
    check("08", "The names of both ends")
        .because(
            "The same two calls tell the names of every family. A Unix \
             socket has no address and no port: its name is a path.",
        )
        .run(|log| {
            let (path, listener, client, _server) = by_path()?;
            let path = Name::Path(path);
            let got = described(log, "a Unix listener", &listener)?;
            local(log, path.clone(), got)?;
            let got = described(log, "a client of a Unix socket", &client)?;
            other(log, Some(path), got)
        });
}

#[test]
fn a_peer_without_a_name_is_a_peer() {
    check("08", "The names of both ends")
        .because(
            "getpeername has succeeded: somebody is at the other end. That \
             the name is empty doesn't mean that nobody is there. Only \
             ENOTCONN does.",
        )
        .run(|log| {
            let (_path, _listener, _client, server) = by_path()?;
            let what = "what a Unix listener has accepted";
            let got = described(log, what, &server)?;
            other(log, Some(Name::Unnamed), got)?;
            let (one, _other) = UnixStream::pair()?;
            let got = described(log, "a pair of Unix sockets", &one)?;
            other(log, Some(Name::Unnamed), got)
        });
}

#[test]
fn the_number_is_the_descriptors_own() {
    check("08", "A descriptor is a small number")
        .because(
            "A copy of a descriptor leads to the same socket, and has a \
             number of its own. The number that is due is the one that you \
             were given.",
        )
        .run(|log| {
            let listeners = [peer::listener()?, peer::listener()?];
            for listener in &listeners {
                let got = described(log, "one of two listeners", listener)?;
                log.expect(listener.as_raw_fd(), got.number)?;
            }
            Ok(())
        });
}

#[test]
fn what_is_no_socket_is_refused() {
    check("08", "Asking and setting")
        .because(
            "A descriptor may be a file's or a pipe's. The kernel says \
             ENOTSOCK, and so do you: a description of what isn't there \
             would be made up.",
        )
        .run(|log| {
            let file = File::open("/dev/null")?;
            log.note("given", "a descriptor of /dev/null", "");
            let got = describe(file.as_fd());
            let number = got.map(drop).map_err(|e| e.raw_os_error());
            log.expect(Err(Some(nix::libc::ENOTSOCK)), number)
        });
}
