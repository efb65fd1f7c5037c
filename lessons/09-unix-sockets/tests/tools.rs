//! The tools as a reader runs them: programs, and whatever a client, a peer
//! or a user may do to them.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lesson_unix_sockets::{Claim, Folder, Refused, rights};
use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::socket::{getsockopt, sockopt};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-unix-sockets");

/// How long a tool may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A running server, killed when the test is over.
struct Server {
    child: Child,
    path: PathBuf,
    // Kept open: a server that cannot tell its story ends.
    _story: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one, and gives it if it says that it listens.
    fn start(path: &Path) -> Option<Self> {
        let mut child = Command::new(LESSON)
            .arg("server")
            .arg(path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut story = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        story.read_line(&mut line).unwrap();
        let path = path.to_path_buf();
        let server = Server { child, path, _story: story };
        match line.as_str() {
            "" => None,
            line => {
                let told = format!("listening on {}\n", server.path.display());
                assert_eq!(line, told);
                Some(server)
            }
        }
    }

    fn echoes(&self, data: &[u8]) -> bool {
        let stream = UnixStream::connect(&self.path).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut answer = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                (&stream).write_all(data).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
            });
            (&stream).read_to_end(&mut answer).unwrap();
        });
        answer == data
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a tool to its end, which must come in good time.
fn lesson(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(LESSON)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ended already has no use for its input.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    ended.recv_timeout(LIMIT).expect("the tool ends").unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What the server says of a path that it can't have.
fn refused(path: &Path) -> String {
    let output = lesson(&["server", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let told = told(&output);
    let start = format!("lesson-unix-sockets: bind {}: ", path.display());
    told.strip_prefix(&start).unwrap().trim_end().to_string()
}

#[test]
fn the_server_echoes_to_many_at_once() {
    let folder = Folder::new().unwrap();
    let server = Server::start(&folder.path("s")).unwrap();
    let garbage: Vec<u8> = (0..=255).cycle().take(1_000_000).collect();
    let _silent = UnixStream::connect(&server.path).unwrap();

    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(server.echoes(&garbage)));
        }
    });

    assert!(server.echoes(b""));
}

#[test]
fn a_demo_that_nobody_reads_leaves_no_folder() {
    let folder = Folder::new().unwrap();
    // A pipe that is closed here may be open for a moment longer in what
    // another test is about to start. A shutdown counts for all copies.
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.shutdown(Shutdown::Both).unwrap();
    let mut demo = Command::new(LESSON)
        .arg("echo")
        .env("TMPDIR", folder.here())
        .stdout(OwnedFd::from(theirs))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();

    assert_eq!(demo.wait().unwrap().code(), Some(1));

    assert_eq!(fs::read_dir(folder.here()).unwrap().count(), 0);
}

#[test]
fn a_place_without_room_for_a_folder_is_told_with_the_remedy() {
    let folder = Folder::new().unwrap();
    let missing = folder.path("no");

    let output = Command::new(LESSON).env("TMPDIR", &missing).output().unwrap();

    assert_eq!(
        told(&output),
        format!(
            "lesson-unix-sockets: echo: mkdtemp {}/unix-XXXXXX (set TMPDIR \
             to a folder that you may write to): No such file or directory \
             (ENOENT)\n",
            missing.display()
        )
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_disk_that_is_full_is_told() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();

    let output = Command::new(LESSON)
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();

    assert_eq!(
        told(&output),
        "write to stdout: No space left on device (ENOSPC)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

/// Tries until there is an answer.
fn in_time<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    while began.elapsed() < LIMIT {
        if let Some(answer) = ask() {
            return answer;
        }
        thread::yield_now();
    }
    panic!("nothing after {LIMIT:?}");
}

/// The demo tells its story into a pipe that is full after the headings, so
/// it stands still while its server is alive.
#[test]
fn the_server_of_a_demo_that_was_killed_ends_too() {
    let folder = Folder::new().unwrap();
    let (_story, mut room) = std::io::pipe().unwrap();
    let size = fcntl(&room, FcntlArg::F_SETPIPE_SZ(4096)).unwrap();
    let story = include_str!("snapshots/stale.snap");
    let begin = story.find("By hand").unwrap();
    let length = story.find("first   listen").unwrap() - begin;
    room.write_all(&vec![b'.'; size as usize - length]).unwrap();
    let mut demo = Command::new(LESSON)
        .arg("stale")
        .env("TMPDIR", folder.here())
        .stdout(room)
        .spawn()
        .unwrap();
    let own = in_time(|| fs::read_dir(folder.here()).unwrap().next());
    let path = own.unwrap().path().join("locked.sock");
    in_time(|| path.exists().then_some(()));
    let alive = Claim::take(&path).unwrap_err();
    assert!(matches!(alive, Refused::Alive), "{alive}");

    demo.kill().unwrap();
    demo.wait().unwrap();

    // Its server had the lock, and nobody has it now.
    in_time(|| Claim::take(&path).ok());
}

#[test]
fn a_client_can_ask_who_serves_it() {
    let folder = Folder::new().unwrap();
    let server = Server::start(&folder.path("s")).unwrap();
    let stream = UnixStream::connect(&server.path).unwrap();

    let peer = getsockopt(&stream, sockopt::PeerCredentials).unwrap();

    assert_eq!(peer.pid() as u32, server.child.id());
    assert_eq!(peer.uid(), nix::unistd::getuid().as_raw());
}

#[test]
fn clients_beyond_the_limit_are_hung_up_on_and_the_server_goes_on() {
    let folder = Folder::new().unwrap();
    let server = Server::start(&folder.path("s")).unwrap();
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(UnixStream::connect(&server.path).unwrap());
    }
    let mut last = crowd.pop().unwrap();
    last.set_read_timeout(Some(LIMIT)).unwrap();

    assert_eq!(last.read(&mut [0; 8]).unwrap(), 0);
    drop(crowd);
    // Its threads end when they see that their clients have gone.
    let served = (0..10_000).any(|_| {
        let mut client = UnixStream::connect(&server.path).unwrap();
        client.set_read_timeout(Some(LIMIT)).unwrap();
        let mut answer = [0; 2];
        client.write_all(b"hi").is_ok()
            && client.read_exact(&mut answer).is_ok()
    });
    assert!(served);
}

#[test]
fn the_client_sends_stdin_and_prints_the_answers() {
    let folder = Folder::new().unwrap();
    let server = Server::start(&folder.path("s")).unwrap();

    let output =
        lesson(&["client", server.path.to_str().unwrap()], b"hello\nworld");

    assert_eq!(told(&output), "");
    assert!(output.status.success());
    assert_eq!(output.stdout, b"hello\nworld");
}

#[test]
fn a_path_that_no_server_can_have_is_told_by_the_client_too() {
    let long = "x".repeat(120);

    let output = lesson(&["client", &long], b"hello");

    assert_eq!(
        told(&output),
        format!(
            "lesson-unix-sockets: connect {long}: the path has 120 bytes, and \
             sun_path has room for 107: choose a shorter one\n"
        )
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_client_says_why_it_cannot_connect() {
    let folder = Folder::new().unwrap();
    let (nothing, dead) = (folder.path("nothing"), folder.path("dead"));
    // Killed, so its file stays.
    drop(Server::start(&dead));
    let file = folder.path("file");
    fs::write(&file, "").unwrap();

    for (path, why) in [
        (nothing, "No such file or directory (ENOENT)"),
        (dead, "Connection refused (ECONNREFUSED)"),
        (file, "Connection refused (ECONNREFUSED)"),
    ] {
        let path = path.to_str().unwrap();
        let output = lesson(&["client", path], b"hello");
        let line = format!("lesson-unix-sockets: connect {path}: {why}\n");
        assert_eq!(told(&output), line);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_path_that_cannot_be_taken_is_told_with_its_reason() {
    let folder = Folder::new().unwrap();
    let file = folder.path("file");
    fs::write(&file, "a diary").unwrap();
    let _server = Server::start(&folder.path("taken")).unwrap();

    assert_eq!(
        refused(&folder.path("taken")),
        "Address already in use (EADDRINUSE): a server is alive there"
    );
    assert_eq!(
        refused(&file),
        "the file there is no socket, and was left alone: choose another path"
    );
    let long = folder.path("x".repeat(120));
    let bytes = long.as_os_str().len();
    assert_eq!(
        refused(&long),
        format!(
            "the path has {bytes} bytes, and sun_path has room for 107: \
             choose a shorter one"
        )
    );
    assert_eq!(
        refused(&folder.path("no/s")),
        "open PATH.lock: No such file or directory (ENOENT)"
    );
    assert_eq!(fs::read(&file).unwrap(), b"a diary");
}

#[test]
fn a_server_takes_over_from_one_that_was_killed() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    for _ in 0..5 {
        let server = Server::start(&path).unwrap();
        assert!(server.echoes(b"hello"));
        // SIGKILL: the file stays.
        drop(server);
        assert!(path.exists());
    }
}

#[test]
fn of_many_programs_at_once_exactly_one_becomes_the_server() {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    for _ in 0..10 {
        let servers: Vec<_> = thread::scope(|scope| {
            let starts: Vec<_> =
                (0..6).map(|_| scope.spawn(|| Server::start(&path))).collect();
            starts.into_iter().filter_map(|s| s.join().unwrap()).collect()
        });

        // One wins. The others met its lock and ended.
        assert_eq!(servers.len(), 1);
        assert!(servers[0].echoes(b"hello"));
        // Killed: the next round finds a file that stayed behind.
        drop(servers);
        assert!(path.exists());
    }
}

#[test]
fn the_worker_refuses_what_it_does_not_know() {
    let output = lesson(&["worker"], b"dance\npass\n\nconnect /no/where\n");

    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].contains("'dance' is none of listen, "), "{told}");
    assert!(lines[1].contains("the socket for that isn't there yet"));
    assert!(lines[2].contains("'' is none of listen, "));
    assert!(lines[3].contains("No such file or directory (ENOENT)"));
}

/// What the worker says when this comes instead of a listener.
fn takes(send: impl FnOnce(UnixStream)) -> String {
    let folder = Folder::new().unwrap();
    let path = folder.path("s");
    let peer = UnixListener::bind(&path).unwrap();
    let script = format!("connect {}\ntake\nserve\n", path.display());
    let worker =
        thread::spawn(move || lesson(&["worker"], script.as_bytes()).stdout);
    send(peer.accept().unwrap().0);
    let told = String::from_utf8(worker.join().unwrap()).unwrap();
    // Whatever came: only the connection is open afterwards.
    let last = told.lines().last().unwrap();
    assert_eq!(last.matches("\"fd\"").count(), 1, "{told}");
    told
}

#[test]
fn the_worker_takes_a_listener_and_nothing_else() {
    let file = fs::File::open("/dev/null").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();

    let told = takes(|peer| drop(rights::send(&peer, b"x", &[file.as_fd()])));
    assert!(told.contains("Socket operation on non-socket (ENOTSOCK)"));
    let told = takes(|peer| drop(rights::send(&peer, b"x", &[peer.as_fd()])));
    assert!(told.contains("what came is no TCP socket that listens"));
    let five = [listener.as_fd(); 5];
    let told = takes(|peer| drop(rights::send(&peer, b"x", &five)));
    assert!(told.contains("one descriptor expected, 5 came"), "{told}");
    let told = takes(|mut peer| drop(peer.write_all(b"x")));
    assert!(told.contains("one descriptor expected, 0 came"), "{told}");
    let told = takes(drop);
    assert!(told.contains("unexpected end of file"), "{told}");
}
