//! Descriptors in messages: what arrives, and what is closed.
//!
//! A pipe tells whether a descriptor is still open anywhere: its reader sees
//! the end only when the last writer is closed.

use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixStream};

use lesson_unix_sockets::rights::{MOST, receive, receive_one, send};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::socket::{MsgFlags, recvmsg};

fn peers() -> (UnixStream, UnixStream) {
    UnixStream::pair().unwrap()
}

/// Whether all writers are closed. The reader doesn't wait.
fn is_closed(reader: &PipeReader) -> bool {
    let flags = nix::fcntl::OFlag::O_NONBLOCK;
    fcntl(reader, FcntlArg::F_SETFL(flags)).unwrap();
    matches!((&mut { reader }).read(&mut [0; 1]), Ok(0))
}

fn copies(writer: &PipeWriter, count: usize) -> Vec<BorrowedFd<'_>> {
    vec![writer.as_fd(); count]
}

#[test]
fn what_arrives_is_another_number_for_the_same_thing() {
    let (sender, receiver) = peers();
    let (mut reader, writer) = pipe().unwrap();

    send(&sender, b"x", &[writer.as_fd()]).unwrap();
    let received = receive_one(&receiver).unwrap();
    assert_ne!(received.as_raw_fd(), writer.as_raw_fd());
    drop(writer);
    PipeWriter::from(received).write_all(b"hello").unwrap();

    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
}

#[test]
fn what_arrives_is_not_inherited_by_other_programs() {
    let (sender, receiver) = peers();

    send(&sender, b"x", &[sender.as_fd()]).unwrap();
    let received: OwnedFd = receive_one(&receiver).unwrap();

    let flags = fcntl(&received, FcntlArg::F_GETFD).unwrap();
    assert_eq!(flags, FdFlag::FD_CLOEXEC.bits());
}

#[test]
fn what_finds_no_room_is_closed_and_told() {
    for (room, fit) in [(0, 0), (1, 2), (2, 2), (3, 4), (4, 4)] {
        let (sender, receiver) = peers();
        let (reader, writer) = pipe().unwrap();
        send(&sender, b"x", &copies(&writer, 5)).unwrap();
        drop(writer);

        let message = receive(&receiver, &mut [0; 8], room).unwrap();

        assert!(message.cut);
        assert_eq!(message.descriptors.len(), fit, "room for {room}");
        assert_eq!(is_closed(&reader), fit == 0);
        drop(message);
        assert!(is_closed(&reader), "none is left of room for {room}");
    }
}

#[test]
fn what_fits_is_not_cut() {
    let (sender, receiver) = peers();
    let (reader, writer) = pipe().unwrap();
    send(&sender, b"x", &copies(&writer, MOST)).unwrap();
    drop(writer);

    let message = receive(&receiver, &mut [0; 8], MOST).unwrap();

    assert!(!message.cut);
    assert_eq!((message.bytes, message.descriptors.len()), (1, MOST));
    drop(message);
    assert!(is_closed(&reader));
}

#[test]
fn one_is_taken_and_another_number_of_them_is_refused() {
    for count in [0, 2, 5, MOST] {
        let (sender, receiver) = peers();
        let (reader, writer) = pipe().unwrap();
        send(&sender, b"x", &copies(&writer, count)).unwrap();
        drop(writer);

        let error = receive_one(&receiver).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InvalidData);
        let told = format!("one descriptor expected, {count} came");
        assert_eq!(error.to_string(), told);
        assert!(is_closed(&reader), "all {count} are closed");
    }
}

#[test]
fn a_peer_that_is_gone_is_the_end() {
    let (sender, receiver) = peers();
    drop(sender);

    let error = receive_one(&receiver).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn a_message_that_nobody_takes_closes_what_is_in_it() {
    let (sender, receiver) = peers();
    let (reader, writer) = pipe().unwrap();
    send(&sender, b"x", &[writer.as_fd()]).unwrap();
    drop(writer);
    assert!(!is_closed(&reader));

    drop(receiver);

    assert!(is_closed(&reader));
}

#[test]
fn a_plain_read_closes_what_is_in_the_message() {
    let (sender, mut receiver) = peers();
    let (reader, writer) = pipe().unwrap();
    send(&sender, b"x", &[writer.as_fd()]).unwrap();
    drop(writer);

    assert_eq!(receiver.read(&mut [0; 8]).unwrap(), 1);

    assert!(is_closed(&reader));
}

#[test]
fn the_descriptors_of_two_messages_come_one_after_the_other() {
    let (sender, receiver) = peers();
    for _ in 0..2 {
        send(&sender, b"x", &[sender.as_fd()]).unwrap();
    }

    for _ in 0..2 {
        let message = receive(&receiver, &mut [0; 8], MOST).unwrap();
        assert_eq!((message.bytes, message.descriptors.len()), (1, 1));
    }
}

#[test]
fn a_message_without_a_byte_is_refused() {
    let (sender, _receiver) = peers();

    let error = send(&sender, b"", &[sender.as_fd()]).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn more_than_253_are_refused() {
    let (sender, _receiver) = peers();
    let many = vec![sender.as_fd(); MOST + 1];

    let error = send(&sender, b"x", &many).unwrap_err();

    assert_eq!(error.raw_os_error(), Some(Errno::EINVAL as i32));
}

#[test]
fn datagrams_carry_descriptors_too() {
    let (sender, receiver) = UnixDatagram::pair().unwrap();

    send(&sender, b"x", &[sender.as_fd()]).unwrap();

    assert!(receive_one(&receiver).is_ok());
}

/// Why the lesson walks the control data itself.
#[test]
fn nix_gives_an_error_and_leaves_what_came_open() {
    let (sender, receiver) = peers();
    let (reader, writer) = pipe().unwrap();
    send(&sender, b"x", &copies(&writer, 5)).unwrap();
    drop(writer);
    let mut buffer = [0; 8];
    let mut into = [std::io::IoSliceMut::new(&mut buffer)];
    let mut control = nix::cmsg_space!(i32);

    let from = receiver.as_raw_fd();
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message =
        recvmsg::<()>(from, &mut into, Some(&mut control), flags).unwrap();

    assert_eq!(message.cmsgs().err(), Some(Errno::ENOBUFS));
    assert!(!is_closed(&reader));
}
