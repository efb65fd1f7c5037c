//! What holds for all three mechanisms, and what each says in the same case.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lesson_multiplexing::{
    Epoll, Event, Interest, Mechanism, Poll, Poller, Readiness, Select,
};
use nix::errno::Errno;
use nix::sys::pthread::{pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal};
use nix::sys::socket::{MsgFlags, send};
use socket2::SockRef;
use support::memory::most_held;

const NOW: Option<Duration> = Some(Duration::ZERO);

/// The three by name, and epoll edge-triggered.
fn all() -> Vec<(&'static str, Box<dyn Poller>)> {
    vec![
        ("select", Box::new(Select::new())),
        ("poll", Box::new(Poll::new())),
        ("epoll", Box::new(Epoll::new().unwrap())),
        ("edge", Box::new(Epoll::edge_triggered().unwrap())),
    ]
}

/// Who is ready now, in the order of their numbers.
fn ready(poller: &mut dyn Poller) -> Vec<Event> {
    let mut events = Vec::new();
    poller.wait(NOW, &mut events).unwrap();
    events.sort_by_key(|event| event.fd);
    events
}

/// What each says of one descriptor, registered for `interest`.
fn said(
    fd: impl AsFd,
    interest: Interest,
) -> Vec<(&'static str, Option<Readiness>)> {
    let answers = all().into_iter().map(|(name, mut poller)| {
        poller.register(fd.as_fd(), interest).unwrap();
        let events = ready(poller.as_mut());
        assert!(events.len() <= 1, "{name}: {events:?}");
        let event = events.first();
        assert!(event.is_none_or(|e| e.fd == fd.as_fd().as_raw_fd()));
        (name, event.map(|event| event.ready))
    });
    answers.collect()
}

fn errno(result: io::Result<()>) -> Errno {
    Errno::from_raw(result.unwrap_err().raw_os_error().unwrap())
}

fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

#[test]
fn only_who_is_ready_is_told() {
    for (name, mut poller) in all() {
        let pairs: Vec<_> =
            (0..5).map(|_| UnixStream::pair().unwrap()).collect();
        for (near, _) in &pairs {
            poller.register(near.as_fd(), Interest::READ).unwrap();
        }
        assert_eq!(ready(poller.as_mut()), [], "{name}");

        (&pairs[1].1).write_all(b"x").unwrap();
        (&pairs[4].1).write_all(b"x").unwrap();

        let expected = [1, 4].map(|which: usize| Event {
            fd: pairs[which].0.as_raw_fd(),
            ready: Readiness::READABLE,
        });
        let mut expected = expected.to_vec();
        expected.sort_by_key(|event| event.fd);
        assert_eq!(ready(poller.as_mut()), expected, "{name}");
    }
}

#[test]
fn what_nobody_asked_for_is_not_told() {
    let (near, mut far) = UnixStream::pair().unwrap();
    far.write_all(b"x").unwrap();

    for (name, ready) in said(&near, Interest::NONE) {
        assert_eq!(ready, None, "{name}");
    }
    for (name, ready) in said(&near, Interest::WRITE) {
        assert_eq!(ready, Some(Readiness::WRITABLE), "{name}");
    }
    let both = Readiness::READABLE | Readiness::WRITABLE;
    for (name, ready) in said(&near, Interest::READ | Interest::WRITE) {
        assert_eq!(ready, Some(both), "{name}");
    }
}

#[test]
fn all_say_alike_whether_a_call_would_wait() {
    let (quiet, _kept) = tcp();
    let (half, peer) = tcp();
    peer.shutdown(Shutdown::Write).unwrap();
    let (reset, peer) = tcp();
    SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    let (hung, gone) = UnixStream::pair().unwrap();
    drop(gone);
    let (no_writer, writer) = io::pipe().unwrap();
    drop(writer);
    let (reader, no_reader) = io::pipe().unwrap();
    drop(reader);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _caller = TcpStream::connect(listener.local_addr().unwrap()).unwrap();

    let cases: [(&str, BorrowedFd<'_>, bool, bool); 7] = [
        ("quiet", quiet.as_fd(), false, true),
        ("half closed", half.as_fd(), true, true),
        ("reset", reset.as_fd(), true, true),
        ("closed", hung.as_fd(), true, true),
        ("a pipe without writer", no_writer.as_fd(), true, false),
        ("a pipe without reader", no_reader.as_fd(), true, true),
        ("a caller waits", listener.as_fd(), true, false),
    ];
    for (what, fd, reads, writes) in cases {
        for (name, ready) in said(fd, Interest::READ | Interest::WRITE) {
            let ready = ready.unwrap_or(Readiness::NONE);
            let told = (ready.can_read(), ready.can_write());
            assert_eq!(told, (reads, writes), "{what}, {name}: {ready}");
        }
    }
}

#[test]
fn poll_and_epoll_use_the_same_words_and_select_has_three() {
    let (half, peer) = tcp();
    peer.shutdown(Shutdown::Write).unwrap();
    let (urgent, peer) = tcp();
    send(peer.as_raw_fd(), b"!", MsgFlags::MSG_OOB).unwrap();
    let interest = Interest::READ | Interest::PRIORITY;

    let told = |fd: BorrowedFd<'_>| {
        said(fd, interest).into_iter().map(|(_, ready)| match ready {
            Some(ready) => ready.to_string(),
            None => String::new(),
        })
    };

    let words = told(half.as_fd()).collect::<Vec<_>>();
    let end = "readable, read-closed";
    assert_eq!(words, ["readable", end, end, end]);
    let words = told(urgent.as_fd()).collect::<Vec<_>>();
    assert_eq!(words, ["priority"; 4]);
}

#[test]
fn twice_is_an_error_and_so_is_what_was_never_there() {
    let (near, _far) = UnixStream::pair().unwrap();
    for (name, mut poller) in all() {
        let fd = near.as_fd();
        assert_eq!(errno(poller.unregister(fd)), Errno::ENOENT, "{name}");
        let changed = poller.modify(fd, Interest::READ);
        assert_eq!(errno(changed), Errno::ENOENT, "{name}");

        poller.register(fd, Interest::NONE).unwrap();
        let again = poller.register(fd, Interest::READ);
        assert_eq!(errno(again), Errno::EEXIST, "{name}");

        poller.unregister(fd).unwrap();
        assert_eq!(errno(poller.unregister(fd)), Errno::ENOENT, "{name}");
        poller.register(fd, Interest::READ).unwrap();
    }
}

#[test]
fn a_change_of_interest_counts_from_the_next_wait_on() {
    let (near, mut far) = UnixStream::pair().unwrap();
    far.write_all(b"x").unwrap();
    for (name, mut poller) in all() {
        poller.register(near.as_fd(), Interest::READ).unwrap();
        assert_eq!(ready(poller.as_mut()).len(), 1, "{name}");

        poller.modify(near.as_fd(), Interest::NONE).unwrap();
        assert_eq!(ready(poller.as_mut()), [], "{name}");

        // Also edge-triggered: EPOLL_CTL_MOD looks at what is there.
        poller.modify(near.as_fd(), Interest::READ).unwrap();
        assert_eq!(ready(poller.as_mut()).len(), 1, "{name}");

        poller.unregister(near.as_fd()).unwrap();
        assert_eq!(ready(poller.as_mut()), [], "{name}");
    }
}

#[test]
fn whoever_stays_is_found_after_others_have_left() {
    for (name, mut poller) in all() {
        let pairs: Vec<_> =
            (0..9).map(|_| UnixStream::pair().unwrap()).collect();
        for (near, far) in &pairs {
            poller.register(near.as_fd(), Interest::READ).unwrap();
            (&mut &*far).write_all(b"x").unwrap();
        }
        // The first, the last, and one between them.
        for leaver in [0, 8, 4] {
            poller.unregister(pairs[leaver].0.as_fd()).unwrap();
        }

        let told: Vec<_> =
            ready(poller.as_mut()).iter().map(|event| event.fd).collect();

        let mut stay: Vec<_> = [1, 2, 3, 5, 6, 7]
            .map(|which: usize| pairs[which].0.as_raw_fd())
            .to_vec();
        stay.sort_unstable();
        assert_eq!(told, stay, "{name}");
        poller.modify(pairs[7].0.as_fd(), Interest::NONE).unwrap();
        assert_eq!(
            ready(poller.as_mut()).len(),
            if name == "edge" { 0 } else { 5 }
        );
    }
}

#[test]
fn level_tells_it_again_and_edge_does_not() {
    let (near, mut far) = UnixStream::pair().unwrap();
    far.write_all(b"x").unwrap();
    for (name, mut poller) in all() {
        poller.register(near.as_fd(), Interest::READ).unwrap();
        assert_eq!(ready(poller.as_mut()).len(), 1, "{name}");

        let again = ready(poller.as_mut()).len();

        assert_eq!(again, if name == "edge" { 0 } else { 1 }, "{name}");
    }
}

#[test]
fn a_file_never_waits_and_epoll_refuses_it() {
    let file = File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    for mechanism in [Mechanism::Select, Mechanism::Poll] {
        let mut poller = mechanism.poller().unwrap();
        poller.register(file.as_fd(), Interest::READ).unwrap();
        assert_eq!(ready(poller.as_mut()).len(), 1, "{mechanism}");
    }
    let mut epoll = Epoll::new().unwrap();

    let refused = epoll.register(file.as_fd(), Interest::READ);

    assert_eq!(errno(refused), Errno::EPERM);
}

#[test]
fn zero_comes_back_at_once_and_a_duration_not_before_its_time() {
    let (near, _far) = UnixStream::pair().unwrap();
    for (name, mut poller) in all() {
        poller.register(near.as_fd(), Interest::READ).unwrap();
        let mut events = Vec::new();
        poller.wait(NOW, &mut events).unwrap();
        assert_eq!(events, [], "{name}");

        let limit = Duration::from_micros(2500);
        let began = Instant::now();
        poller.wait(Some(limit), &mut events).unwrap();

        assert!(began.elapsed() >= limit, "{name}: {:?}", began.elapsed());
        assert_eq!(events, [], "{name}");
    }
}

#[test]
fn a_wait_begins_with_a_clean_list() {
    let (near, _far) = UnixStream::pair().unwrap();
    for (name, mut poller) in all() {
        let old = Event { fd: near.as_raw_fd(), ready: Readiness::ERROR };
        let mut events = vec![old];

        poller.wait(NOW, &mut events).unwrap();

        assert_eq!(events, [], "{name}");
    }
}

#[test]
fn without_a_time_out_only_an_event_ends_the_wait() {
    for mechanism in Mechanism::ALL {
        let (mut near, mut far) = UnixStream::pair().unwrap();
        let mut poller = mechanism.poller().unwrap();
        poller.register(near.as_fd(), Interest::READ).unwrap();

        let writer = thread::spawn(move || far.write_all(b"x").map(|()| far));
        let mut events = Vec::new();
        poller.wait(None, &mut events).unwrap();

        assert_eq!(events.len(), 1, "{mechanism}");
        near.read_exact(&mut [0; 1]).unwrap();
        writer.join().unwrap().unwrap();
    }
}

#[test]
fn a_signal_ends_the_wait_though_it_was_to_be_restarted() {
    extern "C" fn nothing(_: i32) {}
    let action = SigAction::new(
        SigHandler::Handler(nothing),
        SaFlags::SA_RESTART,
        SigSet::empty(),
    );
    // SAFETY: the handler does nothing, so there is nothing it may not do.
    #[allow(unsafe_code)]
    unsafe { nix::sys::signal::sigaction(Signal::SIGUSR1, &action) }.unwrap();

    for mechanism in Mechanism::ALL {
        let (tell, told) = mpsc::channel();
        let (ended, end) = mpsc::channel();
        let waiter = thread::spawn(move || {
            tell.send(pthread_self()).unwrap();
            let mut poller = mechanism.poller().unwrap();
            let limit = Some(Duration::from_secs(60));
            let result = poller.wait(limit, &mut Vec::new());
            ended.send(result).unwrap();
        });
        let thread = told.recv().unwrap();

        // A signal that comes before the wait is lost: send more of them.
        let result = loop {
            pthread_kill(thread, Signal::SIGUSR1).unwrap();
            match end.recv_timeout(Duration::from_millis(1)) {
                Ok(result) => break result,
                Err(_) => continue,
            }
        };

        assert_eq!(result.unwrap_err().kind(), ErrorKind::Interrupted);
        waiter.join().unwrap();
    }
}

#[test]
fn a_wait_asks_for_no_memory() {
    let pairs: Vec<_> = (0..50).map(|_| UnixStream::pair().unwrap()).collect();
    for (name, mut poller) in all() {
        for (near, far) in &pairs {
            poller.register(near.as_fd(), Interest::READ).unwrap();
            (&mut &*far).write_all(b"x").unwrap();
        }
        let mut events = Vec::with_capacity(pairs.len());

        let ((), held) = most_held(|| poller.wait(NOW, &mut events).unwrap());

        assert_eq!((events.len(), held), (50, 0), "{name}");
    }
}
