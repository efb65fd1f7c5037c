//! What `share` must open, and when it must refuse.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU8, Ordering};

use socket2::{Domain, SockRef, Socket, Type};
use support::check::{Broken, Log, check};
use support::peer;

use super::exercise::*;

/// A port that nobody else takes between two calls: on a loopback address of
/// its own. All of 127.0.0.0/8 is this machine (RFC 6890).
fn elsewhere() -> SocketAddr {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let [.., high, low] = std::process::id().to_be_bytes();
    SocketAddr::from(([127, high, low, count], 0))
}

/// Opens so many listeners of yours at any free port.
fn opened(log: &Log, count: usize) -> io::Result<Vec<TcpListener>> {
    let what = format!("{count} listeners that share a port");
    log.afresh().note("asked", what, "");
    share(elsewhere(), count)
}

/// A socket at this address that shares its port, as another worker makes
/// one. It doesn't listen.
fn another(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Claims that a worker gets the same port and can listen there.
fn is_joined(log: &Log, address: SocketAddr) -> Result<(), Broken> {
    log.note("given", "a worker binds the same port with SO_REUSEPORT", "");
    let joined = another(address).and_then(|socket| socket.listen(1));
    log.expect(Ok(()), joined.map_err(|error| error.kind()))
}

#[test]
fn as_many_listen_as_were_asked_for() {
    check("08", "Sharing a port")
        .because(
            "So many were asked for, and each must listen: a socket that is \
             only bound gets no connection. EADDRINUSE here means that one \
             socket doesn't share the port. bind asks all of them, the \
             first one too.",
        )
        .run(|log| {
            for count in [1, 2, 5] {
                let listeners = opened(log, count)?;
                log.expect(count, listeners.len())?;
                for listener in &listeners {
                    log.note("asked", "one of them: does it listen?", "");
                    let listens = SockRef::from(listener).is_listener()?;
                    log.expect(true, listens)?;
                }
            }
            Ok(())
        });
}

#[test]
fn all_have_the_same_port() {
    check("08", "Sharing a port")
        .because(
            "Port 0 gives every socket that asks for it another port. Ask \
             once, see by getsockname what the first one was given, and ask \
             for that.",
        )
        .run(|log| {
            let listeners = opened(log, 4)?;
            let mut addresses = BTreeSet::new();
            for listener in &listeners {
                addresses.insert(listener.local_addr()?);
            }
            let ports = |count| format!("{count} different addresses");
            log.expect(ports(1), ports(addresses.len()))
        });
}

#[test]
fn each_is_a_socket_of_its_own() {
    check("08", "Sharing a port")
        .because(
            "Several descriptors lead to one socket, with one queue. All \
             workers wait at that queue then, and wake up for the same \
             connection. Let every listener be a socket of its own.",
        )
        .run(|log| {
            let listeners = opened(log, 4)?;
            let mut inodes = BTreeSet::new();
            for listener in &listeners {
                // "socket:[4711]", proc(5): a name for the socket itself.
                let number = listener.as_raw_fd();
                inodes
                    .insert(fs::read_link(format!("/proc/self/fd/{number}"))?);
            }
            let sockets = |count| format!("{count} different sockets");
            log.expect(sockets(listeners.len()), sockets(inodes.len()))
        });
}

#[test]
fn every_connection_reaches_one_of_them() {
    check("08", "Sharing a port")
        .because(
            "The kernel has put each connection into the queue of one \
             listener. Whoever takes them from all listeners has all of \
             them: none is lost, none comes twice.",
        )
        .given("clients", "24 connect, one after the other")
        .run(|log| {
            let listeners = share(elsewhere(), 3)?;
            let Some(first) = listeners.first() else {
                return log.broken("no listeners");
            };
            let address = first.local_addr()?;
            let mut clients = Vec::new();
            for number in 0..24u8 {
                let mut client = peer::client(address)?;
                client.write_all(&[number])?;
                clients.push(client);
            }
            let numbers = taken(&listeners, clients.len())?;
            log.expect((0..24).collect::<Vec<u8>>(), numbers)
        });
}

/// The numbers of all clients, sorted, from whichever listener has them.
fn taken(listeners: &[TcpListener], count: usize) -> io::Result<Vec<u8>> {
    let end = std::time::Instant::now() + peer::PATIENCE;
    for listener in listeners {
        listener.set_nonblocking(true)?;
    }
    let mut numbers = Vec::new();
    while numbers.len() < count && std::time::Instant::now() < end {
        for listener in listeners {
            let Ok((mut stream, _)) = listener.accept() else { continue };
            stream.set_read_timeout(Some(peer::PATIENCE))?;
            let mut number = [0];
            stream.read_exact(&mut number)?;
            numbers.extend(number);
        }
        std::thread::yield_now();
    }
    numbers.sort();
    Ok(numbers)
}

#[test]
fn a_worker_can_join_later() {
    check("08", "Sharing a port")
        .because(
            "bind asks every socket at the port, the first one too, whether \
             it shares. One that doesn't is enough for EADDRINUSE. Set \
             SO_REUSEPORT on all, and before bind.",
        )
        .run(|log| {
            let listeners = opened(log, 3)?;
            let Some(first) = listeners.first() else {
                return log.broken("no listeners");
            };
            is_joined(log, first.local_addr()?)
        });
}

#[test]
fn one_alone_can_be_joined() {
    check("08", "Sharing a port")
        .because(
            "There is only one listener now, and the worker that comes later \
             is in another process: it can set the option on its own \
             socket, and not on yours. bind asks both. Set it on the first \
             one, too.",
        )
        .run(|log| {
            let listeners = opened(log, 1)?;
            let Some(first) = listeners.first() else {
                return log.broken("no listeners");
            };
            is_joined(log, first.local_addr()?)
        });
}

#[test]
fn a_port_that_was_asked_for_is_given() {
    check("08", "Sharing a port")
        .because(
            "A worker of the first process shares the port by now. You were \
             asked for that port, and not for a free one.",
        )
        .run(|log| {
            let before = another(elsewhere())?;
            before.listen(1)?;
            let due = before.local_addr()?.as_socket();
            let Some(due) = due else { return log.broken("no address") };
            log.note("given", "another worker listens and shares", "");
            log.note("asked", "2 listeners at the same port", "");
            for listener in share(due, 2)? {
                log.expect(due.port(), listener.local_addr()?.port())?;
            }
            Ok(())
        });
}

#[test]
fn a_port_that_is_not_shared_is_refused() {
    check("08", "Sharing a port")
        .because(
            "A program has that port and doesn't share it. The kernel says \
             EADDRINUSE, and so do you: no fewer listeners, no other port.",
        )
        .run(|log| {
            let other = TcpListener::bind(elsewhere())?;
            log.note("given", "a listener that doesn't share its port", "");
            log.note("asked", "3 listeners at the same port", "");
            let got = share(other.local_addr()?, 3);
            let got = got.map(|listeners| listeners.len());
            log.expect(Err(ErrorKind::AddrInUse), got.map_err(|e| e.kind()))
        });
}
