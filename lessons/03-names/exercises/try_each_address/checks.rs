//! What `connect_to_any` must withstand.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use support::check::{Broken, Log, Told, check};
use support::peer::{self, PATIENCE};

use super::exercise::*;

/// What each address is given. On loopback a listener answers at once,
/// whatever else the machine does: the kernel answers for it.
const SHORT: Duration = Duration::from_millis(100);

/// A socket at a port of its own, on which it doesn't listen.
struct Refusing(Socket);

impl Refusing {
    fn new() -> io::Result<Self> {
        Ok(Refusing(bound()?))
    }

    fn address(&self) -> SocketAddr {
        address(&self.0)
    }
}

/// A listener whose queue is full, so that the kernel drops every SYN.
struct Silent {
    listener: Socket,
    _queued: TcpStream,
}

impl Silent {
    fn new() -> io::Result<Self> {
        let listener = bound()?;
        // Room for none. Linux takes one more before the queue is full.
        listener.listen(0)?;
        let queued = peer::client(address(&listener))?;
        peer::in_queue(&listener, 1)?;
        Ok(Silent { listener, _queued: queued })
    }

    fn address(&self) -> SocketAddr {
        address(&self.listener)
    }
}

fn bound() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    Ok(socket)
}

fn address(socket: &Socket) -> SocketAddr {
    let local = socket.local_addr().expect("a bound socket has an address");
    local.as_socket().expect("an internet address")
}

/// Claims which of the addresses the learner's code connects to.
fn chooses(
    log: &Log,
    addresses: &[SocketAddr],
    due: SocketAddr,
) -> Result<TcpStream, Broken> {
    match connect_to_any(addresses, SHORT) {
        Ok(stream) => {
            let place = |address: SocketAddr| {
                let place = addresses.iter().position(|a| *a == address);
                Told(place.map_or("elsewhere".to_string(), |place| {
                    format!("a connection to address {}", place + 1)
                }))
            };
            log.expect(place(due), place(stream.peer_addr()?))?;
            Ok(stream)
        }
        Err(error) => {
            log.note("expected", "a connection", "");
            log.broken(format!("Err({:?}): {error}", error.kind()))
        }
    }
}

/// Claims the kind of the error.
fn fails(
    log: &Log,
    addresses: &[SocketAddr],
    due: ErrorKind,
) -> Result<(), Broken> {
    let got = connect_to_any(addresses, SHORT).map(drop);
    log.expect(Err(due), got.map_err(|error| error.kind()))
}

/// Claims how many connections have come to a listener: the next one that it
/// accepts after them is the check's own.
fn has_heard(
    log: &Log,
    listener: &TcpListener,
    due: usize,
) -> Result<(), Broken> {
    let own = peer::client(listener.local_addr()?)?;
    let own = own.local_addr()?;
    let mut count = 0;
    while listener.accept()?.1 != own {
        count += 1;
    }
    let told = |count| match count {
        1 => Told("1 connection".into()),
        _ => Told(format!("{count} connections")),
    };
    log.expect(told(due), told(count))
}

#[test]
fn an_address_that_answers_is_connected_to() {
    check("03", "One name, many addresses")
        .given("address", "one, and it answers")
        .because("There is one address, and somebody listens there.")
        .run(|log| {
            let listener = peer::listener()?;
            let address = listener.local_addr()?;
            chooses(log, &[address], address).map(drop)
        });
}

#[test]
fn a_refusal_is_no_reason_to_give_up() {
    check("03", "One name, many addresses")
        .given("addresses", "two that refuse, then one that answers")
        .because(
            "Nobody listens at the first address (ECONNREFUSED). That says \
             nothing about the others: a name has several addresses so that \
             one may be down.",
        )
        .run(|log| {
            let (first, second) = (Refusing::new()?, Refusing::new()?);
            let listener = peer::listener()?;
            let last = listener.local_addr()?;
            let addresses = [first.address(), second.address(), last];
            chooses(log, &addresses, last).map(drop)
        });
}

#[test]
fn the_first_that_answers_is_taken() {
    check("03", "One name, many addresses")
        .given("addresses", "one that refuses, then two that answer")
        .because(
            "Two addresses answer, and the one that stands before the other \
             is due. The resolver has sorted them by how well they can be \
             reached.",
        )
        .run(|log| {
            let refusing = Refusing::new()?;
            let (first, second) = (peer::listener()?, peer::listener()?);
            let due = first.local_addr()?;
            let addresses = [refusing.address(), due, second.local_addr()?];
            chooses(log, &addresses, due).map(drop)
        });
}

#[test]
fn behind_the_first_answer_nobody_is_asked() {
    check("03", "One name, many addresses")
        .given("addresses", "two that answer")
        .because(
            "You have a connection by then. The second server would accept \
             one as well, keep a thread for it, and hear nothing.",
        )
        .run(|log| {
            let (first, second) = (peer::listener()?, peer::listener()?);
            let addresses = [first.local_addr()?, second.local_addr()?];
            // Which one it gives is another check's claim.
            let stream = connect_to_any(&addresses, SHORT);
            log.note("listener", "the second one", "");
            has_heard(log, &second, 0)?;
            drop(stream);
            Ok(())
        });
}

#[test]
fn one_connection_is_made() {
    check("03", "One name, many addresses")
        .given("address", "one, and it answers")
        .because(
            "You connected more than once: perhaps to try, and then in \
             earnest. The first connection is as good as any, and a server \
             sees each of them.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            let address = listener.local_addr()?;
            let stream = connect_to_any(&[address], SHORT);
            has_heard(log, &listener, 1)?;
            drop(stream);
            Ok(())
        });
}

#[test]
fn silence_is_given_up() {
    check("03", "One name, many addresses")
        .given("address", "one that never answers")
        .given("patience", "100 ms")
        .because(
            "The SYN is dropped, and nothing comes back, not even a refusal. \
             The kernel alone would go on trying for more than two minutes. \
             Bound each attempt by the patience.",
        )
        .run(|log| {
            let silent = Silent::new()?;
            fails(log, &[silent.address()], ErrorKind::TimedOut)
        });
}

#[test]
fn behind_silence_the_next_is_tried() {
    check("03", "One name, many addresses")
        .given("addresses", "one that never answers, then one that does")
        .given("patience", "100 ms")
        .because(
            "The first address has used up its patience. The second has its \
             own, and answers at once. Silence is no reason to give up, and \
             the patience is not for all addresses together.",
        )
        .run(|log| {
            let silent = Silent::new()?;
            let listener = peer::listener()?;
            let due = listener.local_addr()?;
            chooses(log, &[silent.address(), due], due).map(drop)
        });
}

#[test]
fn the_last_error_is_returned() {
    check("03", "One name, many addresses")
        .given("patience", "100 ms")
        .because(
            "Nobody answered. The error that is due is the last address's, \
             as the kernel gave it: its kind tells a refusal from silence.",
        )
        .run(|log| {
            let (refusing, silent) = (Refusing::new()?, Silent::new()?);
            let (refusing, silent) = (refusing.address(), silent.address());
            log.afresh().note("addresses", "silent, then refusing", "");
            fails(log, &[silent, refusing], ErrorKind::ConnectionRefused)?;
            log.afresh().note("addresses", "refusing, then silent", "");
            fails(log, &[refusing, silent], ErrorKind::TimedOut)
        });
}

#[test]
fn the_connection_can_be_used() {
    check("03", "One name, many addresses")
        .given("address", "one, and it answers")
        .because(
            "The stream that you return is the connection to the listener: \
             open both ways, and still there when the function has returned.",
        )
        .run(|log| {
            let listener = peer::listener()?;
            let address = listener.local_addr()?;
            let mut stream = chooses(log, &[address], address)?;
            let (mut peer, _) = listener.accept()?;
            peer.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(b"ping")?;
            peer::hears(log, &mut peer, b"ping")?;
            peer.write_all(b"pong")?;
            drop(peer);
            let mut got = Vec::new();
            stream.read_to_end(&mut got)?;
            log.expect(b"pong".to_vec(), got)
        });
}

#[test]
fn no_address_is_an_error() {
    check("03", "One name, many addresses")
        .given("addresses", "none")
        .because(
            "A name may have no address of the kind that was asked for. \
             There is nothing to try then, and the error is of the kind \
             InvalidInput, not a panic.",
        )
        .run(|log| fails(log, &[], ErrorKind::InvalidInput));
}
