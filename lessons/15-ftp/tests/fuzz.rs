//! Whatever comes on the control connection, each line has its reply, nothing
//! panics, and nothing outside the folder changes.
//!
//! `scripts/fuzz-ftp` tries more of the same.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use asking::Asking;
use lesson_framing::Status;
use lesson_ftp::Folder;
use lesson_ftp::rfc959::{
    DONE, Lines, NOT_DONE, Patience, Refusal, Reply, Session, parse,
    port_of_epsv, port_of_pasv,
};
use lesson_unix_sockets::Folder as Scratch;
use support::random::Random;

#[path = "../src/demos/asking.rs"]
mod asking;

/// How much a test tries: as much as TRIES says, or `few`.
fn tries(few: u64) -> u64 {
    variable("TRIES").unwrap_or(few)
}

/// Where the numbers begin: at SEED, or always at the same.
fn random() -> Random {
    Random(variable("SEED").unwrap_or(15))
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("TRIES and SEED are numbers above 0"))
}

const NAMES: [&str; 20] = [
    "notes.txt",
    "music",
    "music/song",
    "/",
    "",
    ".",
    "..",
    "../secret",
    "music/../../secret",
    "up/secret",
    "new",
    "music/new",
    "a b",
    "übung",
    ".hidden",
    "//",
    "/music/",
    "%2e%2e/secret",
    "~",
    "*",
];

const OTHERS: [&str; 16] = [
    "A",
    "I",
    "E",
    "L 8",
    "F",
    "S",
    "ALL",
    "1",
    "2",
    "0",
    "5",
    "99",
    "-1",
    "9223372036854775807",
    "UTF8 ON",
    "MLST size;type;",
];

fn pick<T: Copy>(random: &mut Random, of: &[T]) -> T {
    of[random.below(of.len())]
}

/// A line as a client could say it, or one that is broken.
fn line(random: &mut Random) -> Vec<u8> {
    let word = match random.below(8) {
        0 => pick(random, &NOT_DONE),
        1 => pick(random, &["", " ", "GET", "RETRX", "RET"]),
        _ => pick(random, &DONE),
    };
    let mut line = word.as_bytes().to_vec();
    if random.below(4) > 0 {
        line.push(b' ');
        let argument = match random.below(3) {
            0 => pick(random, &OTHERS),
            _ => pick(random, &NAMES),
        };
        line.extend_from_slice(argument.as_bytes());
    }
    if random.below(6) == 0 {
        for _ in 0..=random.below(3) {
            let byte = match random.below(3) {
                0 => pick(random, b"\0\r\xff %\"\\\t"),
                _ => random.below(256) as u8,
            };
            let at = random.below(line.len() + 1);
            line.insert(at, byte);
        }
    }
    if random.below(200) == 0 {
        line.resize(5000, b'a');
    }
    line
}

#[test]
fn lines_are_the_same_in_whatever_pieces_they_come() {
    let mut random = random();
    for _ in 0..tries(3_000) {
        let mut bytes = Vec::new();
        for _ in 0..random.below(6) {
            bytes.extend(line(&mut random));
            bytes.extend_from_slice(pick(
                &mut random,
                &[&b"\r\n"[..], b"\r\n", b"\r\n", b"\n", b"\r"],
            ));
        }
        let whole = all(&bytes, bytes.len().max(1));
        let size = 1 + random.below(9);
        assert_eq!(all(&bytes, size), whole, "pieces of {size}: {bytes:?}");
    }
}

/// The lines to the first after which nothing can be trusted.
fn all(bytes: &[u8], size: usize) -> Vec<Result<Vec<u8>, Refusal>> {
    let (mut lines, mut found) = (Lines::default(), Vec::new());
    for piece in bytes.chunks(size) {
        lines.push(piece);
        while let Status::Complete(line) = lines.take() {
            let last = line == Err(Refusal::LoneLf);
            found.push(line);
            if last {
                return found;
            }
        }
    }
    found
}

#[test]
fn any_bytes_are_a_command_or_refused_with_a_code_of_five_hundred() {
    let mut random = random();
    for _ in 0..tries(100_000) {
        let line = match random.below(2) {
            0 => line(&mut random),
            _ => {
                let length = random.below(40);
                (0..length).map(|_| random.below(256) as u8).collect()
            }
        };
        let odd = |byte: &u8| [0, b'\r', b'\n', 0xff].contains(byte);
        match parse(&line) {
            Ok(command) => assert!(!line.iter().any(odd), "{command:?}"),
            Err(refusal) => {
                assert!((500..600).contains(&refusal.code()));
                assert!(!refusal.to_string().is_empty());
            }
        }
    }
}

#[test]
fn any_bytes_are_a_reply_or_partial_or_malformed() {
    let mut random = random();
    for _ in 0..tries(100_000) {
        let length = random.below(60);
        let of = b"0123459 -\r\n\r\n(),|ab\xff";
        let bytes: Vec<u8> =
            (0..length).map(|_| pick(&mut random, of)).collect();
        if let Ok(Status::Complete((reply, used))) = Reply::parse(&bytes) {
            assert!(used <= bytes.len() && !reply.lines.is_empty());
            let words = reply.lines.concat();
            let _ = (port_of_epsv(&words), port_of_pasv(&words));
        }
    }
}

/// Nothing is waited for: what is to come has come before the session's turn,
/// for one thread is both ends.
const PATIENCE: Patience = Patience {
    idle: Duration::from_secs(60),
    open: Duration::ZERO,
    stall: Duration::from_secs(60),
    settle: Duration::ZERO,
};

#[test]
fn every_line_of_a_session_has_one_reply_and_nothing_outside_changes() {
    let mut random = random();
    for _ in 0..tries(40) {
        let scratch = prepared();
        let folder = Folder::open(&scratch.path("in")).unwrap();
        session(&folder, 60, &mut random);
        let outside: Vec<_> = names(scratch.here());
        assert_eq!(outside, ["in", "secret"]);
        let secret = fs::read_to_string(scratch.path("secret")).unwrap();
        assert_eq!(secret, "secret");
        let hidden = all_below(&scratch.path("in"));
        let hidden = hidden.iter().find(|it| is_hidden(it));
        assert_eq!(hidden, None, "no upload leaves anything");
    }
}

fn prepared() -> Scratch {
    let scratch = Scratch::new().unwrap();
    fs::create_dir_all(scratch.path("in/music")).unwrap();
    fs::write(scratch.path("in/notes.txt"), "to be or not").unwrap();
    fs::write(scratch.path("in/music/song"), "la la").unwrap();
    fs::write(scratch.path("secret"), "secret").unwrap();
    std::os::unix::fs::symlink("..", scratch.path("in/up")).unwrap();
    scratch
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |it: std::io::Result<fs::DirEntry>| {
        it.unwrap().file_name().into_string().unwrap()
    };
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    names
}

fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() && !path.is_symlink() {
            all.extend(all_below(&path));
        }
        all.push(path);
    }
    all
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().unwrap().as_encoded_bytes()[0] == b'.'
}

/// A session of so many lines; data connections are opened or not, and used
/// or not.
fn session(folder: &Folder, lines: usize, random: &mut Random) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = Asking::connect(address).unwrap();
    let (control, _) = listener.accept().unwrap();
    let mut session = Session::new(control, folder, PATIENCE).unwrap();
    session.greet().unwrap();
    assert_eq!(client.reply().unwrap().code, 220);
    let mut data = None;
    for number in 0..lines {
        let line = match number {
            0 => b"USER ftp".to_vec(),
            1 => b"PASS x".to_vec(),
            2 => b"TYPE I".to_vec(),
            _ if random.below(4) == 0 => b"EPSV".to_vec(),
            _ => line(random),
        };
        client.say(&line).unwrap();
        let goes_on = session.turn().unwrap();
        let mut got = client.reply().unwrap();
        if got.is_preliminary() {
            got = client.reply().unwrap();
            data = None;
        }
        assert!((200..560).contains(&got.code), "{line:?}: {got:?}");
        if !goes_on {
            assert!([221, 500].contains(&got.code), "{line:?}: {got:?}");
            return;
        }
        if let (227 | 229, 1..) = (got.code, random.below(4)) {
            data = Some(connected(&client, &got, random));
        }
    }
    drop(data);
}

/// A data connection that has sent something, or nothing, or is gone.
fn connected(client: &Asking, reply: &Reply, random: &mut Random) -> TcpStream {
    let mut data = client.data(reply).unwrap();
    if random.below(2) == 0 {
        data.write_all(b"brave").unwrap();
    }
    // An upload would else wait for more.
    data.shutdown(std::net::Shutdown::Write).unwrap();
    data
}
