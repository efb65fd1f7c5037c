//! The tool and the demos as a reader runs them, and whatever a client, a
//! machine or a user may do to them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Instant;

use support::peer::{PATIENCE, client, reset};
use support::ring::{RING, forbid, forbid_if_asked, pretend_there_is_none};
use support::tool::{self, Server, told};
use support::transcript::Lesson;
use support::trials::{Trials, nothing};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-completion");

fn main() -> ExitCode {
    forbid_if_asked();
    let mut trials = Trials::new(support::lesson!());
    for (name, check) in WITH_A_RING {
        trials = trials.claim(name, RING.missing, *check);
    }
    for (name, check) in WITHOUT {
        trials = trials.claim(name, nothing, *check);
    }
    trials.run()
}

/// Whether the server still does its work.
fn echoes(server: &Server, text: &[u8]) -> bool {
    let mut stream = client(server.address).unwrap();
    stream.write_all(text).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer == text
}

type Claim = (&'static str, fn(&Lesson));

const WITH_A_RING: &[Claim] = &[
    ("the_server_echoes_any_bytes_to_many_at_once", |_| {
        let server = Server::start(LESSON);
        // More than the buffers hold: written and read at the same time.
        let garbage: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let stream = client(server.address).unwrap();
                    scope.spawn({
                        let mut outgoing = stream.try_clone().unwrap();
                        let garbage = &garbage;
                        move || {
                            outgoing.write_all(garbage).unwrap();
                            outgoing.shutdown(Shutdown::Write).unwrap();
                        }
                    });
                    let mut answer = Vec::new();
                    (&stream).read_to_end(&mut answer).unwrap();
                    assert!(answer == garbage, "{} bytes", answer.len());
                });
            }
        });
    }),
    ("a_client_that_finishes_first_gets_all", |_| {
        let server = Server::start(LESSON);

        assert!(echoes(&server, b""));
        assert!(echoes(&server, &[b'x'; 50_000]));
    }),
    ("a_reset_ends_one_conversation_and_not_the_server", |_| {
        let server = Server::start(LESSON);

        for _ in 0..200 {
            let mut stream = client(server.address).unwrap();
            stream.write_all(b"gone before the answer").unwrap();
            reset(stream).unwrap();
        }

        assert!(echoes(&server, b"still there"));
    }),
    ("clients_that_stall_hold_up_nobody", |_| {
        let server = Server::start(LESSON);

        let silent = client(server.address).unwrap();
        let mut deaf = client(server.address).unwrap();
        // Sends until both directions are full, and never reads.
        deaf.set_nonblocking(true).unwrap();
        while deaf.write(&[b'x'; 65_536]).is_ok() {}

        assert!(echoes(&server, b"still there"));
        drop((silent, deaf));
        assert!(echoes(&server, b"still there"));
    }),
    ("a_full_house_turns_clients_away_and_opens_again", |_| {
        let server = Server::start(LESSON);

        let mut guests: Vec<TcpStream> = Vec::new();
        for _ in 0..64 {
            let mut guest = client(server.address).unwrap();
            guest.write_all(b"x").unwrap();
            guest.read_exact(&mut [0]).unwrap();
            guests.push(guest);
        }
        let mut late = client(server.address).unwrap();
        assert_eq!(late.read(&mut [0]).unwrap(), 0);

        drop(guests.pop());
        let until = Instant::now() + PATIENCE;
        let mut served = false;
        // Its place is free when the server has seen its end.
        while !served && Instant::now() < until {
            let mut next = client(server.address).unwrap();
            let _ = next.write_all(b"x");
            served = next.read(&mut [0]).is_ok_and(|count| count == 1);
        }
        assert!(served);
    }),
    ("too_few_descriptors_are_told_with_the_limit", |_| {
        let low = |binary: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", "ulimit -n 64 && exec \"$@\"", "sh", binary]);
            command
        };

        let output = low(LESSON).arg("batch").output().unwrap();

        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            told(&output),
            "lesson-completion: batch: Too many open files (EMFILE): 100 \
             connections take 200 descriptors, and this process may have 64 \
             in all: raise it by `ulimit -n 1024`\n"
        );
    }),
    ("a_port_that_is_taken_is_named", |_| {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = taken.local_addr().unwrap().to_string();

        let output = tool::run(LESSON, &["server", &address], b"");

        let why = "Address already in use (EADDRINUSE)";
        let line = format!("lesson-completion: bind {address}: {why}\n");
        assert_eq!(told(&output), line);
        assert_eq!(output.status.code(), Some(1));
    }),
    ("a_server_without_a_ring_says_how_to_get_one", |lesson| {
        let told = lesson.fails_by(forbid, &["server", "127.0.0.1:0"]);

        assert_eq!(
            told,
            "lesson-completion: make a ring: io_uring_setup: Operation not \
             permitted (EPERM): a container or a sandbox forbids it. To allow \
             it: run it outside; or, with Docker, docker run --security-opt \
             seccomp=unconfined\n"
        );
    }),
    ("a_machine_that_pretends_to_know_no_such_call_is_told", |lesson| {
        let remedy = "(ENOSYS): a container or a sandbox forbids it";
        lesson.is_replayed("echo", pretend_there_is_none, &[], remedy);
    }),
];

const WITHOUT: &[Claim] = &[
    ("an_unknown_demo_gets_the_nearest_name", |_| {
        let output = tool::run(LESSON, &["linkd"], b"");

        assert!(told(&output).contains("'linked'"), "{}", told(&output));
        assert_eq!(output.status.code(), Some(2));
    }),
    ("an_address_that_is_none_is_named", |_| {
        let output = tool::run(LESSON, &["server", "127.0.0.1"], b"");

        assert!(told(&output).contains("'127.0.0.1'"), "{}", told(&output));
        assert_eq!(output.status.code(), Some(2));
    }),
];
