//! The tools `serve` and `client` as a reader runs them: processes, and
//! whatever a user, a client, a server or a machine may do to them.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use lesson_ftp::message::{LONGEST, Request};
use lesson_ftp::{Client, Wire};
use lesson_unix_sockets::Folder as Scratch;
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use support::peer::closed_port;
use support::tool::{self, Server, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-ftp");

/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A server and its folder, beside one of the client's.
struct Stage {
    scratch: Scratch,
    server: Server,
}

impl Stage {
    fn new() -> Self {
        Stage::with(&[])
    }

    fn with(more: &[&str]) -> Self {
        let scratch = Scratch::new().unwrap();
        let served = scratch.path("served");
        fs::create_dir_all(served.join("music")).unwrap();
        fs::write(served.join("a"), "hello").unwrap();
        let mut command = Command::new(LESSON);
        command.arg("serve").arg(&served).arg("127.0.0.1:0").args(more);
        let server = Server::listening(command.stderr(Stdio::piped()));
        Stage { scratch, server }
    }

    fn served(&self, name: &str) -> PathBuf {
        self.scratch.path("served").join(name)
    }

    /// One of the client's files, for a command line.
    fn here(&self, name: &str) -> String {
        self.scratch.path(name).to_str().unwrap().to_string()
    }

    fn client(&self, arguments: &[&str]) -> Output {
        self.lines(arguments, "")
    }

    /// The client without a terminal, and lines for it.
    fn lines(&self, arguments: &[&str], lines: &str) -> Output {
        let address = self.server.address.to_string();
        let first = ["client", &address];
        let all = [&first, arguments].concat();
        tool::run(LESSON, &all, lines.as_bytes())
    }

    fn wire(&self) -> Wire<TcpStream> {
        Wire::new(connect(self.server.address))
    }

    /// Stops it: its last line, and what it had said on stderr.
    fn stopped(mut self) -> (String, Vec<String>) {
        let pid = Pid::from_raw(self.server.id() as i32);
        kill(pid, Signal::SIGTERM).unwrap();
        let mut trouble = String::new();
        let mut stderr = self.server.stderr().unwrap();
        stderr.read_to_string(&mut trouble).unwrap();
        let (status, story) = self.server.ended();
        assert!(status.success(), "{status}: {trouble}");
        let about = |line: &str| {
            let (client, why) = line.split_once(": ").unwrap();
            assert!(client.starts_with("client 127.0.0.1:"), "{line}");
            why.to_string()
        };
        (story.trim_end().into(), trouble.lines().map(about).collect())
    }
}

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

fn answer(wire: &mut Wire<TcpStream>) -> String {
    let frame = wire.frame().unwrap().expect("an answer");
    String::from_utf8(frame).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// It has failed, with these words.
#[track_caller]
fn fails(output: &Output, why: &str) {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(told(output), format!("lesson-ftp: {why}\n"));
}

#[test]
fn the_client_lists_fetches_and_sends_and_draws_no_bar_for_a_pipe() {
    let stage = Stage::new();
    fs::write(stage.here("new"), "brave new").unwrap();
    for (arguments, due) in [
        (vec!["ls"], "           5  a\n              music/\n"),
        (vec!["wput", &stage.here("new")], "9 bytes\n"),
        (vec!["wput", &stage.here("new"), "music/b c"], "9 bytes\n"),
        (vec!["ls", "music"], "           9  b c\n"),
        (vec!["wget", "a", &stage.here("got")], "5 bytes\n"),
        (vec!["wget", "music/b c", &stage.here("")], "9 bytes\n"),
    ] {
        let output = stage.client(&arguments);
        assert_eq!(stdout(&output), due, "{arguments:?}");
        assert_eq!(told(&output), "", "{arguments:?}");
    }
    let read = |path| fs::read_to_string(path).unwrap();
    assert_eq!(read(stage.served("new")), "brave new");
    assert_eq!(read(stage.scratch.path("got")), "hello");
    assert_eq!(read(stage.scratch.path("b c")), "brave new");
    assert_eq!(stage.stopped(), ("served 6, refused 0".into(), vec![]));
}

#[test]
fn lines_are_commands_until_the_first_that_fails() {
    let stage = Stage::new();
    fs::write(stage.here("new"), "new").unwrap();

    let lines =
        format!("wput \"{}\" \"b c\"\n\n ls\nquit\nls\n", stage.here("new"));
    let output = stage.lines(&[], &lines);
    let due =
        "3 bytes\n           5  a\n           3  b c\n              music/\n";
    assert_eq!(stdout(&output), due);
    assert_eq!(told(&output), "");

    let help = stage.lines(&[], "help\n");
    assert!(stdout(&help).contains("Download a file"), "{help:?}");

    for (lines, why) in [
        (
            "wget gone\nls\n",
            "wget gone: the server says: no such file or folder",
        ),
        ("rm a\nls\n", "a command: unrecognized subcommand 'rm'"),
        ("ls \"a\nls\n", "a command: a \" has no second"),
        (
            "wget\nls\n",
            "a command: the following required arguments were not provided: <NAME>",
        ),
    ] {
        let output = stage.lines(&[], lines);
        assert_eq!(stdout(&output), "", "{lines}");
        fails(&output, why);
    }
}

#[test]
fn a_history_is_kept_where_it_was_asked_for() {
    let stage = Stage::new();
    let history = stage.here("history");
    for line in ["ls\n", "ls music\n"] {
        let output = stage.lines(&["--history", &history], line);
        assert_eq!(told(&output), "");
    }
    let kept = fs::read_to_string(&history).unwrap();
    assert!(kept.contains("ls\nls music\n"), "{kept}");

    let output = stage.lines(&["--history", "/none/history"], "ls\n");
    fails(&output, "history: No such file or directory (ENOENT)");
}

#[test]
fn what_can_t_be_done_is_told_and_changes_nothing() {
    let stage = Stage::new();
    fs::write(stage.here("got"), "old").unwrap();
    fs::create_dir(stage.here("folder")).unwrap();
    mkfifo(&stage.scratch.path("fifo"), Mode::S_IRWXU).unwrap();
    let [got, folder, fifo] =
        ["got", "folder", "fifo"].map(|it| stage.here(it));
    let [none, below] = ["none", "none/got"].map(|it| stage.here(it));
    let hidden = stage.here(".profile");
    for (arguments, why) in [
        (
            vec!["ls", "none"],
            "ls none: the server says: no such file or folder".into(),
        ),
        (vec!["ls", "a"], "ls a: the server says: it is not a folder".into()),
        (
            vec!["wget", "none", &got],
            "wget none: the server says: no such file or folder".into(),
        ),
        (
            vec!["wget", "music", &got],
            "wget music: the server says: it is a folder".into(),
        ),
        (
            vec!["wget", "a", &below],
            format!(
                "wget a: write to {below}: No such file or directory (ENOENT)"
            ),
        ),
        (
            vec!["wget", "a", &fifo],
            format!("wget a: write to {fifo}: it is not a regular file"),
        ),
        (
            vec!["wget", "a", &hidden],
            format!(
                "wget a: write to {hidden}: names that begin with a dot are hidden"
            ),
        ),
        (
            vec!["wput", &none],
            format!(
                "wput {none}: open {none}: No such file or directory (ENOENT)"
            ),
        ),
        (
            vec!["wput", &folder],
            format!("wput {folder}: open {folder}: it is a folder"),
        ),
        (
            vec!["wput", &fifo],
            format!("wput {fifo}: open {fifo}: it is not a regular file"),
        ),
        (
            vec!["wput", &got, "../a"],
            format!(
                "wput {got}: the server says: neither . nor .. is a part of a name"
            ),
        ),
        (
            vec!["wput", &got, ""],
            format!(
                "wput {got}: the server says: a name has at least one byte"
            ),
        ),
    ] {
        fails(&stage.client(&arguments), &why);
    }
    assert_eq!(fs::read_to_string(&got).unwrap(), "old");
    assert_eq!(fs::read_to_string(stage.served("a")).unwrap(), "hello");
    assert_eq!(stage.stopped().1, Vec::<String>::new());
}

#[test]
fn wrong_arguments_are_told_at_once() {
    for (arguments, due) in [
        (&["client", "nowhere", "ls"][..], "invalid socket address"),
        (&["client", "127.0.0.1:1", "rm"], "unexpected argument 'rm'"),
        (&["client"], "<ADDRESS>"),
        (&["serve"], "<FOLDER>"),
        (&["serve", ".", "127.0.0.1:0", "--patience", "0"], "0 is not in"),
        (&["fetch"], "unrecognized subcommand"),
    ] {
        let output = tool::run(LESSON, arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains(due), "{}", told(&output));
    }
    let not_utf8 = Command::new(LESSON)
        .args(["client", "127.0.0.1:1", "wget"])
        .arg(OsStr::from_bytes(b"\xff"))
        .output()
        .unwrap();
    assert_eq!(not_utf8.status.code(), Some(2));
    assert!(told(&not_utf8).contains("UTF-8"), "{}", told(&not_utf8));
}

#[test]
fn a_server_that_can_t_begin_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (_closed, nobody) = closed_port().unwrap();
    let nobody = nobody.to_string();
    for (arguments, why) in [
        (
            ["serve", "/none", "127.0.0.1:0"],
            "open /none: No such file or directory (ENOENT)".to_string(),
        ),
        (
            ["serve", "/dev/null", "127.0.0.1:0"],
            "open /dev/null: Not a directory (ENOTDIR)".to_string(),
        ),
        (
            ["serve", "/", &address],
            format!("bind {address}: Address already in use (EADDRINUSE)"),
        ),
        (
            ["client", &nobody, "ls"],
            format!("connect {nobody}: Connection refused (ECONNREFUSED)"),
        ),
    ] {
        fails(&tool::run(LESSON, &arguments, b""), &why);
    }
}

#[test]
fn a_request_that_is_none_is_told_and_the_conversation_goes_on() {
    let stage = Stage::new();
    let mut wire = stage.wire();
    for (request, due) in [
        (&b""[..], "no unknown command; known are ls, wget and wput"),
        (b"rm a", "no unknown command; known are ls, wget and wput"),
        (b"wget \xff\xfe", "no a request is text in UTF-8"),
        (b"wput a", "no wput has a size and a name: wput 5 a"),
        (b"wput -1 a", "no wput has a size and a name: wput 5 a"),
        (b"wget a\0", "no a name holds no byte 0"),
        (b"wget a\n", "no a name holds no line end"),
        (b"wget  a", "no no such file or folder"),
        (b"ls ..", "no neither . nor .. is a part of a name"),
        (b"wget a", "size 5"),
    ] {
        let length = (request.len() as u32).to_be_bytes();
        let frame = [&length[..], request].concat();
        wire.stream().write_all(&frame).unwrap();
        assert_eq!(answer(&mut wire), due, "{request:?}");
    }
    // Whoever leaves with bytes unread resets, and that is told.
    wire.receive(5, &mut std::io::sink()).unwrap().unwrap();
    drop(wire);
    assert_eq!(stage.stopped().1, Vec::<String>::new());
}

#[test]
fn a_frame_that_is_too_long_is_told_and_is_the_end() {
    let stage = Stage::new();
    let mut wire = stage.wire();
    let length = (LONGEST as u32 + 1).to_be_bytes();
    wire.stream().write_all(&length).unwrap();

    let due = "a message of 4129 bytes, the limit is 4128";
    assert_eq!(answer(&mut wire), format!("no {due}"));
    assert_eq!(wire.frame().unwrap(), None);
    // Who hasn't read that yet, and still sends, isn't reset.
    for _ in 0..100 {
        wire.stream().write_all(&[b'x'; 500]).unwrap();
        thread::yield_now();
    }
    drop(wire);

    assert_eq!(stdout(&stage.client(&["ls", "music"])), "");
    assert_eq!(stage.stopped().1, [due]);
}

#[test]
fn a_client_that_stops_half_way_is_told_about_and_leaves_nothing() {
    let stage = Stage::new();
    let half_a_frame = connect(stage.server.address);
    (&half_a_frame).write_all(b"\0\0\0\x08wget").unwrap();
    half_a_frame.shutdown(Shutdown::Write).unwrap();
    assert_eq!((&half_a_frame).read(&mut [0; 1]).unwrap(), 0);

    let mut half_a_file = stage.wire();
    half_a_file.send(Request::Put(10, "a".into())).unwrap();
    assert_eq!(answer(&mut half_a_file), "go");
    half_a_file.stream().write_all(b"HELLO").unwrap();
    half_a_file.stream().shutdown(Shutdown::Write).unwrap();
    assert_eq!(half_a_file.frame().unwrap(), None);

    assert_eq!(fs::read_to_string(stage.served("a")).unwrap(), "hello");
    assert_eq!(fs::read_dir(stage.served("")).unwrap().count(), 2);
    let due = [
        "the stream ended 8 bytes into a message",
        "the stream ended after 5 of 10 bytes",
    ];
    assert_eq!(stage.stopped().1, due);
}

#[test]
fn a_client_that_is_silent_or_does_not_read_is_given_up() {
    let mut stage = Stage::with(&["--patience", "1"]);
    let big = fs::File::create(stage.served("big")).unwrap();
    // A hole, and more than all buffers on the way take.
    big.set_len(100_000_000).unwrap();
    let mut silent = stage.wire();
    let mut half = stage.wire();
    half.send(Request::Put(10, "a".into())).unwrap();
    assert_eq!(answer(&mut half), "go");
    let mut deaf = stage.wire();
    deaf.send(Request::Get("big".into())).unwrap();
    assert_eq!(answer(&mut deaf), "size 100000000");

    assert_eq!(silent.frame().unwrap(), None);
    assert_eq!(half.frame().unwrap(), None);
    let mut stderr = BufReader::new(stage.server.stderr().unwrap());
    for _ in 0..3 {
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        assert!(line.ends_with(": nothing moved for 1 s\n"), "{line}");
    }
    // What it gets ends in the middle, by an end or a reset.
    let mut got = Vec::new();
    let _ = deaf.stream().read_to_end(&mut got);
    assert!(got.len() < 100_000_000);
    assert_eq!(fs::read_to_string(stage.served("a")).unwrap(), "hello");
}

#[test]
fn a_file_that_becomes_shorter_is_not_taken_for_whole() {
    let stage = Stage::new();
    let big = fs::File::create(stage.served("big")).unwrap();
    big.set_len(100_000_000).unwrap();
    let mut wire = stage.wire();
    wire.send(Request::Get("big".into())).unwrap();
    assert_eq!(answer(&mut wire), "size 100000000");
    big.set_len(0).unwrap();

    let told = wire.receive(100_000_000, &mut std::io::sink()).unwrap_err();

    assert!(told.to_string().starts_with("the stream ended after "), "{told}");
    let due = "\"big\" has become shorter while it was sent";
    assert_eq!(stage.stopped().1, [due]);
}

#[test]
fn a_stop_gives_up_the_upload_and_not_the_old_file() {
    let stage = Stage::new();
    let mut wire = stage.wire();
    wire.send(Request::Put(10, "a".into())).unwrap();
    assert_eq!(answer(&mut wire), "go");
    wire.stream().write_all(b"HELLO").unwrap();
    let old = stage.served("a");
    let scratch = Scratch::new().unwrap();
    let kept = scratch.path("kept");
    fs::hard_link(&old, &kept).unwrap();

    let (story, trouble) = stage.stopped();

    assert_eq!(story, "served 1, refused 0");
    assert_eq!(trouble.len(), 1);
    assert!(trouble[0].ends_with("of 10 bytes"), "{trouble:?}");
    assert!(wire.frame().unwrap_or(None).is_none());
    assert_eq!(fs::read_to_string(kept).unwrap(), "hello");
}

/// A server that says these bytes and no more.
fn saying(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4];
        stream.read_exact(&mut request).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(request) as usize];
        stream.read_exact(&mut rest).unwrap();
        stream.write_all(bytes).unwrap();
    });
    address
}

#[test]
fn a_server_that_makes_no_sense_is_told_about() {
    for (bytes, due) in [
        (&b""[..], "the connection is lost: the end"),
        (
            b"\0\0",
            "the connection is lost: the stream ended 2 bytes into a message",
        ),
        (
            b"220 ready\r\n",
            "the connection is lost: a message of 842149920 bytes, the limit is 4128",
        ),
        (
            b"\0\0\0\x05hello",
            "the connection is lost: it doesn't speak this protocol",
        ),
        (b"\0\0\0\x02go", "the connection is lost: it says \"go\" here"),
        (
            b"\0\0\0\x06size 9hello",
            "the connection is lost: the stream ended after 5 of 9 bytes",
        ),
        (
            b"\0\0\0\x05no \xff\xff",
            "the connection is lost: it doesn't speak this protocol",
        ),
    ] {
        let scratch = Scratch::new().unwrap();
        let to = scratch.path("got");
        let address = saying(bytes).to_string();
        let get = ["client", &address, "wget", "a", to.to_str().unwrap()];
        let output = tool::run(LESSON, &get, b"");
        fails(&output, &format!("wget a: {due}"));
        assert!(!to.exists());
    }
}

#[test]
fn a_file_that_was_not_stored_as_it_is_is_told_about() {
    let scratch = Scratch::new().unwrap();
    fs::write(scratch.path("new"), "brave").unwrap();
    let file = scratch.path("new").to_str().unwrap().to_string();
    let address = saying(b"\0\0\0\x02go\0\0\0\x06done 3").to_string();

    let put = ["client", &address, "wput", &file];
    let output = tool::run(LESSON, &put, b"");

    let due = "the connection is lost: it says \"done 3\" here";
    fails(&output, &format!("wput {file}: {due}"));
}

#[test]
fn a_file_that_becomes_shorter_while_it_is_sent_is_not_stored() {
    let stage = Stage::new();
    let big = fs::File::create(stage.here("big")).unwrap();
    big.set_len(10_000_000).unwrap();
    let mut client = Client::connect(stage.server.address).unwrap();

    let path = stage.scratch.path("big");
    let told = client.wput(&path, "a", &mut |done, _| {
        big.set_len(done + 5).unwrap();
    });

    let told = told.unwrap_err().to_string();
    assert!(told.contains("has become shorter"), "{told}");
    // What was promised can't be taken back but by an end.
    let told = client.ls("").unwrap_err().to_string();
    assert!(told.contains("is lost"), "{told}");
    let (_, trouble) = stage.stopped();
    assert_eq!(trouble.len(), 1);
    assert!(trouble[0].ends_with("of 10000000 bytes"), "{trouble:?}");
}

#[test]
fn progress_is_told_to_the_last_byte() {
    const SIZE: u64 = 3_000_000;
    let stage = Stage::new();
    let big = fs::File::create(stage.here("big")).unwrap();
    big.set_len(SIZE).unwrap();
    let path = stage.scratch.path("big");
    let mut client = Client::connect(stage.server.address).unwrap();

    let (mut sent, mut got) = (vec![], vec![]);
    client.wput(&path, "big", &mut |done, of| sent.push((done, of))).unwrap();
    client.wget("big", &path, &mut |done, of| got.push((done, of))).unwrap();

    for told in [sent, got] {
        assert_eq!(told.last(), Some(&(SIZE, SIZE)));
        assert!(told.is_sorted() && told.len() > 1, "{told:?}");
    }
}

#[test]
fn names_can_t_steer_the_terminal() {
    let stage = Stage::new();
    fs::write(stage.served("\x1b[2Jred"), "").unwrap();
    let output = stage.client(&["ls"]);
    assert!(stdout(&output).contains("\\u{1b}[2Jred"), "{output:?}");
    assert!(!output.stdout.contains(&0x1b));
    let output = stage.client(&["wget", "\x1b[2Jnone"]);
    assert!(!output.stderr.contains(&0x1b), "{output:?}");
}

#[test]
fn many_uploads_of_one_name_are_each_whole_and_nobody_sees_another() {
    const SIZE: usize = 200_000;
    let stage = Stage::new();
    let address = stage.server.address;
    fs::write(stage.served("same"), vec![b'0'; SIZE]).unwrap();
    let is_whole = |bytes: &[u8]| {
        bytes.len() == SIZE + (bytes[0] - b'0') as usize
            && bytes.iter().all(|byte| *byte == bytes[0])
    };
    thread::scope(|scope| {
        for who in 1..=4_u8 {
            let path = stage.scratch.path(format!("from {who}"));
            let bytes = vec![b'0' + who; SIZE + who as usize];
            fs::write(&path, bytes).unwrap();
            scope.spawn(move || {
                let mut client = Client::connect(address).unwrap();
                for _ in 0..10 {
                    client.wput(&path, "same", &mut |_, _| {}).unwrap();
                }
            });
        }
        for who in 0..2 {
            let path = stage.scratch.path(format!("to {who}"));
            scope.spawn(move || {
                let mut client = Client::connect(address).unwrap();
                for _ in 0..20 {
                    client.wget("same", &path, &mut |_, _| {}).unwrap();
                    assert!(is_whole(&fs::read(&path).unwrap()));
                    let listed = client.ls("").unwrap();
                    let names = listed.iter().map(|(_, _, name)| name);
                    assert!(names.eq(["a", "music", "same"].iter()));
                }
            });
        }
    });
    assert!(is_whole(&fs::read(stage.served("same")).unwrap()));
}

#[test]
fn a_listing_may_be_longer_than_any_frame() {
    let stage = Stage::new();
    for number in 0..2000 {
        let name = format!("music/{number:04} {}", "n".repeat(200));
        fs::write(stage.served(&name), "").unwrap();
    }
    let mut client = Client::connect(stage.server.address).unwrap();
    assert_eq!(client.ls("music").unwrap().len(), 2000);
}

#[test]
fn ftp_is_served_with_its_flag_and_a_stop_ends_its_sessions() {
    let stage = Stage::with(&["--rfc959", "--patience", "60"]);
    let mut client = connect(stage.server.address);
    let mut greeting = [0; 11];
    client.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"220 Ready\r\n");

    let (last, trouble) = stage.stopped();

    assert_eq!((&*last, trouble.len()), ("served 1, refused 0", 0));
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"");
}
