//! The tools as a reader runs them: programs, and whatever a client, a
//! machine or a user may do to them.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lesson_multiplexing::Mechanism;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::SockRef;
use support::tool::{self, Server, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-multiplexing");

/// How long a server may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// More than all buffers between two programs hold.
const MUCH: usize = 64 << 20;

fn server(with: Mechanism) -> Server {
    let with = with.to_string();
    Server::start_by(&mut Command::new(LESSON), &["--with", &with])
}

/// A server that may have so many descriptors, and tells trouble to a pipe.
fn limited(most: u32, with: Mechanism) -> Server {
    let script = format!("ulimit -n {most} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, LESSON]).stderr(Stdio::piped());
    Server::start_by(&mut command, &["--with", &with.to_string()])
}

fn client(to: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(to).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.set_write_timeout(Some(LIMIT)).unwrap();
    client
}

/// Sends all, says so, and gets all back.
fn echoes(client: TcpStream, data: &[u8]) -> bool {
    let mut answer = Vec::new();
    thread::scope(|scope| {
        let mut writer = &client;
        scope.spawn(move || {
            writer.write_all(data).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut reader = &client;
        reader.read_to_end(&mut answer).unwrap();
    });
    answer == data
}

fn is_served(mut client: &TcpStream) -> bool {
    let mut answer = [0; 5];
    client.write_all(b"hello").is_ok()
        && client.read_exact(&mut answer).is_ok()
        && answer == *b"hello"
}

/// A number of /proc/PID/status.
fn status(server: &Server, name: &str) -> u64 {
    let path = format!("/proc/{}/status", server.id());
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Whether it sleeps through a good part of a second, as it should when there
/// is nothing to do: the time on a processor, in nanoseconds, is the first
/// number of /proc/PID/schedstat.
fn sleeps(server: &Server) -> bool {
    let ran = || {
        let path = format!("/proc/{}/schedstat", server.id());
        let text = fs::read_to_string(path).unwrap();
        text.split(' ').next().unwrap().parse::<u64>().unwrap()
    };
    let before = ran();
    thread::sleep(Duration::from_millis(400));
    Duration::from_nanos(ran() - before) < Duration::from_millis(10)
}

fn descriptors(server: &Server) -> usize {
    fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count()
}

/// Waits until something holds, which must be in good time.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < LIMIT, "{what}");
        thread::yield_now();
    }
}

/// Sends until nothing goes any more; how much went.
fn fill(client: &TcpStream) -> usize {
    let mut sent = 0;
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let data: Vec<u8> = (0..251_000).map(|at| (at % 251) as u8).collect();
    while sent < MUCH {
        match (&mut &*client).write(&data[sent % data.len()..]) {
            Ok(count) => sent += count,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                return sent;
            }
        }
    }
    panic!("{MUCH} bytes went, and none was read: who holds them?");
}

#[test]
fn many_are_served_at_once_beside_one_that_says_nothing() {
    let garbage: Vec<u8> = (0..=255).cycle().take(1_000_000).collect();
    for with in Mechanism::ALL {
        let server = server(with);
        let _silent = client(server.address);

        thread::scope(|scope| {
            for _ in 0..4 {
                let one = client(server.address);
                scope.spawn(|| assert!(echoes(one, &garbage), "{with}"));
            }
        });

        assert!(echoes(client(server.address), b""), "{with}");
    }
}

#[test]
fn a_client_that_never_reads_costs_a_full_queue_and_no_more() {
    for with in Mechanism::ALL {
        let server = server(with);
        let before = status(&server, "VmRSS:");
        let greedy = client(server.address);

        let sent = fill(&greedy);

        assert!(is_served(&client(server.address)), "{with}");
        let more = status(&server, "VmRSS:").saturating_sub(before);
        assert!(more < 1024, "{with}: {more} KiB more for {sent} bytes");
        assert!(sleeps(&server), "{with}: turns for what it doesn't read");
    }
}

#[test]
fn a_client_that_never_writes_costs_no_turn() {
    for with in Mechanism::ALL {
        let server = server(with);
        let silent = client(server.address);
        assert!(is_served(&client(server.address)));

        assert!(sleeps(&server), "{with}");

        assert!(is_served(&silent), "{with}");
        assert!(sleeps(&server), "{with}");
    }
}

#[test]
fn all_that_was_queued_arrives_when_the_client_reads_after_all() {
    for with in Mechanism::ALL {
        let server = server(with);
        let mut late = client(server.address);
        let sent = fill(&late);
        late.shutdown(Shutdown::Write).unwrap();

        let mut answer = Vec::new();
        late.read_to_end(&mut answer).unwrap();

        assert_eq!(answer.len(), sent, "{with}");
        let expected = |place: usize| (place % 251) as u8;
        assert!((0..sent).all(|place| answer[place] == expected(place)));
    }
}

#[test]
fn clients_that_vanish_take_nobody_with_them() {
    for with in Mechanism::ALL {
        let server = server(with);
        let stays = client(server.address);
        assert!(is_served(&stays));
        let before = descriptors(&server);

        for number in 0..200 {
            let mut one = client(server.address);
            match number % 4 {
                // At once; with a reset; with an answer on its way; with a
                // reset and a full queue.
                0 => (),
                1 => {
                    let socket = SockRef::from(&one);
                    socket.set_linger(Some(Duration::ZERO)).unwrap();
                }
                2 => one.write_all(b"hello").unwrap(),
                _ if number == 3 => drop(fill(&one)),
                _ => one.write_all(&[0; 100_000]).unwrap(),
            }
        }

        assert!(is_served(&stays), "{with}");
        until("all are closed", || descriptors(&server) == before);
    }
}

#[test]
fn without_a_descriptor_for_them_callers_wait_and_the_server_does_not_spin() {
    for with in Mechanism::ALL {
        let mut server = limited(32, with);
        let mut stderr = BufReader::new(server.stderr().unwrap());
        let mut served: Vec<_> =
            (0..40).map(|_| client(server.address)).collect();
        for one in &mut served {
            one.write_all(b"hello").unwrap();
        }
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let full = "accept: Too many open files (EMFILE): callers wait\n";
        assert_eq!(line, full, "{with}");

        assert!(sleeps(&server), "{with}: tries again and again");

        // Whoever leaves makes room for the next, until all were served.
        for mut one in served {
            let mut answer = [0; 5];
            one.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"hello", "{with}");
        }
        assert!(is_served(&client(server.address)), "{with}");
    }
}

#[test]
fn select_hangs_up_on_whom_it_has_no_bit_for_and_serves_the_others() {
    let mut server = limited(1100, Mechanism::Select);
    let mut stderr = BufReader::new(server.stderr().unwrap());
    let first = client(server.address);
    let mut others = Vec::new();
    // More than a process may usually have: the other ends are this one's.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    for _ in 0..1030 {
        others.push(client(server.address));
    }

    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();

    assert!(line.starts_with("a caller: select takes no descriptor"), "{line}");
    assert!(is_served(&first));
    let mut last = others.pop().unwrap();
    assert_eq!(last.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let output = tool::run(LESSON, &["server", &address], b"");

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    assert_eq!(
        told(&output),
        format!(
            "lesson-multiplexing: bind {address}: Address already in use \
             (EADDRINUSE)\n"
        )
    );
}

#[test]
fn an_unknown_mechanism_is_refused_with_those_that_there_are() {
    for command in ["server", "echo", "write-queue", "ten-thousand"] {
        let output = tool::run(LESSON, &[command, "--with", "kqueue"], b"");

        assert_eq!(output.status.code(), Some(2));
        let told = told(&output);
        assert!(told.contains("invalid value 'kqueue'"), "{told}");
        assert!(told.contains("[possible values: select, poll, epoll]"));
    }
}

#[test]
fn ten_thousand_are_too_many_for_select() {
    let output = tool::run(LESSON, &["ten-thousand", "--with", "select"], b"");

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        told(&output),
        "lesson-multiplexing: ten-thousand: select takes no descriptor \
         numbered 1024 or more (FD_SETSIZE): choose poll or epoll\n"
    );
}

#[test]
fn clients_without_a_server_say_whom_they_did_not_reach() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = gone.to_string();

    let output = tool::run(LESSON, &["clients", &gone, "127.0.0.2", "3"], b"");

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        told(&output),
        format!(
            "lesson-multiplexing: connect {gone} from 127.0.0.2: Connection \
             refused (ECONNREFUSED)\n"
        )
    );
}

#[test]
fn clients_answer_for_each_of_their_connections() {
    let server = server(Mechanism::Epoll);
    let address = server.address.to_string();

    let arguments = ["clients", &address, "127.0.0.2", "50"];
    let output = tool::run(LESSON, &arguments, b"\n\n");

    assert_eq!(output.stdout, b"50\n50\n50\n", "{}", told(&output));
}

#[test]
fn a_story_is_the_same_whatever_waits() {
    for demo in ["echo", "write-queue"] {
        let stories = Mechanism::ALL.map(|with| {
            let with = with.to_string();
            let output = tool::run(LESSON, &[demo, "--with", &with], b"");
            let story = String::from_utf8(output.stdout.clone()).unwrap();
            assert!(output.status.success(), "{}", told(&output));
            // Ports, and what the kernel's buffers hold.
            let word = |word: &str| match word.parse::<u32>() {
                Ok(number) if number != 4_000_000 => "#".to_string(),
                _ => word.split(':').next().unwrap().to_string(),
            };
            story.split_whitespace().map(word).collect::<Vec<_>>()
        });

        assert!(stories[0].len() > 50);
        assert_eq!(stories[0], stories[1], "{demo}");
        assert_eq!(stories[0], stories[2], "{demo}");
    }
}

#[test]
fn the_times_are_written_to_files_and_a_file_that_cannot_be_is_told() {
    let folder = std::env::temp_dir();
    let id = std::process::id();
    let json = folder.join(format!("scaling-{id}.json"));
    let svg = folder.join(format!("scaling-{id}.svg"));
    let (json, svg) = (json.to_str().unwrap(), svg.to_str().unwrap());

    let output =
        tool::run(LESSON, &["scaling", "--json", json, "--svg", svg], b"");

    assert!(output.status.success(), "{}", told(&output));
    let data = fs::read_to_string(json).unwrap();
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["rows"].as_array().unwrap().len(), 52);
    let picture = fs::read_to_string(svg).unwrap();
    assert!(picture.starts_with("<svg") && picture.ends_with("</svg>\n"));
    fs::remove_file(json).unwrap();
    fs::remove_file(svg).unwrap();

    let nowhere = "/nonexistent/times.json";
    let output = tool::run(LESSON, &["scaling", "--json", nowhere], b"");

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        told(&output),
        format!(
            "lesson-multiplexing: scaling: {nowhere}: No such file or \
             directory (ENOENT)\n"
        )
    );
}
