//! What the library promises of its servers, whatever clients and handlers
//! do. Servers that fork are in `tools.rs`: this process has threads.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lesson_socketserver::*;
use lesson_unix_sockets::Folder;
use socket2::SockRef;

/// How long anything may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A server that runs beside the test.
struct Beside {
    stopper: Stopper,
    thread: JoinHandle<io::Result<Report>>,
}

fn beside<E, M, F, H>(server: Server<E, M, F>) -> Beside
where
    E: Endpoint,
    M: Model + Send + 'static,
    F: Fn() -> H + Send + Sync + 'static,
    H: Handler<E> + 'static,
{
    let stopper = server.stopper();
    Beside { stopper, thread: thread::spawn(move || server.run()) }
}

impl Beside {
    fn stop(self) -> Report {
        self.stopper.stop();
        self.ended()
    }

    fn ended(self) -> Report {
        self.thread.join().unwrap().unwrap()
    }
}

fn tcp() -> (TcpListener, SocketAddr) {
    let listener = listen::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn udp() -> UdpSocket {
    let socket = listen::udp("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    socket
}

fn client(to: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(to).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.set_write_timeout(Some(LIMIT)).unwrap();
    client
}

/// Says it, and that this is all; what comes until the end.
fn converse<S: Read + Write>(
    mut stream: S,
    text: &str,
    finish: fn(&S) -> io::Result<()>,
) -> String {
    stream.write_all(text.as_bytes()).unwrap();
    finish(&stream).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn ask(to: SocketAddr, text: &str) -> String {
    converse(client(to), text, |it| it.shutdown(Shutdown::Write))
}

fn is_served(mut client: &TcpStream) -> bool {
    let mut answer = [0; 5];
    client.write_all(b"hello").unwrap();
    client.read_exact(&mut answer).is_ok() && &answer == b"HELLO"
}

#[test]
fn connections_are_answered_by_each_model_and_each_has_its_own_handler() {
    fn check<M: Model + Send + 'static>(model: M) {
        let (listener, address) = tcp();
        let server = Server::with(listener, model, Upper::default).unwrap();
        let server = beside(server);
        for text in ["one", "two", "three"] {
            assert_eq!(ask(address, text), text.to_uppercase());
        }
        let report = server.stop();
        assert_eq!((report.served, report.refused, report.given_up), (3, 0, 0));
    }

    check(Sequential);
    check(Threading::default());
    check(Pool::new(2).unwrap());
}

#[test]
fn a_socket_file_is_served_by_each_model() {
    fn check<M: Model + Send + 'static>(model: M) {
        let folder = Folder::new().unwrap();
        let path = folder.path("server");
        let listener = listen::unix(&path).unwrap();
        let server = Server::with(listener, model, Upper::default).unwrap();
        let server = beside(server);
        let client = UnixStream::connect(&path).unwrap();
        client.set_read_timeout(Some(LIMIT)).unwrap();
        let answer = converse(client, "hi", |it| it.shutdown(Shutdown::Write));
        assert_eq!((&*answer, server.stop().served), ("HI", 1));
    }

    check(Sequential);
    check(Threading::default());
    check(Pool::new(2).unwrap());
}

#[test]
fn datagrams_are_answered_by_each_model_up_to_the_largest() {
    fn check<M: Model + Send + 'static>(model: M) {
        let (socket, client) = (udp(), udp());
        client.connect(socket.local_addr().unwrap()).unwrap();
        let server = beside(Server::with(socket, model, || Echo).unwrap());
        let mut answer = vec![0; 65_536];
        for size in [1, 1500, 65_507] {
            client.send(&vec![7; size]).unwrap();
            assert_eq!(client.recv(&mut answer).unwrap(), size);
        }
        assert_eq!(server.stop().served, 3);
    }

    check(Sequential);
    check(Threading::default());
    check(Pool::new(2).unwrap());
}

#[test]
fn an_empty_datagram_is_a_request_and_an_empty_answer_is_not_sent() {
    let (socket, client) = (udp(), udp());
    client.connect(socket.local_addr().unwrap()).unwrap();
    let server = beside(UdpServer::new(socket, || Echo).unwrap());

    client.send(b"").unwrap();
    client.send(b"next").unwrap();

    let mut answer = [0; 10];
    assert_eq!(client.recv(&mut answer).unwrap(), 4);
    assert_eq!(server.stop().served, 2);
}

#[test]
fn who_has_sent_a_datagram_and_gone_ends_nothing() {
    let socket = udp();
    let address = socket.local_addr().unwrap();
    let server = beside(UdpServer::new(socket, || Echo).unwrap());

    for _ in 0..10 {
        // The answer comes back as ICMP, port unreachable.
        udp().send_to(b"hello", address).unwrap();
    }
    let client = udp();
    client.connect(address).unwrap();
    client.send(b"hello").unwrap();

    assert_eq!(client.recv(&mut [0; 10]).unwrap(), 5);
    server.stop();
}

/// Panics, fails, or answers, as it is told.
struct Moody;

impl StreamHandler for Moody {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        let mut word = [0; 5];
        stream.read_exact(&mut word)?;
        match &word {
            b"panic" => panic!("as you wish"),
            b"error" => Err(ErrorKind::InvalidData.into()),
            b"value" => std::panic::panic_any(5),
            _ => stream.write_all(b"HELLO"),
        }
    }
}

#[test]
fn a_panic_or_an_error_ends_its_own_connection_and_no_other() {
    fn check<M: Model + Send + 'static>(model: M) {
        let (listener, address) = tcp();
        let server = Server::with(listener, model, || Moody).unwrap();
        let server = beside(server);
        for _ in 0..5 {
            for word in ["panic", "error", "value"] {
                assert_eq!(ask(address, word), "");
            }
        }
        assert_eq!(ask(address, "hello"), "HELLO");
        let report = server.stop();
        assert_eq!((report.served, report.given_up), (16, 0));
    }

    check(Sequential);
    check(Threading::default());
    check(Pool::new(1).unwrap());
}

#[test]
fn a_handler_that_cannot_be_made_ends_its_own_connection_and_no_other() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let (listener, address) = tcp();
    let server = ThreadingTcpServer::new(listener, || {
        assert_ne!(MADE.fetch_add(1, Ordering::SeqCst), 0, "the first one");
        Upper::default()
    });
    let server = beside(server.unwrap());

    assert_eq!(ask(address, ""), "");
    assert_eq!(ask(address, "hello"), "HELLO");

    assert_eq!(server.stop().served, 2);
}

#[test]
fn clients_that_reset_end_nothing() {
    fn check<M: Model + Send + 'static>(model: M) {
        let (listener, address) = tcp();
        let server = Server::with(listener, model, Upper::default).unwrap();
        let server = beside(server);
        for number in 0..50 {
            let client = client(address);
            // Some of them before they are accepted.
            if number % 2 == 0 {
                assert!(is_served(&client));
            }
            SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        }
        assert_eq!(ask(address, "hello"), "HELLO");
        assert_eq!(server.stop().given_up, 0);
    }

    check(Sequential);
    check(Threading::default());
    check(Pool::new(2).unwrap());
}

#[test]
fn ten_times_more_than_the_limit_are_told_so_and_room_is_given_again() {
    let (listener, address) = tcp();
    let server = ThreadingTcpServer::new(listener, Upper::default).unwrap();
    let server = beside(server.limit(4));
    let served: Vec<_> = (0..4).map(|_| client(address)).collect();
    assert!(served.iter().all(is_served));

    for _ in 0..36 {
        let mut told = String::new();
        client(address).read_to_string(&mut told).unwrap();
        assert_eq!(told, "busy: try again later\n");
    }
    assert!(served.iter().all(is_served));
    for one in served {
        assert_eq!(
            converse(one, "bye", |it| it.shutdown(Shutdown::Write)),
            "BYE"
        );
        // Its place is free as soon as its end is seen.
        assert_eq!(ask(address, "next"), "NEXT");
    }

    let report = server.stop();
    assert_eq!((report.served, report.refused), (8, 36));
}

/// Says that it is there, and answers when it is allowed.
struct Held {
    here: Sender<()>,
    go: Receiver<()>,
}

impl StreamHandler for Held {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        let _ = self.here.send(());
        let _ = self.go.recv();
        stream.write_all(b"done")
    }
}

/// A server of one held handler, a client of it, and what lets it go on.
fn held(patience: Duration) -> (Beside, SocketAddr, TcpStream, Sender<()>) {
    let (listener, address) = tcp();
    let (here, told) = mpsc::channel();
    let (free, go) = mpsc::channel();
    let go = std::sync::Mutex::new(Some(go));
    let server = ThreadingTcpServer::new(listener, move || Held {
        here: here.clone(),
        go: go.lock().unwrap().take().expect("one client only"),
    });
    let server = beside(server.unwrap().patience(patience));
    let client = client(address);
    told.recv_timeout(LIMIT).unwrap();
    (server, address, client, free)
}

#[test]
fn a_stop_waits_for_the_answer_that_is_on_its_way() {
    let (server, address, mut client, go) = held(LIMIT);

    server.stopper.stop();
    // It takes no more: the kernel refuses, as nobody listens.
    while TcpStream::connect(address).is_ok() {
        thread::yield_now();
    }
    assert!(!server.thread.is_finished());
    go.send(()).unwrap();

    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!((&*answer, server.ended().given_up), ("done", 0));
}

#[test]
fn a_stop_gives_up_a_handler_that_does_not_return() {
    let (server, _, _client, go) = held(Duration::from_millis(50));

    assert_eq!(server.stop().given_up, 1);
    drop(go);
}

#[test]
fn a_stop_answers_what_has_come_and_wakes_who_waits_for_more() {
    fn check<M: Model + Send + 'static>(model: M) {
        let (listener, address) = tcp();
        let server = Server::with(listener, model, Upper::default).unwrap();
        let server = beside(server);
        let clients: Vec<_> = (0..5).map(|_| client(address)).collect();
        for mut client in &clients {
            client.write_all(b"hello").unwrap();
        }
        // None of them says that this was all.
        assert_eq!(server.stop().served, 5);
        for mut client in clients {
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            assert_eq!(answer, "HELLO");
        }
    }

    check(Sequential);
    check(Threading::default());
    check(Pool::new(2).unwrap());
}

thread_local! {
    static LAST: Cell<Option<Leaving>> = const { Cell::new(None) };
}
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// Dropped as the last thing that its thread does, and slowly.
struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(100));
        LEFT.fetch_add(1, Ordering::SeqCst);
    }
}

struct Mark;

impl StreamHandler for Mark {
    fn handle(&mut self, _: &mut dyn Stream, _: &str) -> io::Result<()> {
        LAST.set(Some(Leaving));
        Ok(())
    }
}

#[test]
fn a_server_that_has_stopped_has_no_thread_left() {
    let (listener, address) = tcp();
    let server = beside(ThreadingTcpServer::new(listener, || Mark).unwrap());
    (0..4).for_each(|_| drop(ask(address, "")));
    assert_eq!(server.stop().served, 4);
    assert_eq!(LEFT.load(Ordering::SeqCst), 4);

    let (listener, address) = tcp();
    let pool = Pool::new(1).unwrap();
    let server = beside(PoolTcpServer::with(listener, pool, || Mark).unwrap());
    (0..4).for_each(|_| drop(ask(address, "")));
    assert_eq!(server.stop().served, 4);
    // Three replaced the one before, and the last went with its thread.
    assert_eq!(LEFT.load(Ordering::SeqCst), 8);
}

#[test]
fn a_program_with_threads_is_told_why_it_cannot_fork() {
    let error = thread::spawn(|| fork(&[], || ())).join().unwrap().unwrap_err();

    let told = error.to_string();
    assert!(told.contains("threads: fork before others are started"), "{told}");
}

#[test]
fn a_server_that_cannot_fork_tells_its_callers_and_goes_on() {
    let (listener, address) = tcp();
    // Sent before anybody accepts: a close would be a reset.
    let clients = [client(address), client(address)];
    clients.iter().for_each(|mut it| it.write_all(b"hello").unwrap());
    let server = ForkingTcpServer::new(listener, Upper::default).unwrap();
    let server = beside(server);

    for mut client in clients {
        let mut told = String::new();
        client.read_to_string(&mut told).unwrap();
        assert_eq!(told, "no room: try again later\n");
    }

    let report = server.stop();
    assert_eq!((report.served, report.refused), (0, 2));
}

#[test]
fn a_listener_that_somebody_has_shut_down_ends_the_server_with_an_error() {
    let (listener, _) = tcp();
    let other = listener.try_clone().unwrap();
    let server = ThreadingTcpServer::new(listener, Upper::default).unwrap();
    let server = beside(server);

    SockRef::from(&other).shutdown(Shutdown::Both).unwrap();

    let error = server.thread.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
