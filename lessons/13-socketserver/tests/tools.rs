//! The tool `serve` as a reader runs it: a process, and whatever clients, a
//! machine or a user may do to it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lesson_unix_sockets::Folder;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::SockRef;
use support::tool::{self, Server, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-socketserver");
const MODELS: [&str; 4] = ["sequential", "threading", "forking", "pool"];

/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

fn command(more: &[&str]) -> Command {
    let mut command = Command::new(LESSON);
    command.args(["serve", "127.0.0.1:0"]).args(more);
    command.stderr(Stdio::piped());
    command
}

fn serve(model: &str, more: &[&str]) -> Server {
    Server::listening(command(&["--model", model]).args(more))
}

/// A server that may have so many descriptors.
fn limited(most: u32, more: &[&str]) -> Server {
    let script = format!("ulimit -n {most} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, LESSON, "serve", "127.0.0.1:0"]);
    Server::listening(command.args(more).stderr(Stdio::piped()))
}

fn ask_to_end(server: &Server, signal: Signal) {
    kill(Pid::from_raw(server.id() as i32), signal).unwrap();
}

/// Stops it: its last line, and what it had said on stderr.
fn stopped(mut server: Server) -> (String, String) {
    ask_to_end(&server, Signal::SIGTERM);
    let mut trouble = String::new();
    let mut stderr = server.stderr().unwrap();
    stderr.read_to_string(&mut trouble).unwrap();
    let (status, told) = server.ended();
    assert!(status.success(), "{status}: {trouble}");
    (told.trim_end().to_string(), trouble)
}

fn client(to: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(to).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.set_write_timeout(Some(LIMIT)).unwrap();
    client
}

fn is_served(mut client: &TcpStream) -> bool {
    let mut answer = [0; 6];
    client.write_all(b"hello\n").unwrap();
    client.read_exact(&mut answer).is_ok() && &answer == b"HELLO\n"
}

/// All that comes, to the end.
fn rest(mut client: &TcpStream) -> String {
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    all
}

/// Says that this was all, and waits for the end.
fn leave(client: TcpStream) {
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&client), "");
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !so() {
        assert!(Instant::now() < end, "{what}: not in {LIMIT:?}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Children of a process that it hasn't reaped, dead ones too.
fn children(server: &Server) -> usize {
    let id = server.id();
    let path = format!("/proc/{id}/task/{id}/children");
    fs::read_to_string(path).unwrap().split_whitespace().count()
}

fn entries(server: &Server, folder: &str) -> usize {
    fs::read_dir(format!("/proc/{}/{folder}", server.id())).unwrap().count()
}

/// The time that its threads have computed for, in hundredths of a second:
/// proc_pid_stat(5), utime and stime.
fn computed(server: &Server) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.id()));
    let stat = stat.unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
    fields.skip(11).take(2).map(|it| it.parse::<u64>().unwrap()).sum()
}

#[test]
fn clients_come_and_go_and_leave_no_process_thread_or_descriptor() {
    for model in MODELS {
        let server = serve(model, &[]);
        let counts = |server: &Server| {
            [children(server), entries(server, "task"), entries(server, "fd")]
        };
        let before = counts(&server);
        for _ in 0..20 {
            let client = client(server.address);
            assert!(is_served(&client));
            leave(client);
        }
        // Nobody calls any more: it sees to it by itself.
        until(model, || counts(&server) == before);
        assert_eq!(stopped(server), ("served 20, refused 0".into(), "".into()));
    }
}

#[test]
fn ten_times_more_than_the_limit_are_told_so_by_each_model() {
    for model in ["threading", "forking", "pool"] {
        let server = serve(model, &["--limit", "3"]);
        let served: Vec<_> = (0..3).map(|_| client(server.address)).collect();
        assert!(served.iter().all(is_served));
        for _ in 0..27 {
            let refused = client(server.address);
            assert_eq!(rest(&refused), "busy: try again later\n", "{model}");
        }
        assert!(served.iter().all(is_served));
        drop(served);
        let told = "served 3, refused 27".into();
        assert_eq!(stopped(server), (told, "".into()), "{model}");
    }
}

#[test]
fn clients_that_reset_at_once_end_nothing_in_any_model() {
    for model in MODELS {
        let server = serve(model, &[]);
        for number in 0..40 {
            let client = client(server.address);
            if number % 2 == 0 {
                assert!(is_served(&client));
            }
            SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        }
        assert!(is_served(&client(server.address)), "{model}");
        let (_, trouble) = stopped(server);
        let resets = trouble.matches("(ECONNRESET)").count();
        assert!(resets >= 20, "{model}: {trouble}");
        assert_eq!(trouble.lines().count(), resets, "{model}: {trouble}");
    }
}

#[test]
fn a_line_without_end_is_an_error_of_its_own_client() {
    let server = serve("threading", &[]);
    let mut one = client(server.address);
    one.write_all(&[b'x'; 4096]).unwrap();

    assert_eq!(rest(&one), "");
    assert!(is_served(&client(server.address)));

    let (_, trouble) = stopped(server);
    assert!(
        trouble.ends_with(": a line of more than 4096 bytes\n"),
        "{trouble}"
    );
}

#[test]
fn without_descriptors_it_refuses_and_does_not_spin() {
    // 3 streams, signals, the listener, a bell, a spare one: two are left.
    let server = limited(9, &["--model", "threading"]);
    let served = [client(server.address), client(server.address)];
    assert!(served.iter().all(is_served));
    for _ in 0..20 {
        let refused = client(server.address);
        assert_eq!(rest(&refused), "no room: try again later\n");
    }
    let before = computed(&server);
    thread::sleep(Duration::from_millis(500));
    assert!(computed(&server) - before < 10, "it computes with nobody there");
    let [one, _other] = served;
    leave(one);

    assert!(is_served(&client(server.address)));
    let (last, trouble) = stopped(server);
    assert_eq!(last, "served 3, refused 20");
    let once = "accept: Too many open files (EMFILE): callers are refused\n";
    assert_eq!(trouble, once);
}

#[test]
fn with_too_few_descriptors_to_begin_with_it_says_so() {
    let script = "ulimit -n 6 && exec \"$0\" serve 127.0.0.1:0";
    let output = Command::new("sh").args(["-c", script, LESSON]).output();
    let output = output.unwrap();

    assert_eq!(output.status.code(), Some(1));
    let why = "lesson-socketserver: serve: Too many open files (EMFILE)\n";
    assert_eq!(told(&output), why);
}

#[test]
fn a_panic_ends_its_own_connection_in_each_model() {
    for model in MODELS {
        let server = serve(model, &["--trouble"]);
        for _ in 0..3 {
            let mut client = client(server.address);
            client.write_all(b"panic\n").unwrap();
            assert_eq!(rest(&client), "");
        }
        assert!(is_served(&client(server.address)), "{model}");
        let (last, trouble) = stopped(server);
        assert_eq!(last, "served 4, refused 0");
        let panics = trouble.matches(": the handler panicked: as you wish\n");
        assert_eq!(panics.count(), 3, "{model}: {trouble}");
    }
}

#[test]
fn a_stop_loses_nothing_that_is_on_its_way() {
    for model in MODELS {
        let more = ["--trouble", "--patience", "60"];
        let server = serve(model, &more);
        let mut busy = client(server.address);
        busy.write_all(b"big\n").unwrap();
        busy.read_exact(&mut [0; 1]).unwrap();
        let mut asks = client(server.address);
        asks.write_all(b"one\ntwo\n").unwrap();

        ask_to_end(&server, Signal::SIGTERM);

        assert_eq!(rest(&busy).len(), 16_000_000 - 1, "{model}");
        assert_eq!(rest(&asks), "ONE\nTWO\n", "{model}");
        assert_eq!(stopped_by_itself(server), "served 2, refused 0\n");
    }
}

fn stopped_by_itself(mut server: Server) -> String {
    let (status, told) = server.ended();
    assert!(status.success(), "{status}");
    told
}

#[test]
fn each_signal_that_asks_ends_it_with_success_once_or_twice() {
    for model in MODELS {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let server = serve(model, &[]);
            let client = client(server.address);
            assert!(is_served(&client));
            ask_to_end(&server, signal);
            ask_to_end(&server, signal);
            assert_eq!(rest(&client), "", "{model}");
            assert_eq!(stopped_by_itself(server), "served 1, refused 0\n");
        }
    }
}

#[test]
fn a_handler_that_never_returns_is_given_up_with_an_error() {
    for model in MODELS {
        let more = ["--trouble", "--patience", "1"];
        let mut server = serve(model, &more);
        let mut client = client(server.address);
        assert!(is_served(&client));
        client.write_all(b"hang\n").unwrap();
        ask_to_end(&server, Signal::SIGTERM);
        let mut trouble = String::new();
        server.stderr().unwrap().read_to_string(&mut trouble).unwrap();
        let (status, _) = server.ended();
        assert_eq!(status.code(), Some(1), "{model}");
        assert!(trouble.starts_with("stop: "), "{model}: {trouble}");
        assert!(trouble.contains("returned"), "{model}: {trouble}");
        assert_eq!(rest(&client), "", "{model}");
    }
}

#[test]
fn datagrams_are_answered_by_each_model() {
    for model in MODELS {
        let server = serve(model, &["--udp"]);
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.set_read_timeout(Some(LIMIT)).unwrap();
        client.connect(server.address).unwrap();
        for size in [1, 1500, 65_507] {
            client.send(&vec![b'a'; size]).unwrap();
            let mut answer = vec![0; 65_536];
            let count = client.recv(&mut answer).unwrap();
            assert_eq!(answer[..count], vec![b'A'; size], "{model}");
        }
        assert_eq!(stopped(server).0, "served 3, refused 0");
    }
}

/// A server at a path, and its story after the line with which it begins.
fn at(path: &Path, model: &str) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(LESSON)
        .args(["serve", "--model", model, "--unix"])
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut story = BufReader::new(child.stdout.take().unwrap());
    story.read_line(&mut line).unwrap();
    assert_eq!(line, format!("listening on {}\n", path.display()));
    (child, story)
}

fn path_answers(path: &Path) -> bool {
    let mut client = UnixStream::connect(path).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.write_all(b"hello\n").unwrap();
    let mut answer = [0; 6];
    client.read_exact(&mut answer).is_ok() && &answer == b"HELLO\n"
}

#[test]
fn a_path_is_served_and_what_a_dead_server_left_is_cleared_away() {
    for model in MODELS {
        let folder = Folder::new().unwrap();
        let path = folder.path("server");
        let (mut killed, _) = at(&path, model);
        assert!(path_answers(&path), "{model}");
        // Somebody is still served when the server dies: by a process of its
        // own, in one of the models.
        let mut served = UnixStream::connect(&path).unwrap();
        served.write_all(b"hello\n").unwrap();
        served.read_exact(&mut [0; 6]).unwrap();
        killed.kill().unwrap();
        killed.wait().unwrap();
        assert!(path.exists());

        let (mut next, _story) = at(&path, model);
        assert!(path_answers(&path), "{model}");
        kill(Pid::from_raw(next.id() as i32), Signal::SIGINT).unwrap();
        next.wait().unwrap();
        assert!(!path.exists(), "{model}");
    }
}

/// What it says about arguments that it can't serve by.
fn refused(arguments: &[&str], status: i32) -> String {
    let arguments = [&["serve"], arguments].concat();
    let output = tool::run(LESSON, &arguments, b"");
    assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    told(&output)
}

#[test]
fn a_path_that_is_taken_is_left_alone() {
    let folder = Folder::new().unwrap();
    let file = folder.path("file");
    fs::write(&file, "precious").unwrap();
    let told = refused(&["--unix", file.to_str().unwrap()], 1);
    assert!(told.contains("is no socket, and was left alone"), "{told}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");

    let alive = folder.path("alive");
    let _listener = UnixListener::bind(&alive).unwrap();
    let told = refused(&["--unix", alive.to_str().unwrap()], 1);
    assert!(told.contains("a server is alive there"), "{told}");

    let long = "x".repeat(108);
    let told = refused(&["--unix", &long], 1);
    assert!(told.contains("108 bytes"), "{told}");
    let told = refused(&["--unix", ""], 2);
    assert!(told.contains("a value is required"), "{told}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let why = "Address already in use (EADDRINUSE)\n";
    let taken = format!("lesson-socketserver: bind {address}: {why}");
    assert_eq!(refused(&[&address], 1), taken);

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let taken = format!("lesson-socketserver: bind {address}: {why}");
    assert_eq!(refused(&[&address, "--udp"], 1), taken);
}

#[test]
fn arguments_that_make_no_sense_are_refused_and_named() {
    for (arguments, named) in [
        (&["--model", "greenlets"][..], "sequential, threading, forking, pool"),
        (&["--tcp", "localhost"], "localhost"),
        (&["--tcp", "127.0.0.1:70000"], "127.0.0.1:70000"),
        (&["--tcp", "--udp"], "cannot be used with"),
        (&["--udp", "--unix", "x"], "cannot be used with"),
        (&["--unix", "x", "127.0.0.1:1"], "cannot be used with"),
        (&["--threads", "0"], "--threads"),
        (&["--threads", "many"], "--threads"),
        (&["--limit", "0"], "--limit"),
        (&["--limit", "-1"], "-1"),
        (&["--patience", "3601"], "--patience"),
    ] {
        let told = refused(arguments, 2);
        assert!(told.contains(named), "{arguments:?}: {told}");
    }
}
