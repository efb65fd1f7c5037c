//! What `listen` must allow, and what it must not.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Instant;

use support::check::{Broken, Log, check};
use support::peer::{self, PATIENCE};
use support::sockopt;

use super::exercise::*;

/// How many connections may wait, where it doesn't matter.
const QUEUE: i32 = 16;

/// A port that nobody else takes between two calls: on a loopback address of
/// its own. All of 127.0.0.0/8 is this machine (RFC 6890).
fn elsewhere() -> SocketAddr {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let [.., high, low] = std::process::id().to_be_bytes();
    SocketAddr::from(([127, high, low, count], 0))
}

/// The first run of a server of yours, on a free port.
fn first(log: &Log) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = listen(elsewhere(), QUEUE)?;
    let address = listener.local_addr()?;
    log.note("given", "your listener is open", "");
    Ok((listener, address))
}

/// A client of it, and the other end.
fn accepted(
    log: &Log,
    listener: &TcpListener,
) -> io::Result<(TcpStream, TcpStream)> {
    let client = peer::client(listener.local_addr()?)?;
    log.note("given", "it has accepted a connection", "");
    Ok((client, listener.accept()?.0))
}

/// Claims that the second run gets the same port.
fn restarts(log: &Log, address: SocketAddr) -> Result<(), Broken> {
    log.note("asked", "a listener at the same address and port", "");
    let got = listen(address, QUEUE).and_then(|again| again.local_addr());
    let same = |got| if got == address { "the same" } else { "another" };
    log.expect(Ok("the same"), got.map(same).map_err(|e| e.kind()))
}

/// Claims that while another listens, the port is refused.
fn is_refused(log: &Log, address: SocketAddr) -> Result<(), Broken> {
    log.note("asked", "another one at the same address and port", "");
    let got = listen(address, QUEUE).map(drop).map_err(|e| e.kind());
    log.expect(Err(ErrorKind::AddrInUse), got)
}

#[test]
fn it_takes_connections() {
    check("08", "Who may bind")
        .because(
            "bind gives the socket a name. Only listen makes a listener of \
             it: before, a client is refused.",
        )
        .run(|log| {
            let (listener, _) = first(log)?;
            let (mut client, mut server) = accepted(log, &listener)?;
            server.write_all(b"welcome")?;
            peer::hears(log, &mut client, b"welcome")
        });
}

#[test]
fn time_wait_does_not_keep_the_port() {
    check("08", "Who may bind")
        .because(
            "The server closed the connection first, so its end waits in \
             TIME-WAIT. bind refuses the port unless SO_REUSEADDR is set on \
             the new socket, and was set on the old one before its \
             connections were made. Set it on every run, before bind.",
        )
        .run(|log| {
            let (listener, address) = first(log)?;
            let (mut client, server) = accepted(log, &listener)?;
            drop(server);
            log.note("given", "the server closes it, then the client", "");
            peer::hears_the_end(log, &mut client)?;
            drop(client);
            waits(address)?;
            drop(listener);
            log.note("given", "the server ends; TIME-WAIT is left", "");
            restarts(log, address)
        });
}

/// Waits until a connection of the server's is in TIME-WAIT.
fn waits(server: SocketAddr) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    while !peer::in_time_wait(server)? {
        if Instant::now() > end {
            return Err(io::Error::other("no connection is in TIME-WAIT"));
        }
        thread::yield_now();
    }
    Ok(())
}

#[test]
fn an_open_connection_does_not_keep_the_port() {
    check("08", "Who may bind")
        .because(
            "The listener is gone, but a connection that it accepted is \
             open: a child of the old server may still be at work. Its port \
             is the listener's. With SO_REUSEADDR on both, bind allows it.",
        )
        .run(|log| {
            let (listener, address) = first(log)?;
            let connection = accepted(log, &listener)?;
            drop(listener);
            log.note("given", "it stops listening; that one stays open", "");
            restarts(log, address)?;
            drop(connection);
            Ok(())
        });
}

#[test]
fn a_live_listener_is_not_joined() {
    check("08", "Sharing a port")
        .because(
            "SO_REUSEADDR refuses a second listener. Tell it at once: who \
             tries again waits for as long as the first one lives. With \
             SO_REUSEPORT two servers would listen at one port, and the \
             kernel would deal the connections out between them.",
        )
        .run(|log| {
            let (_listener, address) = first(log)?;
            is_refused(log, address)
        });
}

#[test]
fn a_taken_port_is_told_at_once() {
    check("08", "Who may bind")
        .because(
            "Somebody else listens there. The error says so, AddrInUse, and \
             belongs to the caller, now. Clients look for your server at the \
             port that was asked for, and will not find it at another.",
        )
        .run(|log| {
            let other = TcpListener::bind(elsewhere())?;
            log.note("given", "another program's listener is open", "");
            is_refused(log, other.local_addr()?)
        });
}

#[test]
fn a_foreign_address_is_told_as_it_is() {
    check("08", "Who may bind")
        .given("asked", "a listener at 192.0.2.1, no address of this machine")
        .because(
            "bind has refused the address: EADDRNOTAVAIL. The caller wants \
             to know that, and no other address or error will do.",
        )
        .run(|log| {
            let foreign = SocketAddr::from(([192, 0, 2, 1], 0));
            let got = listen(foreign, QUEUE).map(drop).map_err(|e| e.kind());
            log.expect(Err(ErrorKind::AddrNotAvailable), got)
        });
}

#[test]
fn the_queue_has_the_length_asked_for() {
    check("04", "Connected is not accepted")
        .because(
            "How many connections may wait is for the caller to say: `queue` \
             is what listen is given. std's TcpListener chooses for itself.",
        )
        .run(|log| {
            for queue in [1, 7] {
                let what = format!("a listener with a queue of {queue}");
                log.afresh().note("asked", what, "");
                let listener = listen(elsewhere(), queue)?;
                let got = sockopt::queue_limit(&listener)?;
                log.expect(queue as u32, got)?;
            }
            Ok(())
        });
}

#[test]
fn a_program_that_it_starts_does_not_inherit_it() {
    check("08", "Across exec")
        .because(
            "The descriptor stays open across exec. A program that the \
             server starts, and that outlives it, would hold the listener: \
             the restarted server finds its port taken. Ask for \
             SOCK_CLOEXEC, as Socket::new does.",
        )
        .run(|log| {
            let (listener, _) = first(log)?;
            log.note("asked", "its flags: is close-on-exec set?", "");
            log.expect(true, closes_on_exec(&listener)?)
        });
}

/// Whether O_CLOEXEC is among the flags in /proc/self/fdinfo: proc(5).
fn closes_on_exec(listener: &TcpListener) -> io::Result<bool> {
    let place = format!("/proc/self/fdinfo/{}", listener.as_raw_fd());
    let info = std::fs::read_to_string(place)?;
    let mut flags = info.lines().filter_map(|l| l.strip_prefix("flags:"));
    let flags = flags.next().unwrap_or("").trim();
    let flags = i32::from_str_radix(flags, 8).unwrap_or(0);
    Ok(flags & nix::libc::O_CLOEXEC != 0)
}

#[test]
fn clients_hear_an_orderly_end() {
    check("08", "Linger")
        .because(
            "The server has closed the connection, and the client got a \
             reset instead of the end. With SO_LINGER and a time of zero \
             there is no TIME-WAIT, but what is still on its way is thrown \
             away. Accepted sockets inherit it from the listener.",
        )
        .run(|log| {
            let (listener, _) = first(log)?;
            let (mut client, mut server) = accepted(log, &listener)?;
            server.write_all(b"goodbye")?;
            drop(server);
            log.note("given", "the server says goodbye and closes", "");
            let mut heard = Vec::new();
            let end = client.read_to_end(&mut heard).map_err(|e| e.kind());
            log.expect(Ok(7), end)
        });
}
