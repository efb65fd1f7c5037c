//! Descriptors that come when this process may open no more. One test, as
//! the limit is that of the whole process.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use lesson_unix_sockets::{rights, table};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

#[test]
fn what_exceeds_the_limit_of_the_process_is_closed_and_told() {
    let (sender, receiver) = UnixStream::pair().unwrap();
    rights::send(&sender, b"x", &[sender.as_fd(); 5]).unwrap();
    rights::send(&sender, b"x", &[sender.as_fd(); 5]).unwrap();
    let before = table::sockets().unwrap();
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    // Up to the second: two more, if nothing else takes them.
    let next = sender.try_clone().unwrap();
    let third = std::os::fd::AsRawFd::as_raw_fd(&next) as u64 + 2;
    drop(next);
    setrlimit(Resource::RLIMIT_NOFILE, third, hard).unwrap();

    let message = rights::receive(&receiver, &mut [0; 8], rights::MOST);
    let refused = rights::receive_one(&receiver);

    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let message = message.unwrap();
    assert!(message.cut);
    assert_eq!(message.descriptors.len(), 2);
    assert!(refused.is_err());
    drop(message);
    assert_eq!(table::sockets().unwrap(), before);
}
