//! Whoever is killed, and at whatever point of an upload or a download: the
//! file is the old one or the new one, whole, and nobody sees another.
//!
//! A point is reached when the kernel says so: so many bytes were given to
//! the server, and it has written them to a file that has no name.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use asking::Asking;
use lesson_ftp::message::{Reply, Request};
use lesson_ftp::{Client, Failed, Kind, Wire};
use lesson_unix_sockets::Folder as Scratch;
use nameless::{has_written, until, written};
use support::tool::Server;

#[path = "../src/demos/asking.rs"]
mod asking;
#[path = "../src/demos/nameless.rs"]
mod nameless;

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-ftp");

/// The bytes of the new file: no multiple of anything.
const SIZE: usize = 1_000_003;
/// How many points of an upload there are.
const POINTS: usize = 100;
/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The points: from no byte to all of them.
fn points() -> impl Iterator<Item = usize> {
    (0..POINTS).map(|point| point * SIZE / (POINTS - 1))
}

fn old() -> Vec<u8> {
    b"old\n".repeat(1250)
}

/// Bytes of which none could stand in another's place unseen.
fn new() -> Vec<u8> {
    (0..SIZE).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect()
}

struct Stage {
    scratch: Scratch,
}

impl Stage {
    fn new() -> Self {
        let scratch = Scratch::new().unwrap();
        fs::create_dir(scratch.path("served")).unwrap();
        fs::write(scratch.path("new"), new()).unwrap();
        let stage = Stage { scratch };
        stage.reset();
        stage
    }

    fn served(&self) -> PathBuf {
        self.scratch.path("served")
    }

    /// Puts the old file back.
    fn reset(&self) {
        fs::write(self.served().join("song"), old()).unwrap();
    }

    fn song(&self) -> Vec<u8> {
        fs::read(self.served().join("song")).unwrap()
    }

    fn serve(&self) -> Server {
        self.serve_by(&[])
    }

    fn serve_by(&self, more: &[&str]) -> Server {
        let mut command = Command::new(LESSON);
        command.arg("serve").arg(self.served()).arg("127.0.0.1:0").args(more);
        Server::listening(command.stderr(Stdio::null()))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(|it| name(it.unwrap())).collect();
    names.sort();
    names
}

/// What somebody else is shown.
fn ls(to: SocketAddr) -> Vec<(Kind, u64, String)> {
    Client::connect(to).unwrap().ls("").unwrap()
}

fn song_of(bytes: usize) -> Vec<(Kind, u64, String)> {
    vec![(Kind::File, bytes as u64, "song".to_string())]
}

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// A program of this lesson that nobody listens to.
fn spawn(arguments: &[&str]) -> Child {
    Command::new(LESSON)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut child: Child) {
    let ended = child.try_wait().unwrap();
    assert_eq!(ended, None, "it had ended before it was killed");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A frame from one side to the other.
fn pass_frame(from: &mut TcpStream, to: &mut TcpStream) {
    let mut length = [0; 4];
    from.read_exact(&mut length).unwrap();
    let mut message = vec![0; u32::from_be_bytes(length) as usize];
    from.read_exact(&mut message).unwrap();
    to.write_all(&[&length[..], &message].concat()).unwrap();
}

/// The client, and between it and the server somebody who gives the server
/// `count` of the file's bytes, and not one more.
fn upload_through(
    stage: &Stage,
    server: &Server,
    count: usize,
) -> (Child, TcpStream, TcpStream) {
    let between = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = between.local_addr().unwrap().to_string();
    let file = stage.scratch.path("new");
    let file = file.to_str().unwrap();
    let client = spawn(&["client", &address, "wput", file, "song"]);
    let (mut near, _) = between.accept().unwrap();
    near.set_read_timeout(Some(LIMIT)).unwrap();
    let mut far = connect(server.address);
    pass_frame(&mut near, &mut far);
    pass_frame(&mut far, &mut near);
    let mut bytes = vec![0; count];
    near.read_exact(&mut bytes).unwrap();
    far.write_all(&bytes).unwrap();
    (client, near, far)
}

#[test]
fn a_client_killed_at_a_hundred_points_leaves_a_whole_file() {
    let stage = Stage::new();
    let served = stage.served();
    let server = stage.serve();
    for count in points() {
        stage.reset();
        let (client, near, mut far) = upload_through(&stage, &server, count);
        if count == SIZE {
            // The client doesn't know yet.
            assert_eq!(
                Wire::new(&mut far).frame().unwrap().unwrap(),
                b"done 1000003"
            );
            kill(client);
            assert_eq!(stage.song(), new());
            continue;
        }
        has_written(server.id(), &served, count as u64).unwrap();
        assert_eq!(ls(server.address), song_of(old().len()), "{count}");
        kill(client);
        drop((near, far));
        until("the end of the upload", || {
            Ok(written(server.id(), &served)?.is_none())
        })
        .unwrap();
        assert!(stage.song() == old(), "killed after {count} bytes");
        assert_eq!(names(&served), ["song"], "killed after {count} bytes");
    }
    assert_eq!(ls(server.address), song_of(SIZE));
}

/// Begins an upload by hand, and sends so many of its bytes.
fn upload(to: SocketAddr, count: usize) -> Wire<TcpStream> {
    let mut wire = Wire::new(connect(to));
    wire.send(Request::Put(SIZE as u64, "song".into())).unwrap();
    assert_eq!(wire.frame().unwrap().unwrap(), b"go");
    wire.stream().write_all(&new()[..count]).unwrap();
    wire
}

#[test]
fn a_server_killed_at_a_hundred_points_leaves_a_whole_file() {
    let stage = Stage::new();
    let served = stage.served();
    for count in points().filter(|count| *count < SIZE) {
        let server = stage.serve();
        // What the server before this one left is served by it.
        assert_eq!(ls(server.address), song_of(old().len()));
        let _client = upload(server.address, count);
        has_written(server.id(), &served, count as u64).unwrap();
        assert_eq!(ls(server.address), song_of(old().len()));
        drop(server); // SIGKILL, and waits for its end
        assert!(stage.song() == old(), "killed after {count} bytes");
        assert_eq!(names(&served), ["song"], "killed after {count} bytes");
    }
}

/// The same by FTP: the control connection, and the data connection on which
/// so many bytes were sent.
fn ftp_upload(to: SocketAddr, count: usize) -> (Asking, TcpStream) {
    let mut control = Asking::connect(to).unwrap();
    let mut ask = |line: &str, due: u16| {
        if !line.is_empty() {
            control.say(line).unwrap();
        }
        let reply = control.reply().unwrap();
        assert_eq!(reply.code, due, "{line}");
        reply
    };
    ask("", 220);
    ask("USER anonymous", 331);
    ask("PASS guest", 230);
    ask("TYPE I", 200);
    let passive = ask("EPSV", 229);
    let mut data = control.data(&passive).unwrap();
    control.say("STOR song").unwrap();
    assert_eq!(control.reply().unwrap().code, 150);
    data.write_all(&new()[..count]).unwrap();
    (control, data)
}

#[test]
fn a_server_of_ftp_killed_at_a_hundred_points_leaves_a_whole_file() {
    let stage = Stage::new();
    let served = stage.served();
    for count in points() {
        let server = stage.serve_by(&["--rfc959"]);
        let _client = ftp_upload(server.address, count);
        has_written(server.id(), &served, count as u64).unwrap();
        drop(server); // SIGKILL, and waits for its end
        // All of it may be there: but the end that says so never came.
        assert!(stage.song() == old(), "killed after {count} bytes");
        assert_eq!(names(&served), ["song"], "killed after {count} bytes");
    }
}

#[test]
fn a_server_killed_while_it_gives_the_name_leaves_a_whole_file() {
    let stage = Stage::new();
    let served = stage.served();
    for turn in 0..50 {
        stage.reset();
        let server = stage.serve();
        let mut client = upload(server.address, SIZE);
        // Where it is by now, nobody knows; so each turn is another point.
        if turn % 2 == 0 {
            until("all bytes written, or more", || {
                let at = written(server.id(), &served)?;
                Ok(at.is_none_or(|at| at == SIZE as u64))
            })
            .unwrap();
        }
        drop(server);
        let song = stage.song();
        assert!(song == old() || song == new(), "turn {turn}: a part");
        if matches!(client.frame(), Ok(Some(_))) {
            assert!(song == new(), "turn {turn}: it had said that it is done");
        }
        for name in names(&served).iter().filter(|name| *name != "song") {
            assert!(name.starts_with(".lesson-ftp-upload-"), "{name}");
            assert!(fs::read(served.join(name)).unwrap() == new(), "{name}");
        }
    }
}

#[test]
fn what_a_server_has_said_is_done_outlives_it() {
    let stage = Stage::new();
    let server = stage.serve();
    let mut client = upload(server.address, SIZE);
    assert_eq!(client.frame().unwrap().unwrap(), b"done 1000003");
    drop(server);
    assert!(stage.song() == new());
    assert_eq!(names(&stage.served()), ["song"]);
}

/// A server that sends so many of the bytes it has promised.
fn half_a_download(listener: &TcpListener, count: usize) -> TcpStream {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let mut wire = Wire::new(stream);
    let asked = wire.frame().unwrap().unwrap();
    assert_eq!(Request::parse(&asked), Ok(Request::Get("song".into())));
    wire.send(Reply::Size(SIZE as u64)).unwrap();
    wire.stream().write_all(&new()[..count]).unwrap();
    wire.stream().try_clone().unwrap()
}

#[test]
fn a_download_that_ends_at_any_of_a_hundred_points_leaves_a_whole_file() {
    let stage = Stage::new();
    let song = stage.served().join("song");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for count in points().filter(|count| *count < SIZE) {
        let told = std::thread::scope(|scope| {
            scope.spawn(|| drop(half_a_download(&listener, count)));
            let mut client = Client::connect(address).unwrap();
            client.wget("song", &song, &mut |_, _| {}).unwrap_err()
        });
        assert!(matches!(told, Failed::Broken(_)), "{told}");
        let due = format!("after {count} of {SIZE} bytes");
        assert!(told.to_string().contains(&due), "{told}");
        assert!(stage.song() == old(), "ended after {count} bytes");
        assert_eq!(names(&stage.served()), ["song"]);
    }
}

#[test]
fn a_client_killed_in_a_download_leaves_the_old_file() {
    let stage = Stage::new();
    let served = stage.served();
    let song = served.join("song");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let get = ["client", &address, "wget", "song", song.to_str().unwrap()];
    for count in points().step_by(10) {
        let client = spawn(&get);
        let _server = half_a_download(&listener, count);
        has_written(client.id(), &served, count as u64).unwrap();
        kill(client);
        assert!(stage.song() == old(), "killed after {count} bytes");
        assert_eq!(names(&served), ["song"]);
    }
}
