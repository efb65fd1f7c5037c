//! What the ring promises, tried with the kernel's own. A machine that
//! forbids io_uring leaves these out.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use lesson_completion::{Entry, Operation, Queues, Refused, Ring, Rings};
use support::ring::{RING, forbid_if_asked};
use support::trials::Trials;

fn main() -> ExitCode {
    forbid_if_asked();
    let mut trials = Trials::new(support::lesson!());
    for (name, check) in CLAIMS {
        trials = trials.claim(name, RING.missing, |_| check());
    }
    trials.run()
}

/// How long a test waits for what must come.
const LIMIT: Option<Duration> = Some(Duration::from_secs(30));

const CLAIMS: &[(&str, fn())] = &[
    ("a_buffer_comes_back_with_its_completion", || {
        let (mut client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        ring.push(Entry::new(7, recv(&stream))).unwrap();
        ring.submit().unwrap();
        client.write_all(b"hello").unwrap();
        ring.submit_and_wait(1, LIMIT).unwrap();

        let done = ring.reap().unwrap();

        assert_eq!((done.user_data, done.bytes()), (7, &b"hello"[..]));
        assert_eq!(done.into_buffer().len(), 16);
    }),
    ("nothing_is_done_before_the_submission", || {
        let (mut client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        let send = Operation::Send(Arc::clone(&stream), b"hello".to_vec());
        ring.push(Entry::new(1, send)).unwrap();

        drop(ring);

        assert_eq!(Arc::strong_count(&stream), 1);
        drop(stream);
        let mut got = Vec::new();
        client.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"");
    }),
    ("a_full_queue_gives_the_entry_back", || {
        let (_client, stream) = connection();
        let mut ring = Ring::new(2).unwrap();
        for number in 0..2 {
            ring.push(Entry::new(number, recv(&stream))).unwrap();
        }

        let refused = ring.push(Entry::new(2, recv(&stream))).unwrap_err();

        let Refused::Full(entry) = refused else { panic!("{refused}") };
        ring.submit().unwrap();
        ring.push(entry).unwrap();
        let (submission, kernel, completion) = (1, 2, 0);
        let queues = Queues { submission, kernel, completion };
        assert_eq!(ring.queues(), queues);
    }),
    ("two_in_flight_have_two_names", || {
        let (_client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        ring.push(Entry::new(1, recv(&stream))).unwrap();
        ring.submit().unwrap();

        let refused = ring.push(Entry::new(1, recv(&stream))).unwrap_err();

        assert!(matches!(refused, Refused::InFlight(_)), "{refused}");
    }),
    ("a_ring_that_ends_lets_go_of_what_waits_in_it", || {
        let (mut client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        for number in 0..4 {
            ring.push(Entry::new(number, recv(&stream))).unwrap();
        }
        ring.submit().unwrap();

        drop(ring);

        // Nothing is left in the kernel's hands, and nothing was lost there.
        assert_eq!(Arc::strong_count(&stream), 1);
        client.write_all(b"hello").unwrap();
        let mut got = [0; 5];
        (&*stream).read_exact(&mut got).unwrap();
        assert_eq!(&got, b"hello");
    }),
    ("a_connection_that_nobody_reaps_is_closed_with_the_ring", || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut ring = Ring::new(4).unwrap();
        let accept = Operation::Accept(Arc::new(listener));
        ring.push(Entry::new(1, accept)).unwrap();
        ring.submit().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(LIMIT).unwrap();
        ring.submit_and_wait(1, LIMIT).unwrap();

        drop(ring);

        assert_eq!(client.read(&mut [0; 1]).unwrap(), 0);
    }),
    ("a_wait_ends_with_its_time", || {
        let (_client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        ring.push(Entry::new(1, recv(&stream))).unwrap();

        for time in [Duration::ZERO, Duration::from_millis(1)] {
            let error = ring.submit_and_wait(1, Some(time)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        }
        assert_eq!(ring.queues().kernel, 1);
    }),
    ("a_wait_for_ever_and_one_beyond_all_clocks_end_with_the_event", || {
        let (mut client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        client.write_all(b"hello").unwrap();
        for time in [None, Some(Duration::MAX)] {
            ring.push(Entry::new(1, recv(&stream))).unwrap();
            let limit = Operation::LinkTimeout(Duration::MAX);
            let linked = Entry::new(3, recv(&stream)).linked();
            ring.push(linked).unwrap();
            ring.push(Entry::new(4, limit)).unwrap();
            ring.push(Entry::new(2, Operation::Cancel(3))).unwrap();

            ring.submit_and_wait(4, time).unwrap();

            let mut ends = [None; 5];
            while let Some(done) = ring.reap() {
                let errno = done.result.err().and_then(|e| e.raw_os_error());
                ends[done.user_data as usize] = Some(errno.unwrap_or(0));
            }
            const CANCELED: Option<i32> = Some(nix::libc::ECANCELED);
            assert_eq!(ends[1..], [Some(0), Some(0), CANCELED, CANCELED]);
            client.write_all(b"hello").unwrap();
        }
    }),
    ("completions_beyond_the_queue_wait_in_the_kernel", || {
        let mut ring = Ring::new(1).unwrap();
        let pairs: Vec<_> = (0..9).map(|_| connection()).collect();
        for (number, (_, stream)) in pairs.iter().enumerate() {
            ring.push(Entry::new(number as u64, recv(stream))).unwrap();
            ring.submit().unwrap();
        }
        for (client, _) in &pairs {
            (&*client).write_all(b"hello").unwrap();
        }

        let mut seen = [false; 9];
        while seen.contains(&false) {
            ring.submit_and_wait(1, LIMIT).unwrap();
            while let Some(done) = ring.reap() {
                assert_eq!(done.bytes(), b"hello");
                seen[done.user_data as usize] = true;
            }
        }
    }),
    ("pushing_and_reaping_make_no_call", || {
        let (mut client, stream) = connection();
        let mut ring = Ring::new(4).unwrap();
        client.write_all(b"hello").unwrap();
        ring.push(Entry::new(1, recv(&stream))).unwrap();
        assert_eq!(ring.calls(), 0);
        ring.submit_and_wait(1, LIMIT).unwrap();

        ring.reap().unwrap();
        assert!(ring.reap().is_none());
        // They are there, so this has nothing to wait for.
        ring.submit_and_wait(0, LIMIT).unwrap();

        assert_eq!(ring.calls(), 1);
    }),
    ("a_ring_of_no_entries_or_too_many_is_refused", || {
        for entries in [0, u32::MAX] {
            let refused = Ring::new(entries).err().unwrap().to_string();
            assert!(refused.contains("(EINVAL)"), "{refused}");
        }
    }),
];

fn recv(stream: &Arc<TcpStream>) -> Operation {
    Operation::Recv(Arc::clone(stream), vec![0; 16])
}

fn connection() -> (TcpStream, Arc<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.set_read_timeout(LIMIT).unwrap();
    (client, Arc::new(listener.accept().unwrap().0))
}
