//! What the chapter says in words and shows in no transcript, held against
//! this machine's kernel.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, pair};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use socket2::{Domain, SockRef, Socket, Type};

fn tcp() -> Socket {
    Socket::new(Domain::IPV4, Type::STREAM, None).unwrap()
}

fn udp_reusing(address: std::net::SocketAddr) -> UdpSocket {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&address.into()).unwrap();
    let socket: UdpSocket = socket.into();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket
}

#[test]
fn with_udp_reuseaddr_shares_a_port_and_the_last_to_bind_gets_it_all() {
    let first = udp_reusing(LOOPBACK);
    let address = first.local_addr().unwrap();
    let second = udp_reusing(address);

    let sender = UdpSocket::bind(LOOPBACK).unwrap();
    sender.send_to(b"for whom?", address).unwrap();

    assert_eq!(second.recv(&mut [0; 64]).unwrap(), 9);
    first.set_nonblocking(true).unwrap();
    let error = first.recv(&mut [0; 64]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

#[test]
fn an_accepted_socket_has_the_options_of_its_listener() {
    let listening = listener(LOOPBACK, BACKLOG, true).unwrap();
    listening.set_tcp_nodelay(true).unwrap();
    listening.set_keepalive(true).unwrap();
    listening.set_recv_buffer_size(10_000).unwrap();

    let _client = connect(local(&listening).unwrap()).unwrap();
    let (accepted, _) = listening.accept().unwrap();

    assert!(accepted.reuse_address().unwrap());
    assert!(accepted.tcp_nodelay().unwrap());
    assert!(accepted.keepalive().unwrap());
    assert_eq!(accepted.recv_buffer_size().unwrap(), 20_000);
}

#[test]
fn a_socket_on_the_wildcard_learns_its_address_with_the_connection() {
    // Bound to all addresses, and not listening: nobody can reach it.
    let client = tcp();
    client
        .bind(&"0.0.0.0:0".parse::<std::net::SocketAddr>().unwrap().into())
        .unwrap();
    assert!(local(&client).unwrap().ip().is_unspecified());
    let server = listener(LOOPBACK, BACKLOG, false).unwrap();

    client.connect(&server.local_addr().unwrap()).unwrap();

    assert_eq!(local(&client).unwrap().ip(), LOOPBACK.ip());
}

#[test]
fn every_descriptor_that_std_makes_is_closed_on_exec() {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    let copy = client.try_clone().unwrap();
    let file = std::fs::File::open("/dev/null").unwrap();

    let flags = [
        fcntl(&listener, FcntlArg::F_GETFD),
        fcntl(&client, FcntlArg::F_GETFD),
        fcntl(&server, FcntlArg::F_GETFD),
        fcntl(&copy, FcntlArg::F_GETFD),
        fcntl(&file, FcntlArg::F_GETFD),
    ];
    for flag in flags {
        assert_eq!(flag.unwrap(), FdFlag::FD_CLOEXEC.bits());
    }
}

#[test]
fn a_peer_that_is_gone_politely_still_has_a_name() {
    let (client, server) = pair().unwrap();
    let name = local(&client).unwrap();

    drop(client);
    assert_eq!((&server).read(&mut [0; 1]).unwrap(), 0);

    assert_eq!(lesson_tcp::remote(&server).unwrap(), name);
}

#[test]
fn a_receive_buffer_has_a_least_size_and_a_send_buffer_another() {
    let socket = tcp();
    socket.set_recv_buffer_size(0).unwrap();
    socket.set_send_buffer_size(0).unwrap();

    // socket(7) says 256 and 2048. The kernel says more.
    assert!(socket.recv_buffer_size().unwrap() >= 2048);
    assert!(socket.send_buffer_size().unwrap() >= 2048);
}

#[test]
fn corked_writes_wait_until_the_cork_is_drawn() {
    let kept_back = (0..20).any(|_| {
        let (client, server) = pair().unwrap();
        client.set_tcp_cork(true).unwrap();
        for piece in ["GET ", "/time", "\n"] {
            (&client).write_all(piece.as_bytes()).unwrap();
        }
        server.set_nonblocking(true).unwrap();
        let early = (&server).read(&mut [0; 64]);

        client.set_tcp_cork(false).unwrap();
        server.set_nonblocking(false).unwrap();
        // After 200 ms the kernel draws the cork by itself: a busy machine
        // may see that, and tries again.
        early.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
            && (&server).read(&mut [0; 64]).unwrap() == 10
    });

    assert!(kept_back);
}

#[test]
fn an_error_that_was_read_by_so_error_is_gone() {
    let (client, server) = pair().unwrap();
    let (here, there) = (local(&server).unwrap(), local(&client).unwrap());
    client.set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    let closed = lesson_tcp::state::State::Closed;
    lesson_tcp::state::await_state(here, there, closed).unwrap();

    let error = server.take_error().unwrap().unwrap();

    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(server.take_error().unwrap().is_none());
}

#[test]
fn a_stream_of_std_can_be_asked_for_any_option() {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();

    SockRef::from(&client).set_keepalive(true).unwrap();

    assert!(SockRef::from(&client).keepalive().unwrap());
}
