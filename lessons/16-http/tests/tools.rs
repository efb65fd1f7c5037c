//! The tool `serve` as a reader runs it, with clients that behave and clients
//! that don't.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lesson_unix_sockets::Folder as Scratch;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::SockRef;
use support::tcp_table::{State, Wanted, find};
use support::tool::{self, Server, told};

const LESSON: &str = env!("CARGO_BIN_EXE_lesson-http");
/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
const GET: &str = "GET /small.txt HTTP/1.1\r\nHost: a\r\n\r\n";

struct Site {
    server: Server,
    scratch: Scratch,
}

impl Site {
    fn start(more: &[&str]) -> Self {
        Site::start_by(&mut Command::new(LESSON), more)
    }

    fn start_by(command: &mut Command, more: &[&str]) -> Self {
        let scratch = Scratch::new().unwrap();
        fs::write(scratch.path("small.txt"), "hello").unwrap();
        fs::write(scratch.path("big.bin"), vec![b'x'; 20_000_000]).unwrap();
        command.arg("serve").arg(scratch.here()).arg("127.0.0.1:0");
        command.args(more).stderr(Stdio::null());
        Site { server: Server::listening(command), scratch }
    }

    fn connect(&self) -> TcpStream {
        connect(self.server.address)
    }

    /// How many bytes the kernel holds for a client, whose connection the
    /// server hasn't closed.
    fn holds(&self, client: &TcpStream) -> Option<u32> {
        let local = Some(self.server.address);
        let remote = Some(client.local_addr().unwrap());
        let wanted = Wanted { local, remote, state: State::Established };
        find(wanted).unwrap().map(|queues| queues.unsent)
    }

    fn is_served(&self) {
        assert_eq!(ask(self.connect(), GET), ["200"]);
    }
}

fn connect(to: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(to).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.set_write_timeout(Some(LIMIT)).unwrap();
    client.set_nodelay(true).unwrap();
    client
}

/// Sends, says that this was all, and gives the status codes that come.
fn ask(mut client: TcpStream, bytes: &str) -> Vec<String> {
    client.write_all(bytes.as_bytes()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    statuses(&rest(&client))
}

fn rest(mut client: &TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    all
}

fn statuses(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let heads = text.split("HTTP/1.1 ").skip(1);
    heads.map(|head| head[..3].to_string()).collect()
}

#[test]
fn a_request_may_come_in_any_pieces() {
    let site = Site::start(&[]);
    let two = GET.repeat(2);
    for piece in [1, 2, 7, 40, two.len()] {
        let mut client = site.connect();
        for piece in two.as_bytes().chunks(piece) {
            client.write_all(piece).unwrap();
        }
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(statuses(&rest(&client)), ["200", "200"], "{piece}");
    }
}

#[test]
fn many_requests_at_once_are_answered_in_order() {
    let site = Site::start(&[]);
    let mut all = String::new();
    for i in 0..2000 {
        let path = if i % 3 == 0 { "/small.txt" } else { "/none" };
        all += &format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    let client = site.connect();
    let mut writes = client.try_clone().unwrap();
    let writer = thread::spawn(move || {
        writes.write_all(all.as_bytes()).unwrap();
        writes.shutdown(Shutdown::Write).unwrap();
    });
    let got = statuses(&rest(&client));
    writer.join().unwrap();
    assert_eq!(got.len(), 2000);
    let due = |i| if i % 3 == 0 { "200" } else { "404" };
    assert!(got.iter().enumerate().all(|(i, it)| it == due(i)));
}

#[test]
fn a_request_that_cannot_be_read_is_the_last() {
    let site = Site::start(&[]);
    for (bad, status) in [
        ("GET / HTTP/1.1\nHost: a\n\n", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\
             Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\
             \r\n\r\n0\r\n\r\n",
            "501",
        ),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"),
        ("\u{16}\u{3}\u{1}", "400"),
    ] {
        let got = ask(site.connect(), &[GET, bad, GET].concat());
        assert_eq!(got, ["200", status], "{bad:?}");
    }
    let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(9000));
    assert_eq!(ask(site.connect(), &long), ["414"]);
    let wide = format!("GET / HTTP/1.1\r\nA: {}\r\n", "a".repeat(9000));
    assert_eq!(ask(site.connect(), &wide), ["431"]);
    let most = format!("GET / HTTP/1.1\r\n{}", "A: b\r\n".repeat(99));
    assert_eq!(ask(site.connect(), &(most + "Host: a\r\n\r\n")), ["200"]);
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101));
    assert_eq!(ask(site.connect(), &many), ["431"]);
}

#[test]
fn the_next_request_begins_after_a_body_that_nobody_read() {
    let site = Site::start(&[]);
    let hidden = "DELETE /small.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    let length = hidden.len();
    let head = format!(
        "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
    );
    let got = ask(site.connect(), &[&head, hidden, GET].concat());
    assert_eq!(got, ["405", "200"]);
    let chunked = "POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \
                   chunked\r\n\r\n2c\r\n";
    let end = "\r\n0\r\n\r\n";
    let padded = format!("{hidden:44}");
    let got = ask(site.connect(), &[chunked, &padded, end, GET].concat());
    assert_eq!(got, ["405", "200"]);
    // The answer doesn't wait for it.
    let mut client = site.connect();
    client.write_all(head.as_bytes()).unwrap();
    let mut status = [0; 12];
    client.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 405");
    assert_eq!(ask(client, &[hidden, GET].concat()), ["200"]);
    // Too much to read for nothing: the connection ends.
    let many = chunked.replace("2c\r\n", "186a0\r\n");
    let body = "x".repeat(100_000);
    let got = ask(site.connect(), &[&many, &body, end, GET].concat());
    assert_eq!(got, ["405"]);
    let head = "POST /none HTTP/1.1\r\nHost: a\r\n\
                Content-Length: 1000000\r\n\r\n";
    let body = "x".repeat(1_000_000);
    let got = ask(site.connect(), &[head, &body, GET].concat());
    assert_eq!(got, ["405"]);
}

#[test]
fn a_client_that_asks_first_is_told_and_one_that_may_not_is_not() {
    let site = Site::start(&["--write", "--body", "10"]);
    let put = |length| {
        format!(
            "PUT /new HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let mut client = site.connect();
    client.write_all(put(5).as_bytes()).unwrap();
    let mut told = [0; 25];
    client.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(ask(client, "hello"), ["201"]);
    assert_eq!(ask(site.connect(), &put(11)), ["413"]);
    let odd = "GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n";
    assert_eq!(ask(site.connect(), odd), ["417"]);
    // It waits for a word, and goes away without one.
    assert_eq!(ask(site.connect(), &put(5)), ["100"]);
    let old = put(5).replace("/1.1", "/1.0");
    assert_eq!(ask(site.connect(), &old), [""; 0]);
    // Neither waits: this one has nothing to send, and that one has sent it.
    let got = [
        answer(&site, "GET /", "Expect: 100-continue\r\n", ""),
        answer(
            &site,
            "PUT /new",
            "Expect: 100-continue\r\nContent-Length: 5\r\n",
            "hello",
        ),
    ];
    for got in got {
        assert!(got.starts_with("HTTP/1.1 20"), "{got}");
        assert!(!got.contains("Connection: close"), "{got}");
    }
    // Nobody wants the body, and nobody knows whether it comes.
    let site = Site::start(&[]);
    assert_eq!(ask(site.connect(), &put(5)), ["405"]);
}

/// All that comes back for this request.
fn answer(site: &Site, line: &str, fields: &str, body: &str) -> String {
    let mut client = site.connect();
    let all = format!("{line} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}");
    client.write_all(all.as_bytes()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    String::from_utf8(rest(&client)).unwrap()
}

#[test]
fn an_answer_says_what_of_the_file_it_has_and_where_a_folder_is() {
    let site = Site::start(&[]);
    fs::create_dir(site.scratch.path("a<b")).unwrap();
    fs::create_dir(site.scratch.path("sub")).unwrap();
    fs::write(site.scratch.path("sub/index.html"), "<p>").unwrap();
    for (line, fields, due) in [
        ("GET /small.txt", "Range: bytes=2-3\r\n", " bytes 2-3/5\r\n"),
        ("GET /small.txt", "Range: bytes=2-\r\n", " bytes 2-4/5\r\n"),
        ("GET /small.txt", "Range: bytes=5-\r\n", " bytes */5\r\n"),
        ("GET /a<b/", "", "<h1>/a&lt;b/</h1>"),
        ("GET /sub?a=b", "", "Location: /sub/?a=b\r\n"),
        ("GET /sub/?a=b", "", "Content-Type: text/html; charset=utf-8\r\n"),
    ] {
        let got = answer(&site, line, fields, "");
        assert!(got.contains(due), "{line} {fields}: {got}");
    }
}

#[test]
fn what_would_not_be_the_whole_file_is_not_put() {
    let site = Site::start(&["--write"]);
    let put = |path, fields| {
        let fields = format!("Content-Length: 0\r\n{fields}");
        answer(&site, &format!("PUT {path}"), &fields, "")[9..12].to_string()
    };
    assert_eq!(put("/small.txt", "Content-Range: bytes 0-0/5\r\n"), "400");
    assert_eq!(put("/", ""), "409");
    assert_eq!(put("/small.txt/", ""), "409");
    site.is_served();
}

#[test]
fn a_trace_has_no_content_and_tells_no_secrets() {
    let site = Site::start(&[]);
    let secrets = "X: seen\r\nAuthorization: told\r\nCookie: told\r\n\
                   Proxy-Authorization: told\r\nset-cookie: told\r\n";
    let got = answer(&site, "TRACE /", secrets, "");
    assert!(got.contains("X: seen") && !got.contains("told"), "{got}");
    let got = answer(&site, "TRACE /", "Content-Length: 1\r\n", "x");
    assert!(got.starts_with("HTTP/1.1 400 "), "{got}");
}

#[test]
fn a_tunnel_is_there_for_whoever_may_have_it_and_carries_every_byte() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let connect = format!("CONNECT localhost:{port}");
    let got = answer(&Site::start(&[]), &connect, "", "");
    assert!(got.starts_with("HTTP/1.1 405 "), "{got}");
    let site = Site::start(&["--tunnel", &port.to_string(), "--idle", "1"]);
    let back = thread::spawn(move || {
        let (mut one, _) = other.accept().unwrap();
        // Until the client has said that this was all.
        let mut all = rest(&one);
        all.reverse();
        one.write_all(&all).unwrap();
        drop(one);
        other.accept().unwrap()
    });
    let head = format!("{connect} HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut client = site.connect();
    client.write_all(format!("{head}early").as_bytes()).unwrap();
    let mut ok = [0; 12];
    client.read_exact(&mut ok).unwrap();
    client.write_all(b" late").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert!(rest(&client).ends_with(b"\r\n\r\netal ylrae"));
    // Nobody says anything in this one.
    let mut silent = site.connect();
    silent.write_all(head.as_bytes()).unwrap();
    assert!(rest(&silent).starts_with(b"HTTP/1.1 200 "));
    drop(back.join().unwrap());
}

#[test]
fn an_upload_that_stops_half_way_never_was() {
    let site = Site::start(&["--write"]);
    let put = "PUT /small.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\
               \r\nhalf of it";
    assert_eq!(ask(site.connect(), put), [""; 0]);
    let mut client = site.connect();
    client.write_all(put.as_bytes()).unwrap();
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    let cut = "PUT /small.txt HTTP/1.1\r\nHost: a\r\n\
               Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    assert_eq!(ask(site.connect(), cut), [""; 0]);
    assert_eq!(ask(site.connect(), &format!("{cut}x\r\n")), ["400"]);
    site.is_served();
    let there = fs::read_dir(site.scratch.here()).unwrap().count();
    assert_eq!(there, 2, "nothing else is in the folder");
    let kept = fs::read_to_string(site.scratch.path("small.txt")).unwrap();
    assert_eq!(kept, "hello");
}

#[test]
fn whoever_is_slow_is_cut_off_and_the_others_are_served() {
    let limits = ["--head", "1", "--late", "1", "--idle", "3600", "--write"];
    let site = Site::start(&limits);
    let silent = site.connect();
    let mut head = site.connect();
    head.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
    let mut body = site.connect();
    let put = "PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n";
    body.write_all(put.as_bytes()).unwrap();
    // One that asks for much and reads nothing.
    let mut deaf = site.connect();
    deaf.write_all(b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    site.is_served();

    // A byte now and then doesn't help.
    let mut writes = head.try_clone().unwrap();
    let dribble = thread::spawn(move || {
        while writes.write_all(b"o").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(rest(&silent), b"", "whoever has asked for nothing");
    assert_eq!(statuses(&rest(&head)), ["408"]);
    assert_eq!(statuses(&rest(&body)), ["408"]);
    site.is_served();
    head.shutdown(Shutdown::Both).unwrap();
    dribble.join().unwrap();
    let end = Instant::now() + LIMIT;
    while site.holds(&deaf).is_some() {
        assert!(Instant::now() < end, "it is served for ever");
        thread::yield_now();
    }
    let mut all = Vec::new();
    // A reset may end it: the answer isn't whole either way.
    let _ = (&deaf).read_to_end(&mut all);
    assert!(all.len() < 20_000_000, "{}", all.len());
    assert!(!site.scratch.path("new").exists());
}

#[test]
fn who_reads_nothing_holds_little_of_the_kernels_memory() {
    let site = Site::start(&[]);
    let mut deaf = site.connect();
    deaf.write_all(b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    deaf.read_exact(&mut [0; 1]).unwrap();

    for _ in 0..20 {
        // While others are served it sends as much as it may.
        site.is_served();
        let held = site.holds(&deaf).expect("its connection is open");
        assert!(held < 1_000_000, "{held} bytes");
    }
}

fn many_descriptors() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(8192), hard).unwrap();
}

#[test]
fn a_thousand_slow_clients_do_not_stop_the_thousand_and_first() {
    many_descriptors();
    // No limit of time helps: who is in the way must be sent away.
    let mut more = vec!["--connections", "1000", "--write"];
    for limit in ["--head", "--idle", "--late"] {
        more.extend([limit, "3600"]);
    }
    let site = Site::start(&more);
    for begun in [
        "",
        "GET / HTTP/1.1\r\nHo",
        GET,
        &format!("{GET}GET / HTTP/1.1\r\nHo"),
        "PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\nab",
        "GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let slow: Vec<_> = (0..1000)
            .map(|_| {
                let mut client = site.connect();
                client.write_all(begun.as_bytes()).unwrap();
                client
            })
            .collect();
        site.is_served();
        drop(slow);
    }
}

#[test]
fn without_descriptors_it_makes_room_and_goes_on() {
    let mut few = Command::new("prlimit");
    few.args(["--nofile=40:40", LESSON]);
    let site = Site::start_by(&mut few, &[]);
    let crowd: Vec<_> = (0..100).map(|_| site.connect()).collect();
    site.is_served();
    drop(crowd);
    site.is_served();
}

#[test]
fn who_waits_gives_the_descriptor_that_accept_lacks() {
    let site = Site::start(&["--idle", "3600"]);
    let crowd: Vec<_> = (0..5)
        .map(|_| {
            let mut client = site.connect();
            client.write_all(GET.as_bytes()).unwrap();
            client.read_exact(&mut [0; 8]).unwrap();
            client
        })
        .collect();
    let id = site.server.id();
    let open = fs::read_dir(format!("/proc/{id}/fd")).unwrap().count();
    let mut none = Command::new("prlimit");
    none.args(["--pid", &id.to_string(), &format!("--nofile={open}:{open}")]);
    assert!(none.status().unwrap().success());

    for _ in 0..3 {
        // This needs no file.
        let all = "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n";
        assert_eq!(ask(site.connect(), all), ["204"]);
    }
    drop(crowd);
}

#[test]
fn a_stop_lets_answers_out_and_closes_who_waits() {
    let mut site = Site::start(&["--patience", "60"]);
    let mut idle = site.connect();
    idle.write_all(GET.as_bytes()).unwrap();
    let mut some = [0; 8];
    idle.read_exact(&mut some).unwrap();
    // An answer that is on its way.
    let mut client = site.connect();
    client.write_all(b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    client.read_exact(&mut some).unwrap();

    kill(Pid::from_raw(site.server.id() as i32), Signal::SIGINT).unwrap();

    assert!(rest(&idle).ends_with(b"\r\n\r\nhello"));
    assert!(rest(&client).len() > 20_000_000);
    let address = site.server.address;
    let (status, told) = site.server.ended();
    assert!(status.success());
    assert_eq!(told, "accepted 2, cut off 0\n");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_full_disk_is_told_and_the_old_file_stays() {
    let script = "mount -t tmpfs -o size=1m small \"$2\" || exit 9; \
                  printf old > \"$2/song\"; exec \"$0\" \"$@\"";
    let mut alone = Command::new("unshare");
    alone.args(["-Urm", "true"]).stderr(Stdio::null());
    if !alone.status().is_ok_and(|status| status.success()) {
        return eprintln!("ignored: no user namespaces here");
    }
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", script, LESSON]);
    let site = Site::start_by(&mut command, &["--write"]);
    let put = |bytes: usize| {
        let body = "x".repeat(bytes);
        let head = "PUT /song HTTP/1.1\r\nHost: a\r\nContent-Length:";
        ask(site.connect(), &format!("{head} {bytes}\r\n\r\n{body}"))
    };
    let get = "GET /song HTTP/1.1\r\nHost: a\r\n\r\n";

    assert_eq!(put(3_000_000), ["507"]);

    let mut client = site.connect();
    client.write_all(get.as_bytes()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert!(rest(&client).ends_with(b"\r\n\r\nold"));
    assert_eq!(put(500_000), ["204"]);
}

#[test]
fn bad_arguments_are_named() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    for (arguments, due) in [
        (
            &["serve", "/none"][..],
            "open /none: No such file or directory (ENOENT)",
        ),
        (&["serve", "/etc/passwd"], "Not a directory (ENOTDIR)"),
        (&["serve", "/", &taken], "Address already in use (EADDRINUSE)"),
        (&["serve", "/", "here"], "invalid socket address"),
        (&["serve", "/", "--connections", "0"], "1..=65536"),
        (&["serve", "/", "--tunnel", "65536"], "65535"),
        (&["serve"], "<FOLDER>"),
    ] {
        let output = tool::run(LESSON, arguments, b"");
        assert!(!output.status.success(), "{arguments:?}");
        let text = told(&output);
        assert!(text.contains(due), "{arguments:?}: {text}");
    }
}
