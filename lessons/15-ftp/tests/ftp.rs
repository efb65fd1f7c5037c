//! FTP as clients may speak it, well and badly: commands, data connections,
//! files that are whole or not there.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use lesson_framing::Status;
use lesson_ftp::Folder;
use lesson_ftp::rfc959::{
    LONGEST, Patience, Reply, port_of_epsv, port_of_pasv, server,
};
use lesson_socketserver::{Stopper, listen};
use lesson_unix_sockets::Folder as Scratch;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, bind, connect, socket,
};

/// How long anything may take, on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// For waits that a test wants to see the end of.
const SHORT: Duration = Duration::from_millis(100);

const PATIENT: Patience =
    Patience { idle: LONG, open: LONG, stall: LONG, settle: LONG };

/// More than the buffers of both ends hold.
const LARGE: u64 = 32 * 1024 * 1024;

/// A server in a thread, stopped when the test is over.
struct Serving {
    address: SocketAddr,
    scratch: Scratch,
    stopper: Stopper,
    running: Option<JoinHandle<()>>,
}

impl Serving {
    fn start(patience: Patience) -> Self {
        Serving::at("127.0.0.1:0".parse().unwrap(), patience)
    }

    /// Serves `in`, beside which there is a secret.
    fn at(address: SocketAddr, patience: Patience) -> Self {
        let scratch = Scratch::new().unwrap();
        fs::create_dir_all(scratch.path("in/music")).unwrap();
        fs::write(scratch.path("in/notes.txt"), "to be or not").unwrap();
        fs::write(scratch.path("in/music/song"), "la la").unwrap();
        fs::write(scratch.path("secret"), "secret").unwrap();
        let folder = Folder::open(&scratch.path("in")).unwrap();
        let listener = listen::tcp(address).unwrap();
        let address = listener.local_addr().unwrap();
        let server = server(listener, folder, patience).unwrap();
        let server = server.patience(LONG);
        let stopper = server.stopper();
        let running = Some(thread::spawn(move || {
            server.run().unwrap();
        }));
        Serving { address, scratch, stopper, running }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.scratch.path("in").join(name)).unwrap()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.scratch.path("in").join(name), bytes).unwrap();
    }

    fn has(&self, name: &str) -> bool {
        self.scratch.path("in").join(name).exists()
    }

    /// A client that has logged in, and wants files as they are.
    fn client(&self) -> Client {
        let mut client = Client::connect(self.address);
        for line in ["USER anonymous", "PASS x", "TYPE I"] {
            client.say(line);
            assert!(client.code() < 400, "{line}");
        }
        client
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopper.stop();
        let ended = self.running.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.unwrap().is_ok());
    }
}

struct Client {
    control: TcpStream,
    unread: Vec<u8>,
}

impl Client {
    /// Connects, and is greeted.
    fn connect(to: SocketAddr) -> Self {
        let control = reached(to);
        let mut client = Client { control, unread: Vec::new() };
        assert_eq!(client.code(), 220);
        client
    }

    fn send(&mut self, bytes: &[u8]) {
        self.control.write_all(bytes).unwrap();
    }

    fn say(&mut self, line: &str) {
        self.send(format!("{line}\r\n").as_bytes());
    }

    /// The next reply; `None` when there are no more.
    fn heard(&mut self) -> Option<Reply> {
        loop {
            if let Status::Complete((reply, used)) =
                Reply::parse(&self.unread).unwrap()
            {
                self.unread.drain(..used);
                return Some(reply);
            }
            let mut piece = [0; 1000];
            let count = self.control.read(&mut piece).unwrap();
            if count == 0 {
                assert!(self.unread.is_empty());
                return None;
            }
            self.unread.extend_from_slice(&piece[..count]);
        }
    }

    fn code(&mut self) -> u16 {
        self.heard().expect("a reply").code
    }

    /// Says a line: the code of its reply.
    fn ask(&mut self, line: &str) -> u16 {
        self.say(line);
        self.code()
    }

    /// Where the server listens.
    fn passive(&mut self, command: &str) -> SocketAddr {
        self.say(command);
        let words = self.heard().unwrap().lines.concat();
        let port = port_of_epsv(&words).or(port_of_pasv(&words));
        let port = port.unwrap_or_else(|| panic!("{command}: {words}"));
        SocketAddr::new(self.control.peer_addr().unwrap().ip(), port)
    }

    /// A data connection for a command, which begins.
    fn transfer(&mut self, line: &str) -> TcpStream {
        let to = self.passive("EPSV");
        let data = reached(to);
        assert_eq!(self.ask(line), 150, "{line}");
        data
    }

    fn download(&mut self, line: &str) -> String {
        let mut data = self.transfer(line);
        let mut all = String::new();
        data.read_to_string(&mut all).unwrap();
        assert_eq!(self.code(), 226, "{line}");
        all
    }

    fn upload(&mut self, line: &str, bytes: &str) -> u16 {
        let mut data = self.transfer(line);
        data.write_all(bytes.as_bytes()).unwrap();
        drop(data);
        self.code()
    }
}

fn reached(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.set_write_timeout(Some(LONG)).unwrap();
    stream
}

/// An upload is over as soon as its data connection is.
fn quick() -> Patience {
    Patience { settle: Duration::ZERO, ..PATIENT }
}

#[test]
fn without_a_name_and_a_password_nothing_is_done() {
    let serving = Serving::start(PATIENT);
    let mut client = Client::connect(serving.address);

    for line in ["PWD", "EPSV", "RETR notes.txt", "DELE notes.txt", "TYPE I"] {
        assert_eq!(client.ask(line), 530, "{line}");
    }
    assert_eq!(client.ask("PASS x"), 503);
    assert_eq!(client.ask("USER root"), 530);
    assert_eq!(client.ask("PASS x"), 503);
    let mut other = serving.client();
    assert_eq!(other.ask("USER root"), 530);
    assert_eq!(other.ask("PWD"), 530);
    for line in ["NOOP", "SYST", "HELP", "FEAT"] {
        assert!(client.ask(line) < 300, "{line}");
    }
    assert!(serving.has("notes.txt"));
}

#[test]
fn files_are_listed_fetched_and_sent_by_epsv_and_by_pasv() {
    let serving = Serving::start(quick());
    let mut client = serving.client();

    assert_eq!(client.download("NLST"), "music\r\nnotes.txt\r\n");
    for name in ["music", "music/", "music/song"] {
        let list = client.download(&format!("NLST {name}"));
        assert_eq!(list, "music/song\r\n", "{name}");
    }
    let list = client.download("LIST");
    assert_eq!(list.lines().count(), 2);
    assert!(list.starts_with("drwx") && list.contains(" 12 "), "{list}");
    let list = client.download("MLSD /music/");
    assert!(list.starts_with("type=file;size=5;modify="), "{list}");
    assert!(list.ends_with("; song\r\n"), "{list}");
    assert_eq!(client.download("RETR music/song"), "la la");
    assert_eq!(client.upload("STOR new", "brave"), 226);
    assert_eq!(serving.read("new"), "brave");
    let to = client.passive("PASV");
    let mut data = reached(to);
    assert_eq!(client.ask("RETR new"), 150);
    let mut all = String::new();
    data.read_to_string(&mut all).unwrap();
    assert_eq!((&*all, client.code()), ("brave", 226));
}

#[test]
fn folders_are_entered_made_left_and_removed() {
    let serving = Serving::start(quick());
    let mut client = serving.client();

    assert_eq!(client.ask("CWD music"), 250);
    for name in ["song", "./song", "/music/song", "/notes.txt"] {
        assert_eq!(client.ask(&format!("SIZE {name}")), 213, "{name}");
    }
    assert_eq!(client.ask("SIZE /music"), 550);
    assert_eq!(client.ask("MKD deep \"er\""), 257);
    assert_eq!(client.ask("CWD deep \"er\""), 250);
    client.say("PWD");
    let reply = client.heard().unwrap();
    assert_eq!(reply.lines, ["\"/music/deep \"\"er\"\"\" is here"]);
    assert_eq!(client.ask("CDUP"), 250);
    assert_eq!(client.ask("RMD deep \"er\""), 250);
    assert_eq!(client.ask("CWD .."), 250);
    assert_eq!(client.ask("CDUP"), 550);
    assert_eq!(client.ask("RMD music"), 550);
    assert_eq!(client.ask("RNTO other"), 503);
    assert_eq!(client.ask("RNFR notes.txt"), 350);
    assert_eq!(client.ask("RNTO music/notes"), 250);
    assert_eq!(client.ask("RNTO again"), 503);
    assert_eq!(client.ask("DELE music/notes"), 250);
    assert_eq!(client.download("NLST"), "music\r\n");
    assert_eq!(client.ask("CWD music/song"), 550);
}

#[test]
fn features_and_facts_are_told() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();

    client.say("FEAT");
    let features = client.heard().unwrap().lines;
    for feature in [" EPSV", " MLST type*;size*;modify*;", " REST STREAM"] {
        assert!(features.iter().any(|it| it == feature), "{feature}");
    }
    client.say("OPTS MLST size;");
    assert_eq!(client.heard().unwrap().lines, ["MLST OPTS size;"]);
    client.say("MLST notes.txt");
    let lines = client.heard().unwrap().lines;
    assert_eq!(lines[1], " size=12; /notes.txt");
    client.say("MDTM notes.txt");
    let when = client.heard().unwrap().lines.concat();
    assert!(when.len() == 14 && when.starts_with("20"), "{when}");
    assert_eq!(client.ask("OPTS UTF8 ON"), 200);
    assert_eq!(client.ask("OPTS UTF8 OFF"), 501);
    assert_eq!(client.ask("MLST"), 250);
}

#[test]
fn what_is_not_done_is_said_to_be_so() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();

    for (line, code) in [
        ("PORT 127,0,0,1,4,1", 502),
        ("EPRT |1|127.0.0.1|1025|", 502),
        ("AUTH TLS", 502),
        ("SITE CHMOD 777 notes.txt", 502),
        ("MODE B", 504),
        ("STRU R", 504),
        ("TYPE E", 504),
        ("EPSV 2", 522),
        ("EPSV 7", 522),
        ("HACK", 500),
        ("RETR", 501),
        ("QUIT now", 501),
        ("REST -1", 501),
        ("RETR notes.txt", 425),
        ("LIST", 425),
        ("ABOR", 226),
    ] {
        assert_eq!(client.ask(line), code, "{line}");
    }
    for (line, code) in [("MLSD notes.txt", 501), ("STOR .hidden", 553)] {
        let _data = reached(client.passive("EPSV"));
        assert_eq!(client.ask(line), code, "{line}");
    }
    assert_eq!(client.ask("EPSV ALL"), 200);
    assert_eq!(client.ask("PASV"), 503);
    assert_eq!(client.ask("EPSV"), 229);
}

#[test]
fn an_address_in_port_gets_no_connection() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();
    let third = TcpListener::bind("127.0.0.1:0").unwrap();
    third.set_nonblocking(true).unwrap();
    let [p1, p2] = third.local_addr().unwrap().port().to_be_bytes();

    let refused = client.ask(&format!("PORT 127,0,0,1,{p1},{p2}"));
    let then = client.ask("RETR notes.txt");

    assert_eq!((refused, then), (502, 425));
    let called = third.accept().unwrap_err();
    assert_eq!(called.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn text_is_refused_rather_than_changed() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();

    assert_eq!(client.ask("TYPE A"), 200);
    let _data = reached(client.passive("EPSV"));
    assert_eq!(client.ask("RETR notes.txt"), 550);
    assert_eq!(client.ask("SIZE notes.txt"), 550);
    let _data = reached(client.passive("EPSV"));
    assert_eq!(client.ask("STOR notes.txt"), 550);
    assert_eq!(client.download("NLST music"), "music/song\r\n");
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let serving = Serving::start(quick());
    std::os::unix::fs::symlink("..", serving.scratch.path("in/up")).unwrap();
    let mut client = serving.client();
    let long = "a".repeat(256);

    for name in [
        "../secret",
        "/../secret",
        "up/secret",
        "music/../../secret",
        "./../in",
        "/..",
        "...",
        ".hidden",
        "a//b",
        "%2e%2e/secret",
        "..%2fsecret",
        "..\\secret",
        &long,
        "~/x",
        "/etc/passwd",
    ] {
        for command in ["SIZE", "DELE", "CWD", "RNFR", "RMD", "MDTM", "MLST"] {
            let code = client.ask(&format!("{command} {name}"));
            assert_eq!(code, 550, "{command} {name}");
        }
        for command in ["RETR", "NLST", "LIST", "MLSD"] {
            let _data = reached(client.passive("EPSV"));
            let code = client.ask(&format!("{command} {name}"));
            assert_eq!(code, 550, "{command} {name}");
        }
    }
    for name in ["../new", "up/new", "/../new", ".new", "a//b", &long] {
        assert!(client.ask(&format!("MKD {name}")) >= 550, "MKD {name}");
        let _data = reached(client.passive("EPSV"));
        let code = client.ask(&format!("STOR {name}"));
        assert!([550, 553].contains(&code), "STOR {name}: {code}");
        assert_eq!(client.ask("RNFR notes.txt"), 350);
        let code = client.ask(&format!("RNTO {name}"));
        assert!([550, 553].contains(&code), "RNTO {name}: {code}");
    }
    let secret = fs::read_to_string(serving.scratch.path("secret")).unwrap();
    assert_eq!(secret, "secret");
    assert!(!serving.scratch.path("new").exists());
    assert!(serving.has("notes.txt"));
}

#[test]
fn a_line_end_in_a_name_is_no_second_command() {
    let serving = Serving::start(PATIENT);

    // A lone CR: the line is refused, and the next one is a line.
    let mut client = serving.client();
    client.send(b"DELE notes.txt\rDELE notes.txt\r\nNOOP\r\n");
    assert_eq!((client.code(), client.code()), (500, 200));
    // A lone LF: nobody can tell what is a line now. In any pieces.
    for cut in [0, 5, 14, 15, 20] {
        let mut client = serving.client();
        let bytes = b"DELE notes.txt\nDELE notes.txt\r\nDELE notes.txt\r\n";
        client.send(&bytes[..cut]);
        client.send(&bytes[cut..]);
        assert_eq!(client.code(), 500);
        assert_eq!(client.heard(), None, "the end, and no reset");
    }
    let mut client = serving.client();
    client.send(b"DELE notes.txt\0\r\n");
    assert_eq!(client.code(), 501);
    assert!(serving.has("notes.txt"));
}

#[test]
fn telnet_and_what_is_no_text_is_refused_and_the_session_goes_on() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();
    let long = format!("RETR {}\r\n", "a".repeat(LONGEST));

    for (bytes, code) in [
        (&b"\xff\xf4\xff\xf2ABOR\r\n"[..], 500),
        (b"\xff\xfb\x01NOOP\r\n", 500),
        (b"RETR \xc3\x28\r\n", 501),
        (b"\r\n", 500),
        (b"   \r\n", 500),
        (long.as_bytes(), 500),
        (&[b'a'; 3 * LONGEST], 0),
        (b"\r\nNOOP\r\n", 500),
    ] {
        client.send(bytes);
        if code != 0 {
            assert_eq!(client.code(), code, "{bytes:?}");
        }
    }
    assert_eq!(client.code(), 200);
}

#[test]
fn commands_that_come_at_once_or_byte_by_byte_are_answered_in_turn() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();
    let lines = b"NOOP\r\nPWD\r\nSYST\r\nCDUP\r\n";

    client.send(lines);
    let at_once: Vec<_> = (0..4).map(|_| client.code()).collect();
    lines.chunks(1).for_each(|byte| client.send(byte));
    let dribbled: Vec<_> = (0..4).map(|_| client.code()).collect();

    assert_eq!(at_once, [200, 257, 215, 550]);
    assert_eq!(dribbled, at_once);
}

#[test]
fn a_stranger_at_the_passive_port_is_turned_away() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();
    let to = client.passive("EPSV");

    // All of 127.0.0.0/8 is this host, and 127.0.0.2 is another address.
    let mut strangers: Vec<_> = (0..3).map(|_| from_elsewhere(to)).collect();
    client.say("RETR notes.txt");
    assert_eq!(client.code(), 150);
    for stranger in &mut strangers {
        let mut all = Vec::new();
        let ended = stranger.read_to_end(&mut all);
        assert!(ended.is_err() || all.is_empty(), "{all:?}");
    }
    let mut data = reached(to);
    let mut all = String::new();
    data.read_to_string(&mut all).unwrap();
    assert_eq!((&*all, client.code()), ("to be or not", 226));
}

fn from_elsewhere(to: SocketAddr) -> TcpStream {
    let (inet, stream) = (AddressFamily::Inet, SockType::Stream);
    let fd = socket(inet, stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
    let from = SockaddrIn::new(127, 0, 0, 2, 0);
    bind(std::os::fd::AsRawFd::as_raw_fd(&fd), &from).unwrap();
    let to = SockaddrIn::new(127, 0, 0, 1, to.port());
    connect(std::os::fd::AsRawFd::as_raw_fd(&fd), &to).unwrap();
    let stream = TcpStream::from(fd);
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

#[test]
fn a_data_connection_that_nobody_opens_is_given_up() {
    let serving = Serving::start(Patience { open: SHORT, ..PATIENT });
    let mut client = serving.client();

    for line in ["RETR notes.txt", "LIST", "STOR new"] {
        client.passive("EPSV");
        assert_eq!(client.ask(line), 150);
        assert_eq!(client.code(), 425, "{line}");
    }
    assert!(!serving.has("new"));
    assert_eq!(client.ask("NOOP"), 200);
}

#[test]
fn a_listener_serves_for_one_transfer_only() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();

    client.passive("EPSV");
    let _data = reached(client.passive("EPSV"));
    assert_eq!(client.ask("RETR missing"), 550);
    assert_eq!(client.ask("RETR notes.txt"), 425);
}

#[test]
fn a_client_that_reads_nothing_is_cut_off_and_may_go_on() {
    let serving = Serving::start(Patience { stall: SHORT, ..PATIENT });
    let large = fs::File::create(serving.scratch.path("in/large")).unwrap();
    large.set_len(LARGE).unwrap();
    let mut client = serving.client();

    let mut data = client.transfer("RETR large");
    assert_eq!(client.code(), 426);

    let mut all = Vec::new();
    let error = data.read_to_end(&mut all).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(client.download("RETR notes.txt"), "to be or not");
}

#[test]
fn a_client_that_sends_nothing_is_cut_off_and_leaves_nothing() {
    let serving = Serving::start(Patience { stall: SHORT, ..PATIENT });
    let mut client = serving.client();

    let mut data = client.transfer("STOR notes.txt");
    data.write_all(b"half").unwrap();
    assert_eq!(client.code(), 426);

    assert_eq!(serving.read("notes.txt"), "to be or not");
    assert_eq!(client.ask("NOOP"), 200);
}

#[test]
fn who_says_nothing_for_too_long_is_told_so() {
    let serving = Serving::start(Patience { idle: SHORT, ..PATIENT });
    let mut client = Client::connect(serving.address);

    client.send(b"NOO");

    assert_eq!(client.code(), 421);
    assert_eq!(client.heard(), None);
}

#[test]
fn a_transfer_stops_when_the_client_says_so() {
    let serving = Serving::start(PATIENT);
    let large = fs::File::create(serving.scratch.path("in/large")).unwrap();
    large.set_len(LARGE).unwrap();
    let mut client = serving.client();

    let mut data = client.transfer("RETR large");
    data.read_exact(&mut [0; 1000]).unwrap();
    client.say("abor");
    assert_eq!((client.code(), client.code()), (426, 226));
    // And while nobody has connected.
    client.passive("EPSV");
    assert_eq!(client.ask("STOR new"), 150);
    client.say("ABOR");
    assert_eq!((client.code(), client.code()), (426, 226));
    // And in the middle of an upload.
    let mut data = client.transfer("STOR notes.txt");
    data.write_all(b"half").unwrap();
    client.say("ABOR");
    assert_eq!((client.code(), client.code()), (426, 226));
    assert_eq!(serving.read("notes.txt"), "to be or not");
    assert!(!serving.has("new"));
}

#[test]
fn a_file_that_becomes_shorter_doesnt_end_as_if_it_were_whole() {
    let serving = Serving::start(PATIENT);
    let large = fs::File::create(serving.scratch.path("in/large")).unwrap();
    large.set_len(LARGE).unwrap();
    let mut client = serving.client();

    let mut data = client.transfer("RETR large");
    large.set_len(1).unwrap();
    let mut all = Vec::new();
    let error = data.read_to_end(&mut all).unwrap_err();

    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(client.code(), 451);
}

#[test]
fn a_file_that_becomes_longer_is_sent_as_long_as_it_was() {
    let serving = Serving::start(PATIENT);
    let large = fs::File::create(serving.scratch.path("in/large")).unwrap();
    large.set_len(LARGE).unwrap();
    let mut client = serving.client();

    let mut data = client.transfer("RETR large");
    large.set_len(2 * LARGE).unwrap();
    let mut all = Vec::new();
    data.read_to_end(&mut all).unwrap();

    assert_eq!((all.len() as u64, client.code()), (LARGE, 226));
}

#[test]
fn an_upload_whose_connection_is_reset_is_dropped() {
    let serving = Serving::start(quick());
    let mut client = serving.client();

    let mut data = client.transfer("STOR notes.txt");
    data.write_all(b"half").unwrap();
    support::peer::reset(data).unwrap();

    let reply = client.heard().unwrap();
    let due = "The data connection was closed in the middle";
    assert_eq!((reply.code, &*reply.lines[0]), (426, due));
    assert_eq!(serving.read("notes.txt"), "to be or not");
}

#[test]
fn a_client_that_reads_no_replies_is_left() {
    let serving = Serving::start(Patience { stall: SHORT, ..PATIENT });
    let mut client = Client::connect(serving.address);

    let error = loop {
        if let Err(error) = client.control.write(b"HELP\r\nHELP\r\n") {
            break error;
        }
    };

    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    let kind = error.kind();
    assert!([BrokenPipe, ConnectionReset].contains(&kind), "{error}");
}

#[test]
fn a_download_goes_on_from_any_byte() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();

    for at in 0..=12 {
        assert_eq!(client.ask(&format!("REST {at}")), 350);
        let rest = client.download("RETR notes.txt");
        assert_eq!(rest, "to be or not"[at..]);
    }
    assert_eq!(client.download("RETR notes.txt"), "to be or not");
    // REST is for the next transfer only, and a list is one.
    assert_eq!(client.ask("REST 5"), 350);
    assert_eq!(client.download("NLST music"), "music/song\r\n");
    assert_eq!(client.download("RETR notes.txt"), "to be or not");
    assert_eq!(client.ask("REST 13"), 350);
    let _data = reached(client.passive("EPSV"));
    assert_eq!(client.ask("RETR notes.txt"), 554);
}

#[test]
fn an_upload_goes_on_behind_what_is_there() {
    let serving = Serving::start(quick());
    let mut client = serving.client();

    assert_eq!(client.upload("APPE notes.txt", " to be"), 226);
    assert_eq!(serving.read("notes.txt"), "to be or not to be");
    assert_eq!(client.ask("REST 5"), 350);
    assert_eq!(client.upload("STOR notes.txt", ", and not"), 226);
    assert_eq!(serving.read("notes.txt"), "to be, and not");
    assert_eq!(client.upload("APPE new", "brave"), 226);
    assert_eq!(serving.read("new"), "brave");
    assert_eq!(client.ask("REST 2"), 350);
    assert_eq!(client.upload("APPE new", "ave"), 226);
    assert_eq!(serving.read("new"), "brave");
    assert_eq!(client.ask("REST 6"), 350);
    let _data = reached(client.passive("EPSV"));
    assert_eq!(client.ask("STOR new"), 554);
    assert_eq!(client.ask("REST 1"), 350);
    let _data = reached(client.passive("EPSV"));
    assert_eq!(client.ask("STOR newer"), 550);
    assert_eq!(client.upload("STOR new", "bold"), 226);
    assert_eq!(serving.read("new"), "bold");
}

#[test]
fn of_an_upload_nothing_is_seen_before_it_is_whole() {
    let serving = Serving::start(quick());
    let (mut client, mut other) = (serving.client(), serving.client());

    let mut data = client.transfer("STOR new");
    data.write_all(&[b'a'; 100_000]).unwrap();
    assert_eq!(other.ask("SIZE new"), 550);
    assert_eq!(other.download("NLST"), "music\r\nnotes.txt\r\n");
    let mut names = fs::read_dir(serving.scratch.path("in")).unwrap();
    assert!(names.all(|it| it.unwrap().file_name() != "new"));
    drop(data);

    assert_eq!(client.code(), 226);
    assert_eq!(other.ask("SIZE new"), 213);
}

#[test]
fn a_client_that_dies_at_any_point_leaves_the_old_file() {
    let serving = Serving::start(PATIENT);

    for (at, last) in (0..100).zip([true, false].into_iter().cycle()) {
        let mut client = serving.client();
        let append = at % 3 == 0;
        let line = if append { "APPE" } else { "STOR" };
        let mut data = client.transfer(&format!("{line} notes.txt"));
        data.write_all(&vec![b'a'; at * 1000]).unwrap();
        // What a process has is closed in the order of the numbers; but a
        // client may also close them in the other order.
        let control = client.control;
        if last {
            drop(control);
            drop(data);
        } else {
            drop(data);
            drop(control);
        }
    }
    // A stop waits for all sessions, which are over then.
    let scratch = serving.scratch.path("in");
    let mut client = serving.client();
    assert_eq!(client.download("RETR notes.txt"), "to be or not");
    drop(client);
    serving.stopper.stop();
    let end = Instant::now() + LONG;
    while !serving.running.as_ref().unwrap().is_finished() {
        assert!(Instant::now() < end);
        thread::yield_now();
    }
    let mut names: Vec<_> = fs::read_dir(scratch)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["music", "notes.txt"]);
    assert_eq!(serving.read("notes.txt"), "to be or not");
}

#[test]
fn an_upload_with_fewer_bytes_than_were_told_is_dropped() {
    // An end of the control connection is waited for longer than the test.
    let settle = 10 * LONG;
    let serving = Serving::start(Patience { settle, ..PATIENT });
    let mut client = serving.client();

    assert_eq!(client.ask("ALLO 100"), 200);
    assert_eq!(client.upload("STOR notes.txt", "half"), 426);
    assert_eq!(serving.read("notes.txt"), "to be or not");
    // With all of them, there is nothing to wait for.
    assert_eq!(client.ask("ALLO 4"), 200);
    assert_eq!(client.upload("STOR notes.txt", "half"), 226);
    assert_eq!(serving.read("notes.txt"), "half");
    assert_eq!(client.ask("ALLO 6"), 200);
    assert_eq!(client.upload("APPE notes.txt", "s "), 226);
    assert_eq!(serving.read("notes.txt"), "halfs ");
    // Of what is added, some tell the whole and some the part.
    assert_eq!(client.ask("ALLO 2"), 200);
    assert_eq!(client.upload("APPE notes.txt", "up"), 226);
    assert_eq!(serving.read("notes.txt"), "halfs up");
}

#[test]
fn a_number_of_bytes_is_told_for_one_upload() {
    let serving = Serving::start(quick());
    let mut client = serving.client();

    assert_eq!(client.ask("ALLO 5"), 200);
    assert_eq!(client.upload("STOR new", "brave"), 226);
    assert_eq!(client.upload("STOR new", "bold"), 226);

    assert_eq!(serving.read("new"), "bold");
}

#[test]
fn an_upload_that_gets_no_name_is_not_said_to_be_there() {
    let serving = Serving::start(quick());
    let mut client = serving.client();

    let data = client.transfer("STOR new");
    // Somebody at the server makes a folder of that name.
    fs::create_dir(serving.scratch.path("in/new")).unwrap();
    drop(data);

    assert_eq!(client.code(), 451);
}

#[test]
fn uploads_of_one_name_dont_mix() {
    let serving = Serving::start(quick());
    let (mut one, mut two) = (serving.client(), serving.client());

    let mut first = one.transfer("STOR same");
    let mut second = two.transfer("STOR same");
    first.write_all(b"one ").unwrap();
    second.write_all(b"two ").unwrap();
    first.write_all(b"one").unwrap();
    second.write_all(b"two").unwrap();
    drop(first);
    assert_eq!(one.code(), 226);
    assert_eq!(serving.read("same"), "one one");
    drop(second);

    assert_eq!(two.code(), 226);
    assert_eq!(serving.read("same"), "two two");
}

#[test]
fn a_download_goes_on_from_the_file_that_it_began_with() {
    let serving = Serving::start(quick());
    serving.write("song", vec![b'a'; LARGE as usize]);
    let (mut client, mut other) = (serving.client(), serving.client());

    let mut data = client.transfer("RETR song");
    assert_eq!(other.upload("STOR song", "b"), 226);
    let mut all = Vec::new();
    data.read_to_end(&mut all).unwrap();

    assert_eq!((client.code(), all.len()), (226, LARGE as usize));
    assert!(all.iter().all(|it| *it == b'a'));
    assert_eq!(client.download("RETR song"), "b");
}

#[test]
fn with_ipv6_there_is_epsv_and_no_pasv() {
    let Ok(here) = TcpListener::bind("[::1]:0") else { return };
    let address = here.local_addr().unwrap();
    drop(here);
    let serving = Serving::at(address, PATIENT);
    let mut client = serving.client();

    assert_eq!(client.ask("PASV"), 425);
    assert_eq!(client.ask("RETR notes.txt"), 425);
    assert_eq!(client.ask("EPSV 1"), 522);
    assert_eq!(client.ask("EPSV 2"), 229);
    assert_eq!(client.download("RETR notes.txt"), "to be or not");
}

#[test]
fn who_comes_by_ipv4_to_a_socket_of_ipv6_is_a_client_of_ipv4() {
    // RFC 4291, section 2.5.5.2: an IPv4 address, as IPv6 writes it.
    let here = "[::ffff:127.0.0.1]:0".parse().unwrap();
    let Ok(_) = TcpListener::bind(here) else { return };
    let serving = Serving::at(here, PATIENT);
    let port = serving.address.port();
    let mut client =
        Client::connect(SocketAddr::new([127, 0, 0, 1].into(), port));
    for (line, code) in [("USER ftp", 331), ("PASS x", 230), ("TYPE I", 200)] {
        assert_eq!(client.ask(line), code);
    }

    for command in ["PASV", "EPSV", "EPSV 1"] {
        let mut data = reached(client.passive(command));
        assert_eq!(client.ask("RETR notes.txt"), 150, "{command}");
        let mut all = String::new();
        data.read_to_string(&mut all).unwrap();
        assert_eq!((&*all, client.code()), ("to be or not", 226));
    }
    assert_eq!(client.ask("EPSV 2"), 522);
}

#[test]
fn a_stop_lets_a_download_finish() {
    let serving = Serving::start(PATIENT);
    serving.write("song", vec![b'a'; LARGE as usize]);
    let mut client = serving.client();

    let mut data = client.transfer("RETR song");
    data.read_exact(&mut [0; 1000]).unwrap();
    serving.stopper.stop();
    let mut all = Vec::new();
    data.read_to_end(&mut all).unwrap();

    assert_eq!((all.len(), client.code()), (LARGE as usize - 1000, 226));
}

#[test]
fn the_last_reply_isnt_taken_away_by_what_nobody_has_read() {
    let serving = Serving::start(PATIENT);
    let mut client = serving.client();

    client.send(&[&b"QUIT\r\n"[..], &b"NOOP\r\n".repeat(10_000)].concat());

    assert_eq!(client.code(), 221);
    assert_eq!(client.heard(), None, "the end, and no reset");
}
