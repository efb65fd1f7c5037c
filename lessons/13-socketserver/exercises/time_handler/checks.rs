//! What a client of the time server gets: lines, pieces, silence, and the
//! company of others.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use lesson_socketserver::{DatagramHandler, Report, StreamHandler};
use support::check::{Broken, Log, check};
use support::peer::{self, Duplex, Narrow, PATIENCE, Pieces};

use super::exercise::*;

/// A clock that says 100, then 101, and so on.
fn clock() -> Clock {
    let now = AtomicU64::new(100);
    Arc::new(move || now.fetch_add(1, Ordering::SeqCst))
}

/// A connection without a network. A handler may ask for its descriptor,
/// which is one of nothing.
struct Connection {
    both: Duplex,
    nothing: File,
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.both.read(buffer)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.both.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.both.flush()
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.nothing.as_fd()
    }
}

type Taken = Arc<Mutex<Vec<u8>>>;

/// What a new handler says to such a client, and what it answered.
fn handled(
    from: Pieces,
    to: Narrow,
) -> io::Result<(Result<(), ErrorKind>, Taken)> {
    let taken = to.taken();
    let nothing = File::open("/dev/null")?;
    let mut connection = Connection { both: Duplex { from, to }, nothing };
    let mut handler = TimeHandler::new(clock());
    let end = StreamHandler::handle(&mut handler, &mut connection, "ann");
    Ok((end.map_err(|error| error.kind()), taken))
}

/// Claims that a handler answers these pieces so, and that all is well.
fn answers(log: &Log, from: Pieces, due: &str) -> Result<(), Broken> {
    let (end, taken) = handled(from, Narrow::new(4096))?;
    log.note("asked", "what was answered", "");
    let taken = taken.lock().unwrap_or_else(|e| e.into_inner()).clone();
    log.expect(due.as_bytes().to_vec(), taken)?;
    log.note("asked", "what the handler returned", "");
    log.expect(Ok(()), end)
}

#[test]
fn each_line_is_answered_with_the_time() {
    check("13", "Servers and handlers")
        .sent("time?\n", "then the end")
        .given("clock", "100")
        .because("One line asks, one line answers: 100 and its line end.")
        .run(|log| answers(log, Pieces::of(["time?\n"]), "100\n"));
}

#[test]
fn the_clock_is_asked_for_each_answer() {
    check("13", "Servers and handlers")
        .sent("a\nb\nc\n", "a line at a time")
        .given("clock", "100, then 101, then 102")
        .because(
            "A connection may last for hours. What the clock said when it \
             began is no answer to what is asked later.",
        )
        .run(|log| {
            let pieces = Pieces::of(["a\n", "b\n", "c\n"]);
            answers(log, pieces, "100\n101\n102\n")
        });
}

#[test]
fn lines_come_in_pieces_and_together() {
    check("05", "One message, many reads")
        .because(
            "A read gives what has arrived: a part of a line, or three of \
             them. One read is not one question.",
        )
        .run(|log| {
            log.note("sent", "\"now?\\n\\n\"", "one byte at a time");
            answers(log, Pieces::single("now?\n\n"), "100\n101\n")?;
            log.afresh().sent("a\nb\n\nc", "in one piece; then \"\\n\"");
            let pieces = Pieces::of(["a\nb\n\nc", "\n"]);
            answers(log, pieces, "100\n101\n102\n103\n")
        });
}

#[test]
fn who_has_finished_has_not_asked() {
    check("04", "Zero bytes is the end")
        .because(
            "0 bytes are the end: the handler returns, without an answer and \
             without an error. A line without its `\\n` is no line.",
        )
        .run(|log| {
            log.sent("", "nothing but the end");
            answers(log, Pieces::of::<&str>([]), "")?;
            log.afresh().sent("a\nb", "then the end");
            answers(log, Pieces::of(["a\n", "b"]), "100\n")
        });
}

#[test]
fn an_answer_is_written_whole() {
    check("04", "A send may be short")
        .sent("a\nb\n", "")
        .given("room", "for one byte a write")
        .because(
            "`write` may take less than it was given; `write_all` goes on.",
        )
        .run(|log| {
            let (_, taken) = handled(Pieces::of(["a\nb\n"]), Narrow::new(1))?;
            let taken = taken.lock().unwrap_or_else(|e| e.into_inner());
            log.expect(b"100\n101\n".to_vec(), taken.clone())
        });
}

#[test]
fn a_line_of_any_bytes_and_any_length_asks() {
    check("05", "A delimiter")
        .sent([0xff, 0x00], "a hundred thousand of them, then \"\\n\"")
        .because(
            "Nothing in a line matters but its end. It need not be text, nor \
             fit in a buffer.",
        )
        .run(|log| {
            let long = [0xff, 0x00].repeat(50_000);
            let pieces = Pieces::of([long]).then("\na\n");
            answers(log, pieces, "100\n101\n")
        });
}

#[test]
fn a_signal_is_no_error() {
    check("10", "Interrupted")
        .given("first", "a read fails with Interrupted; then \"a\\n\" comes")
        .because("Nothing was read yet, and nothing is wrong: once more.")
        .run(|log| {
            let pieces = Pieces::of::<&str>([])
                .then_error(ErrorKind::Interrupted)
                .then("a\n");
            answers(log, pieces, "100\n")
        });
}

#[test]
fn a_reset_is_told_to_the_server() {
    check("13", "A reset is not an accident")
        .sent("a\n", "then a reset")
        .because(
            "The client is gone, and the handler has no one to talk to. It \
             returns the error; the server tells it, and goes on. To read \
             again would fail again.",
        )
        .run(|log| {
            let reset = ErrorKind::ConnectionReset;
            let pieces = Pieces::of(["a\n"]).then_error(reset);
            let (end, _) = handled(pieces, Narrow::new(4096))?;
            log.note("asked", "what the handler returned", "");
            log.expect(Err(reset), end)?;
            log.afresh().note("given", "an answer finds a reset", "");
            let to = Narrow::new(4).failing_after(0, reset);
            let (end, _) = handled(Pieces::of(["a\n"]), to)?;
            log.expect(Err(reset), end)
        });
}

#[test]
fn each_datagram_is_answered_with_the_time() {
    check("13", "Datagrams, too")
        .because(
            "A datagram is a question by itself, an empty one as well: it \
             came from somebody.",
        )
        .run(|log| {
            let mut handler = TimeHandler::new(clock());
            let asked = [&b"time?"[..], b"", b"\n", b"a\nb\n", &[0xff; 3]];
            for (number, bytes) in asked.into_iter().enumerate() {
                log.afresh().sent(bytes, "in a datagram");
                let got = DatagramHandler::handle(&mut handler, bytes);
                let due = format!("{}\n", 100 + number).into_bytes();
                log.expect(Ok(due), got.map_err(|error| error.kind()))?;
            }
            Ok(())
        });
}

/// A server of the learner's, which the check stops.
struct Server {
    address: SocketAddr,
    stopper: lesson_socketserver::Stopper,
    end: mpsc::Receiver<io::Result<Report>>,
}

impl Server {
    fn start(log: &Log) -> Result<Self, Broken> {
        let listener = peer::listener()?;
        let address = listener.local_addr()?;
        let (tell, told) = mpsc::channel();
        let end = log.aside(move || {
            serve(listener, clock(), |stopper| drop(tell.send(stopper)))
        });
        match told.recv_timeout(PATIENCE) {
            Ok(stopper) => Ok(Server { address, stopper, end }),
            Err(_) => log.broken("no stopper: `started` was not called"),
        }
    }

    fn client(&self) -> io::Result<TcpStream> {
        peer::client(self.address)
    }

    /// Stops it, and claims that it has served so many.
    fn stops(self, log: &Log, served: u64) -> Result<(), Broken> {
        self.stopper.stop();
        log.note("then", "the server is stopped", "");
        match self.end.recv_timeout(PATIENCE) {
            Ok(end) => log.expect(
                Ok(served),
                end.map(|report| report.served).map_err(|e| e.kind()),
            ),
            Err(_) => log.broken("`serve` does not return"),
        }
    }
}

#[test]
fn the_server_stops_when_it_is_asked() {
    check("13", "A stop that loses nothing")
        .because(
            "`started` gets the server's stopper, and the server runs until \
             it is used; its report says how many it has served.",
        )
        .run(|log| {
            let server = Server::start(log)?;
            let mut ann = server.client()?;
            log.note("given", "ann asks", "");
            ann.write_all(b"time?\n")?;
            peer::hears(log, &mut ann, b"100\n")?;
            ann.shutdown(Shutdown::Write)?;
            peer::hears_the_end(log, &mut ann)?;
            server.stops(log, 1)
        });
}

#[test]
fn nobody_waits_for_another() {
    check("13", "A thread for each client")
        .because(
            "Ann has connected and says nothing. With a server that serves \
             one after the other, Bob waits until she has left.",
        )
        .run(|log| {
            let server = Server::start(log)?;
            let mut ann = server.client()?;
            log.note("given", "ann asks, and stays", "");
            ann.write_all(b"time?\n")?;
            peer::hears(log, &mut ann, b"100\n")?;
            let mut bob = server.client()?;
            log.note("then", "bob asks", "");
            bob.write_all(b"time?\n")?;
            peer::hears(log, &mut bob, b"101\n")?;
            log.note("then", "ann asks again", "");
            ann.write_all(b"time?\n")?;
            peer::hears(log, &mut ann, b"102\n")?;
            server.stops(log, 2)
        });
}

#[test]
fn who_resets_ends_nobody_else() {
    check("13", "A reset is not an accident")
        .because(
            "Ann's connection was reset, which any client can do at any \
             time. The error ends hers, and not the server.",
        )
        .run(|log| {
            let server = Server::start(log)?;
            let mut ann = server.client()?;
            ann.write_all(b"time?\n")?;
            peer::hears(log, &mut ann, b"100\n")?;
            log.note("given", "ann resets her connection", "");
            let ends = (ann.local_addr()?, ann.peer_addr()?);
            peer::reset(ann)?;
            peer::reset_arrived(ends)?;
            let mut bob = server.client()?;
            log.note("then", "bob asks", "");
            bob.write_all(b"time?\n")?;
            peer::hears(log, &mut bob, b"101\n")?;
            drop(bob);
            server.stops(log, 2)
        });
}
