//! More descriptors than select can count, and than one wait can tell.

use std::io::{ErrorKind, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lesson_multiplexing::{Epoll, Interest, Mechanism, Poller, Select};
use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

const NOW: Option<Duration> = Some(Duration::ZERO);

/// So many pairs, each with a byte to read at its near end.
fn pairs(count: usize) -> Vec<(UnixStream, UnixStream)> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let pair = |_| {
        let (near, mut far) = UnixStream::pair().unwrap();
        far.write_all(b"x").unwrap();
        (near, far)
    };
    (0..count).map(pair).collect()
}

#[test]
fn more_events_than_a_wait_has_room_for_come_with_the_next() {
    let pairs = pairs(1500);
    let mut poller = Epoll::edge_triggered().unwrap();
    for (near, _) in &pairs {
        poller.register(near.as_fd(), Interest::READ).unwrap();
    }
    let mut events = Vec::new();

    poller.wait(NOW, &mut events).unwrap();
    let mut told: Vec<_> = events.iter().map(|event| event.fd).collect();
    let first = told.len();
    poller.wait(NOW, &mut events).unwrap();
    told.extend(events.iter().map(|event| event.fd));

    assert_eq!((first, told.len()), (1024, 1500));
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 1500);
    poller.wait(NOW, &mut events).unwrap();
    assert_eq!(events, []);
}

#[test]
fn select_refuses_a_number_that_has_no_bit_and_the_others_take_it() {
    let pairs = pairs(513);
    let high = &pairs.last().unwrap().0;
    assert!(high.as_raw_fd() >= 1024);
    let mut select = Select::new();

    let refused = select.register(high.as_fd(), Interest::READ).unwrap_err();
    let unknown = select.unregister(high.as_fd()).unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    let told = refused.to_string();
    assert!(told.contains("1024 (FD_SETSIZE)"), "{told}");
    assert_eq!(unknown.raw_os_error(), Some(Errno::ENOENT as i32));
    for mechanism in [Mechanism::Poll, Mechanism::Epoll] {
        let mut poller = mechanism.poller().unwrap();
        poller.register(high.as_fd(), Interest::READ).unwrap();
        let mut events = Vec::new();
        poller.wait(NOW, &mut events).unwrap();
        assert_eq!(events.len(), 1, "{mechanism}");
    }
}
