//! What the chapter says in words and shows in no transcript, held against
//! this machine's kernel.

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

use lesson_unix_sockets::{Folder, LONGEST};
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType,
    UnixCredentials, recv, recvmsg, send, setsockopt, socketpair, sockopt,
};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap())
}

#[test]
fn a_path_of_107_bytes_is_the_longest() {
    let folder = Folder::new().unwrap();
    let room = LONGEST - folder.path("").as_os_str().len();

    UnixListener::bind(folder.path("x".repeat(room))).unwrap();
    let error = UnixListener::bind(folder.path("x".repeat(room + 1)));

    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn an_empty_path_makes_a_name_of_the_kernels_own() {
    let listener = UnixListener::bind("").unwrap();

    let address = listener.local_addr().unwrap();
    assert!(address.as_pathname().is_none() && !address.is_unnamed());
}

#[test]
fn between_bind_and_listen_the_mode_can_be_changed_in_peace() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    server.bind(&SockAddr::unix(&path).unwrap()).unwrap();

    let early = UnixStream::connect(&path).unwrap_err();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    server.listen(1).unwrap();

    assert_eq!(errno(&early), Errno::ECONNREFUSED);
    UnixStream::connect(&path).unwrap();
}

#[test]
fn a_file_can_be_moved_and_leads_to_the_same_socket() {
    let folder = Folder::new().unwrap();
    let server = UnixListener::bind(folder.path("new")).unwrap();
    drop(UnixListener::bind(folder.path("s")).unwrap());

    fs::rename(folder.path("new"), folder.path("s")).unwrap();
    UnixStream::connect(folder.path("s")).unwrap();

    server.set_nonblocking(true).unwrap();
    assert!(server.accept().is_ok());
}

#[test]
fn a_connection_outlives_its_file() {
    let folder = Folder::new().unwrap();
    let server = UnixListener::bind(folder.path("s")).unwrap();
    let mut client = UnixStream::connect(folder.path("s")).unwrap();
    let (mut stream, _) = server.accept().unwrap();

    fs::remove_file(folder.path("s")).unwrap();
    client.write_all(b"hello").unwrap();

    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 5);
}

#[test]
fn a_connect_waits_while_the_queue_is_full() {
    let folder = Folder::new().unwrap();
    let address = SockAddr::unix(folder.path("s")).unwrap();
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    server.bind(&address).unwrap();
    server.listen(0).unwrap();
    let _first = UnixStream::connect(folder.path("s")).unwrap();

    let second = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    second.set_nonblocking(true).unwrap();

    // TCP would say EINPROGRESS, and try on.
    let error = second.connect(&address).unwrap_err();
    assert_eq!(errno(&error), Errno::EAGAIN);
}

#[test]
fn a_close_with_unread_bytes_is_a_reset_as_with_tcp() {
    let (mut left, right) = UnixStream::pair().unwrap();
    left.write_all(b"never read").unwrap();
    drop(right);

    let error = left.read(&mut [0; 8]).unwrap_err();

    assert_eq!(errno(&error), Errno::ECONNRESET);
}

#[test]
fn a_write_to_a_closed_peer_fails_at_once() {
    let (mut left, right) = UnixStream::pair().unwrap();
    drop(right);

    let error = left.write(b"hello").unwrap_err();

    assert_eq!(errno(&error), Errno::EPIPE);
}

#[test]
fn a_datagram_larger_than_the_senders_buffer_is_refused() {
    let (left, _right) = UnixDatagram::pair().unwrap();
    SockRef::from(&left).set_send_buffer_size(10_000).unwrap();
    let room = SockRef::from(&left).send_buffer_size().unwrap();

    assert_eq!(room, 20_000);
    left.send(&vec![0; room - 32]).unwrap();
    let error = left.send(&vec![0; room]).unwrap_err();
    assert_eq!(errno(&error), Errno::EMSGSIZE);
}

#[test]
fn what_does_not_fit_of_a_datagram_is_gone() {
    let (left, right) = UnixDatagram::pair().unwrap();
    left.send(b"0123456789").unwrap();
    left.send(b"next").unwrap();
    let mut buffer = [0; 4];

    assert_eq!(right.recv(&mut buffer).unwrap(), 4);
    assert_eq!(right.recv(&mut buffer).unwrap(), 4);

    assert_eq!(&buffer, b"next");
}

#[test]
fn seqpacket_is_a_connection_that_keeps_messages_apart() {
    let (left, right) = socketpair(
        AddressFamily::Unix,
        SockType::SeqPacket,
        None,
        SockFlag::SOCK_CLOEXEC,
    )
    .unwrap();
    let mut buffer = [0; 64];
    let mut received =
        || recv(right.as_raw_fd(), &mut buffer, MsgFlags::empty()).unwrap();

    for text in ["hello", "world!"] {
        let flags = MsgFlags::empty();
        send(left.as_raw_fd(), text.as_bytes(), flags).unwrap();
    }
    assert_eq!((received(), received()), (5, 6));
    drop(left);
    assert_eq!(received(), 0);
}

#[test]
fn the_file_itself_can_not_be_opened() {
    let folder = Folder::new().unwrap();
    let _server = UnixListener::bind(folder.path("s")).unwrap();

    let error = fs::File::open(folder.path("s")).unwrap_err();

    assert_eq!(errno(&error), Errno::ENXIO);
}

#[test]
fn who_wrote_is_not_known_of_a_message_that_came_too_early() {
    let (left, right) = UnixDatagram::pair().unwrap();
    let mut written = Vec::new();

    left.send(b"early").unwrap();
    setsockopt(&right, sockopt::PassCred, &true).unwrap();
    left.send(b"late").unwrap();
    for _ in 0..2 {
        let mut buffer = [0; 8];
        let mut into = [std::io::IoSliceMut::new(&mut buffer)];
        let mut control = nix::cmsg_space!(UnixCredentials);
        let flags = MsgFlags::empty();
        let from = right.as_raw_fd();
        let message =
            recvmsg::<()>(from, &mut into, Some(&mut control), flags).unwrap();
        for control in message.cmsgs().unwrap() {
            if let ControlMessageOwned::ScmCredentials(writer) = control {
                written.push(writer.pid());
            }
        }
    }

    assert_eq!(written, [0, std::process::id() as i32]);
}
