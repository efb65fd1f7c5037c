//! What the chapter says in words and shows in no transcript, held against
//! this machine's kernel.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;

use lesson_udp::{LOOPBACK, bound, connected, kernel, next_size};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, SockRef, Socket, Type};

#[test]
fn the_first_sendto_gives_a_socket_its_port() {
    let server = bound(LOOPBACK).unwrap();
    let client = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    let client = UdpSocket::from(client);

    assert_eq!(client.local_addr().unwrap().port(), 0);
    client.send_to(b"x", server.local_addr().unwrap()).unwrap();
    assert_ne!(client.local_addr().unwrap().port(), 0);
}

#[test]
fn a_udp_socket_cannot_listen() {
    let socket = bound(LOOPBACK).unwrap();

    let error = SockRef::from(&socket).listen(1).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_send_that_reports_a_refusal_has_sent_nothing() {
    let server = bound(LOOPBACK).unwrap();
    let address = server.local_addr().unwrap();
    drop(server);
    let client = connected(address).unwrap();
    client.send(b"to nobody").unwrap();
    refusal_has_come(&client);
    let server = bound(address).unwrap();

    let refused = client.send(b"refused").unwrap_err();
    client.send(b"hello").unwrap();

    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(next_size(&server).unwrap(), 5);
}

/// Waits until an error is there to be reported: POLLERR, which poll(2)
/// tells unasked.
fn refusal_has_come(socket: &UdpSocket) {
    let mut asked = [PollFd::new(socket.as_fd(), PollFlags::empty())];
    assert_eq!(poll(&mut asked, PollTimeout::from(5000u16)), Ok(1));
}

#[test]
fn a_datagram_to_port_0_is_refused() {
    let socket = bound(LOOPBACK).unwrap();

    let error = socket.send_to(b"x", LOOPBACK).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn the_room_that_is_asked_for_is_doubled() {
    let socket = bound(LOOPBACK).unwrap();
    let socket = SockRef::from(&socket);

    assert_ne!(socket.recv_buffer_size().unwrap(), 20_000);
    socket.set_recv_buffer_size(10_000).unwrap();
    assert_eq!(socket.recv_buffer_size().unwrap(), 20_000);
}

#[test]
fn four_bytes_take_several_hundred_of_the_buffer() {
    let socket = bound(LOOPBACK).unwrap();
    let address = socket.local_addr().unwrap();
    let SocketAddr::V4(v4) = address else { panic!("an IPv4 socket") };

    socket.send_to(b"four", address).unwrap();
    next_size(&socket).unwrap();

    assert!((200..2000).contains(&kernel::of(v4).unwrap().waiting));
}

#[test]
fn fragments_wait_half_a_minute_for_the_others() {
    let seconds = fs::read_to_string("/proc/sys/net/ipv4/ipfrag_time");

    assert_eq!(seconds.unwrap().trim(), "30");
}

#[test]
fn loopback_takes_the_largest_datagram_in_one_frame() {
    let mtu = fs::read_to_string("/sys/class/net/lo/mtu").unwrap();

    assert_eq!(mtu.trim(), "65536");
    assert_eq!(LOOPBACK.ip(), Ipv4Addr::LOCALHOST);
}
