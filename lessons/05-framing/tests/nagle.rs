//! Gluing is not Nagle's doing: tcp(7), TCP_NODELAY.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use nix::sys::socket::{MsgFlags, recv};

#[test]
fn messages_are_glued_without_nagles_algorithm_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut sender = TcpStream::connect(address).unwrap();
    let (receiver, _) = listener.accept().unwrap();
    assert!(!sender.nodelay().unwrap(), "Nagle's algorithm is on at first");
    sender.set_nodelay(true).unwrap();

    for message in ["hello", "brave new", "world"] {
        sender.write_all(message.as_bytes()).unwrap();
    }

    // Waits until all have arrived, then takes what one recv gives.
    let look = MsgFlags::MSG_PEEK | MsgFlags::MSG_WAITALL;
    recv(receiver.as_raw_fd(), &mut [0; 19], look).unwrap();
    let mut buffer = [0; 1024];
    let count =
        recv(receiver.as_raw_fd(), &mut buffer, MsgFlags::empty()).unwrap();
    assert_eq!(&buffer[..count], b"hellobrave newworld");
}
