//! A server in this process. The corpus over a connection: each message gets
//! the answer that is due, in one piece, byte by byte, and behind another
//! request. And handlers and clients that don't do what they should.

#[expect(dead_code, reason = "the parser's verdicts are for other tests")]
mod corpus;

use std::fs::File;
use std::io::{self, Read, Write};
use std::iter;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use corpus::{Message, Outcome, corpus, latin1};
use lesson_coroutines::channel::{Sender, channel};
use lesson_coroutines::{net, scheduler};
use lesson_http::{
    Answer, Content, Handler, Incoming, Method, Methods, Patience, Request,
    Response, Router, Server, Settings, listen,
};
use lesson_unix_sockets::Folder as Scratch;

/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// Sends the body back.
struct Echo;

impl Handler for Echo {
    fn methods(&self, _: &Request<'_, '_>) -> Methods {
        Methods::of(&Method::ALL)
    }

    fn handle(
        &self,
        _: &Request<'_, '_>,
        incoming: &mut Incoming<'_>,
    ) -> Answer {
        let mut body = Vec::new();
        while let Some(piece) = incoming.piece()? {
            body.extend_from_slice(piece);
        }
        Ok(Response::new(200).carrying(Content::Bytes(body.into())))
    }
}

/// Answers by a function of the target and the body.
struct By<F>(F);

impl<F: Fn(&str, &mut Incoming<'_>) -> Answer> Handler for By<F> {
    fn methods(&self, _: &Request<'_, '_>) -> Methods {
        Methods::of(&Method::ALL)
    }

    fn handle(
        &self,
        request: &Request<'_, '_>,
        incoming: &mut Incoming<'_>,
    ) -> Answer {
        (self.0)(request.target, incoming)
    }
}

/// A server that runs as long as the test does.
fn start<H: Handler + 'static>(
    handler: impl FnOnce() -> H + Send + 'static,
    patience: Patience,
) -> SocketAddr {
    start_for(100, handler, patience)
}

fn start_for<H: Handler + 'static>(
    most: usize,
    handler: impl FnOnce() -> H + Send + 'static,
    patience: Patience,
) -> SocketAddr {
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let settings = Settings { patience, ..Settings::default() };
        let server = Server::new(handler(), settings, most);
        scheduler::run(move || server.run(listener)).unwrap().unwrap();
    });
    address
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// How many answers there are.
fn answers(got: &[u8]) -> usize {
    got.windows(9).filter(|nine| nine == b"HTTP/1.1 ").count()
}

/// All that comes back for these pieces, until the server closes.
fn ask(address: SocketAddr, pieces: &[&[u8]]) -> io::Result<Vec<u8>> {
    let mut stream = connect(address);
    for piece in pieces {
        // EPIPE: it has refused what came before, and closed.
        if stream.write_all(piece).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers)?;
    Ok(answers)
}

/// The method and the verdict decide what must come back.
fn judge(message: &Message, got: &[u8]) -> Result<(), String> {
    let (status, body) = match &message.outcome {
        Outcome::Partial if got.is_empty() => return Ok(()),
        Outcome::Partial => (0, None),
        Outcome::Refused(refused) => (refused.status, None),
        // No content, or none that belongs to HTTP.
        Outcome::Accepted(it) if it.method == "HEAD" => (200, None),
        Outcome::Accepted(it) if it.method == "CONNECT" => (200, None),
        Outcome::Accepted(it) => (200, Some(it.data.as_deref())),
    };
    let starts = got.starts_with(format!("HTTP/1.1 {status} ").as_bytes());
    let ends = body.is_none_or(|data| {
        let data = latin1(data.unwrap_or_default());
        got.ends_with(&[b"\r\n\r\n", &data[..]].concat())
    });
    match starts && ends {
        true => Ok(()),
        false => Err(format!("not {status}: {}", got.escape_ascii())),
    }
}

/// Tries them all before it fails. `cut` makes pieces of a message, and gives
/// none for those that aren't to be tried; `answered` takes off what came
/// before its answer.
fn each(cut: fn(&[u8]) -> Vec<&[u8]>, answered: fn(&[u8]) -> Option<&[u8]>) {
    let address = start(|| Echo, Patience::default());
    let mut wrong = Vec::new();
    for message in corpus() {
        let bytes = message.bytes();
        let pieces = cut(&bytes);
        if pieces.is_empty() && !bytes.is_empty() {
            continue;
        }
        let verdict = match ask(address, &pieces) {
            Err(error) => Err(error.to_string()),
            Ok(got) => match answered(&got) {
                Some(got) => judge(&message, got),
                None => Err(format!("first {}", got.escape_ascii())),
            },
        };
        if let Err(error) = verdict {
            wrong.push(format!("{}: {error}", message.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_message_gets_the_answer_that_is_due() {
    each(|bytes| vec![bytes], |got| Some(got));
}

/// The long ones would take as many packets.
fn one_by_one(bytes: &[u8]) -> Vec<&[u8]> {
    match bytes.len() {
        0..300 => bytes.chunks(1).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_message_that_dribbles_in_gets_the_same_answer() {
    each(one_by_one, |got| Some(got));
}

fn behind_another(bytes: &[u8]) -> Vec<&[u8]> {
    vec![b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", bytes]
}

fn second(got: &[u8]) -> Option<&[u8]> {
    let end = got.windows(4).position(|four| four == b"\r\n\r\n")?;
    got.starts_with(b"HTTP/1.1 200 ").then_some(&got[end + 4..])
}

#[test]
fn a_message_behind_another_gets_the_same_answer() {
    each(behind_another, second);
}

#[test]
fn an_answer_that_breaks_off_is_the_last_and_seems_whole_to_nobody() {
    let scratch = Scratch::new().unwrap();
    let path = scratch.path("file");
    std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
    let file = move |start, count| {
        Content::File(Rc::new(File::open(&path).unwrap()), start, count)
    };
    let broken = move |target: &str, _: &mut Incoming<'_>| {
        let pieces = [Ok(b"some".to_vec()), Err(io::ErrorKind::Other.into())];
        Ok(Response::new(200).carrying(match target {
            "/pieces" => Content::Pieces(Box::new(pieces.into_iter())),
            // It has become shorter meanwhile.
            "/large" => file(0, 200_000),
            _ => file(99_990, 20),
        }))
    };
    let address = start(|| By(broken), Patience::default());
    for target in ["/pieces", "/large", "/small"] {
        let got = ask(address, &[get(target).repeat(2).as_bytes()]).unwrap();
        assert!(answers(&got) <= 1, "{target}");
        assert!(!got.ends_with(b"0\r\n\r\n"), "{target}");
    }
}

/// Once the first bytes have come, `come` lets the server go on.
fn read_first(address: SocketAddr, requests: &str, come: &mpsc::Sender<()>) {
    let mut client = connect(address);
    client.write_all(requests.as_bytes()).unwrap();
    let mut some = [0; 8];
    client.read_exact(&mut some).unwrap();
    come.send(()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    assert!(all.ends_with(b"last\r\n0\r\n\r\n"), "{}", all.escape_ascii());
}

/// Its second piece waits for a word.
fn two_pieces(word: mpsc::Receiver<()>) -> Content {
    let second = iter::once_with(move || {
        word.recv_timeout(LIMIT).map_err(io::Error::other)?;
        Ok(b"last".to_vec())
    });
    let first = iter::once(Ok(b"first".to_vec()));
    Content::Pieces(Box::new(first.chain(second)))
}

#[test]
fn a_piece_is_sent_before_the_next_is_made() {
    let (come, word) = mpsc::channel();
    let word = Mutex::new(Some(word));
    let slow = move |_: &str, _: &mut Incoming<'_>| {
        let word = word.lock().unwrap().take().unwrap();
        Ok(Response::new(200).carrying(two_pieces(word)))
    };
    read_first(start(|| By(slow), Patience::default()), &get("/"), &come);
}

#[test]
fn answers_are_sent_before_they_are_many_megabytes() {
    let (come, word) = mpsc::channel();
    let word = Mutex::new(Some(word));
    let some = move |target: &str, _: &mut Incoming<'_>| {
        if target == "/last" {
            let word = word.lock().unwrap().take().unwrap();
            // Before its head is among what is gathered.
            word.recv_timeout(LIMIT).expect("nothing was sent");
            return Ok(Response::new(200).carrying(Content::Pieces(Box::new(
                iter::once(Ok(b"last".to_vec())),
            ))));
        }
        let content = vec![b'x'; 32 * 1024].into();
        Ok(Response::new(200).carrying(Content::Bytes(content)))
    };
    let address = start(|| By(some), Patience::default());
    let requests = get("/").repeat(2) + &get("/last");
    read_first(address, &requests, &come);
}

/// Pieces of so many bytes. It says so when it is given up.
struct Endless(usize, mpsc::Sender<()>);

impl Iterator for Endless {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(Ok(vec![b'x'; self.0]))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        let _ = self.1.send(());
    }
}

/// Whether a client that reads so many bytes at a time is given up.
fn is_given_up(piece: usize, reads: usize) -> bool {
    let (gone, told) = mpsc::channel();
    let endless = move |_: &str, _: &mut Incoming<'_>| {
        let pieces = Box::new(Endless(piece, gone.clone()));
        Ok(Response::new(200).carrying(Content::Pieces(pieces)))
    };
    // More bytes a second than anybody reads.
    let (late, pace) = (Duration::from_millis(200), 1 << 40);
    let patience = Patience { late, pace, ..Patience::default() };
    let mut client = connect(start(|| By(endless), patience));
    client.write_all(get("/").as_bytes()).unwrap();
    let (begun, mut some) = (Instant::now(), vec![0; reads]);
    while begun.elapsed() < LIMIT {
        if told.recv_timeout(late / 40).is_ok() {
            return true;
        }
        client.read_exact(&mut some).unwrap();
    }
    false
}

#[test]
fn whoever_reads_nothing_or_too_slowly_is_given_up() {
    for piece in [1 << 20, 4096] {
        assert!(is_given_up(piece, 0), "nothing, of pieces of {piece}");
    }
    assert!(is_given_up(1 << 16, 60_000), "too slowly");
}

/// A client that takes longer than a body may be late, and is never late.
fn keeps_pace(address: SocketAddr, target: &str, sends: usize) -> Vec<u8> {
    let mut client = connect(address);
    let head = format!("POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length:");
    client.write_all(format!("{head} {sends}\r\n\r\n").as_bytes()).unwrap();
    let (mut got, mut some) = (Vec::new(), vec![0; 500_000]);
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(200));
        if sends == 0 {
            client.read_exact(&mut some).unwrap();
            got.extend_from_slice(&some);
        } else {
            client.write_all(&vec![b'x'; sends / 20]).unwrap();
        }
    }
    client.shutdown(Shutdown::Write).unwrap();
    client.read_to_end(&mut got).unwrap();
    got
}

#[test]
fn whoever_keeps_the_pace_is_answered_however_long_it_takes() {
    const MANY: usize = 20 << 20;
    let scratch = Scratch::new().unwrap();
    let path = scratch.path("file");
    std::fs::write(&path, vec![b'x'; MANY]).unwrap();
    let by = move |target: &str, body: &mut Incoming<'_>| {
        body.all(100)?;
        Ok(Response::new(200).carrying(match target {
            "/file" => {
                let file = File::open(&path).unwrap();
                Content::File(Rc::new(file), 0, MANY as u64)
            }
            "/bytes" => Content::Bytes(vec![b'x'; MANY].into()),
            _ => Content::Bytes(b"thanks".into()),
        }))
    };
    // A byte gives a second.
    let (late, pace) = (Duration::from_secs(3), 1);
    let patience = Patience { late, pace, ..Patience::default() };
    let address = start(|| By(by), patience);
    thread::scope(|scope| {
        for target in ["/file", "/bytes"] {
            scope.spawn(move || {
                let got = keeps_pace(address, target, 0);
                assert!(got.len() > MANY, "{target}: {}", got.len());
            });
        }
        assert!(keeps_pace(address, "/", 100).ends_with(b"thanks"));
    });
}

#[test]
fn what_a_handler_takes_is_not_the_clients_time() {
    let late = Duration::from_secs(1);
    let rest = move || scheduler::sleep(late + late / 4);
    let slow = move |_: &str, body: &mut Incoming<'_>| {
        while body.piece()?.is_some() {
            rest();
        }
        let pieces = iter::repeat_with(move || {
            rest();
            Ok(b"piece".to_vec())
        });
        let content = Content::Pieces(Box::new(pieces.take(2)));
        Ok(Response::new(200).carrying(content))
    };
    let patience = Patience { late, ..Patience::default() };
    let address = start(move || By(slow), patience);
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
    let body = vec![b'x'; 100_000];
    let got = ask(address, &[head.as_bytes(), &body]).unwrap();
    assert!(got.ends_with(b"piece\r\n0\r\n\r\n"), "{}", got.escape_ascii());
}

#[test]
fn whoever_has_the_last_answer_makes_room_for_others() {
    let linger = LIMIT * 100;
    let patience = Patience { linger, ..Patience::default() };
    let address = start_for(1, || Echo, patience);
    let mut last = connect(address);
    let close = get("/").replace("Host", "Connection: close\r\nHost");
    last.write_all(close.as_bytes()).unwrap();
    last.read_to_end(&mut Vec::new()).unwrap();
    // It doesn't close, and the server waits for it; but not now.
    assert_eq!(answers(&ask(address, &[get("/").as_bytes()]).unwrap()), 1);
}

#[test]
fn a_handler_sets_a_limit_to_what_it_takes() {
    let five = |_: &str, body: &mut Incoming<'_>| {
        Ok(Response::text(200, String::from_utf8(body.all(5)?).unwrap()))
    };
    let address = start(move || By(five), Patience::default());
    let post = |body: &str| {
        let length = body.len();
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:";
        let all = format!("{head} {length}\r\n\r\n{body}");
        String::from_utf8(ask(address, &[all.as_bytes()]).unwrap()).unwrap()
    };
    assert!(post("hello").ends_with("\r\n\r\nhello"));
    assert!(post("hello!").starts_with("HTTP/1.1 413 "));
}

#[test]
fn what_comes_behind_a_body_is_the_next_request() {
    let mut client = connect(start(|| Echo, Patience::default()));
    let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    let mut word = [0; 25];
    client.read_exact(&mut word).unwrap();
    // The server reads for the body, and gets more than that.
    let chunks = "5\r\nhello\r\n0\r\n\r\n".to_string();
    client.write_all((chunks + &get("/").repeat(2)).as_bytes()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    assert_eq!(answers(&all), 3);
    assert!(all.ends_with(b"\r\nContent-Length: 0\r\n\r\n"));
}

/// A coroutine for the client, in the server's scheduler: each byte is read
/// before the next is sent.
fn dribble(bytes: &'static [u8], end: bool, patience: Patience) -> String {
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let client = move || {
        let settings = Settings { patience, ..Settings::default() };
        let server = Server::new(Echo, settings, 1);
        let running = server.clone();
        scheduler::spawn(move || running.run(listener)).unwrap();
        let client = net::TcpStream::connect(address).unwrap();
        for byte in bytes.chunks(1) {
            (&client).write_all(byte).unwrap();
            (0..5).for_each(|_| scheduler::yield_now());
        }
        if end {
            client.shutdown(Shutdown::Write).unwrap();
        }
        let mut got = String::new();
        client.set_limit(Some(LIMIT));
        (&client).read_to_string(&mut got).unwrap();
        server.stop(LIMIT).unwrap();
        got
    };
    scheduler::run(client).unwrap()
}

#[test]
fn a_head_that_ends_too_early_is_told_what_was_wrong_in_it() {
    // It is taken apart when there are 16 bytes, and then when there are 32.
    let wrong = b"GET / HTTP/1.1\r\nHost : a";
    let patience = Patience::default();
    assert!(dribble(wrong, true, patience).starts_with("HTTP/1.1 400 "));
    let head = Duration::from_millis(500);
    let patience = Patience { head, ..patience };
    assert!(dribble(wrong, false, patience).starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_refused_client_gets_the_reason_whatever_it_goes_on_to_send() {
    let address = start(|| Echo, Patience::default());
    let bad = "BAD\r\n".to_string() + &"x".repeat(200_000);
    for _ in 0..10 {
        let got = ask(address, &[bad.as_bytes()]).unwrap();
        assert!(got.starts_with(b"HTTP/1.1 400 "));
        assert_eq!(answers(&got), 1);
    }
}

/// Whether a client that never stops sending finds the connection closed.
fn is_hung_up_on(
    begin: &str,
    linger: Duration,
    piece: &[u8],
    pause: Duration,
) -> bool {
    let late = Duration::from_millis(200);
    let patience = Patience { linger, late, ..Patience::default() };
    let mut client = connect(start(|| Echo, patience));
    client.write_all(begin.as_bytes()).unwrap();
    let (begun, mut sent) = (Instant::now(), 0);
    while begun.elapsed() < LIMIT && sent < 100 << 20 {
        match client.write(piece) {
            Ok(count) => sent += count,
            Err(_) => return true,
        }
        thread::sleep(pause);
    }
    false
}

#[test]
fn nobody_is_listened_to_for_ever() {
    let soon = Duration::from_millis(200);
    let all = [b'x'; 65536];
    assert!(is_hung_up_on("BAD\r\n", soon, b"x", soon / 20), "slow");
    let none = Duration::ZERO;
    assert!(is_hung_up_on("BAD\r\n", LIMIT * 100, &all, none), "fast");
    let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n";
    assert!(is_hung_up_on(post, soon, b"x", soon / 20), "a slow body");
}

/// What a handler uses to say that it has begun.
type Begun = Sender<()>;

/// How many are cut off by a stop while one is being answered, and what that
/// one gets if it reads.
fn stop(
    handler: fn(Begun) -> Answer,
    within: Duration,
    reads: bool,
) -> (usize, Vec<u8>) {
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let (result, cut) = mpsc::channel();
    thread::spawn(move || {
        let main = move || {
            let (begun, is_answered) = channel(1);
            let by =
                move |_: &str, _: &mut Incoming<'_>| handler(begun.clone());
            // Nobody is too late before the stop is.
            let patience = Patience { late: LIMIT * 9, ..Patience::default() };
            let settings = Settings { patience, ..Settings::default() };
            let server = Server::new(By(by), settings, 10);
            let running = server.clone();
            scheduler::spawn(move || running.run(listener)).unwrap();
            is_answered.recv();
            server.stop(within).unwrap()
        };
        result.send(scheduler::run(main).unwrap()).unwrap();
    });
    let mut client = connect(address);
    client.write_all(get("/").as_bytes()).unwrap();
    let mut got = Vec::new();
    if reads {
        client.read_to_end(&mut got).unwrap();
    }
    (cut.recv_timeout(LIMIT).expect("the server stops"), got)
}

#[test]
fn a_stop_waits_for_answers_and_not_for_ever() {
    let slow = |begun: Begun| {
        begun.send(()).unwrap();
        scheduler::sleep(Duration::from_millis(200));
        Ok(Response::text(200, "in time"))
    };
    let (cut, got) = stop(slow, LIMIT, true);
    assert_eq!(cut, 0);
    assert!(got.ends_with(b"\r\n\r\nin time"));
    let endless = |begun: Begun| {
        begun.send(()).unwrap();
        let pieces = iter::repeat_with(|| Ok(vec![b'x'; 1 << 20]));
        let pieces = Box::new(pieces);
        Ok(Response::new(200).carrying(Content::Pieces(pieces)))
    };
    let (cut, _) = stop(endless, Duration::from_millis(200), false);
    assert_eq!(cut, 1);
}

#[test]
fn a_router_answers_for_what_its_routes_have_not() {
    let say = |text: &'static str| {
        move |_: &Request<'_, '_>, _: &[String], _: &mut Incoming<'_>| {
            Ok(Response::text(200, text))
        }
    };
    let router = move || {
        let router = Router::new().route(Method::Get, "/a", say("got"));
        router.route(Method::Put, "/a", say("put"))
    };
    let address = start(router, Patience::default());
    let asked = |line: &str| {
        let all = format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
        String::from_utf8(ask(address, &[all.as_bytes()]).unwrap()).unwrap()
    };
    assert!(asked("GET /a").ends_with("\r\n\r\ngot"));
    let head = asked("HEAD /a");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.ends_with("Content-Length: 3\r\n\r\n"), "{head}");
    let allow = "Allow: GET, HEAD, PUT, OPTIONS\r\n";
    for (line, status) in [("DELETE /a", "405"), ("OPTIONS /a", "204")] {
        let got = asked(line);
        assert!(got.starts_with(&format!("HTTP/1.1 {status} ")), "{got}");
        assert!(got.contains(allow), "{got}");
    }
    assert!(asked("BREW /a").starts_with("HTTP/1.1 501 "));
    assert!(asked("GET /b").starts_with("HTTP/1.1 404 "));
}

#[test]
fn an_answer_that_only_a_close_ends_is_the_last() {
    let pieces = |_: &str, _: &mut Incoming<'_>| {
        let pieces = iter::once(Ok(b"some".to_vec()));
        let content = Content::Pieces(Box::new(pieces));
        Ok(Response::new(200).carrying(content))
    };
    let address = start(move || By(pieces), Patience::default());
    let old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let got = ask(address, &[old.repeat(2).as_bytes()]).unwrap();
    assert_eq!(answers(&got), 1);
    assert!(got.ends_with(b"Connection: close\r\n\r\nsome"));
}
