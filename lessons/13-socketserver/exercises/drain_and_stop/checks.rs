//! Whom a stop finds, what each of them gets, and when it is over.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::{Pid, gettid};
use support::check::{Broken, Log, check};
use support::peer::{
    PATIENCE, client, hears, hears_the_end, in_queue, is_read, listener,
    listens, reset, reset_arrived,
};
use support::tcp_table::{State, Wanted, find};
use support::waiting::{asleep, interrupted};

use super::exercise::*;

/// A patience that no check waits for.
const LONG: Duration = Duration::from_secs(3600);

/// Who does nothing for so long waits for something.
const QUIET: Duration = Duration::from_millis(100);

/// An answer that no buffer on the way takes whole.
const ANSWER: usize = 8_000_000;

/// What holds handlers up, until it is opened. It opens by itself, so that
/// no thread is left behind by a check that has failed.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn pass(&self) {
        let (open, bell) = &*self.0;
        let open = open.lock().unwrap_or_else(|e| e.into_inner());
        drop(bell.wait_timeout_while(open, 2 * PATIENCE, |open| !*open));
    }

    fn open(&self) {
        let (open, bell) = &*self.0;
        *open.lock().unwrap_or_else(|e| e.into_inner()) = true;
        bell.notify_all();
    }
}

/// A server of the learner's, on a thread of its own.
struct Running {
    address: SocketAddr,
    thread: Pid,
    bell: Option<UnixStream>,
    end: Receiver<io::Result<usize>>,
}

impl Running {
    /// Begins to serve at a listener that may have callers already. To drop
    /// what comes second is to ask for the stop.
    fn at(
        log: &Log,
        listener: TcpListener,
        (stop, bell): (UnixStream, Option<UnixStream>),
        patience: Duration,
        handle: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> Result<Self, Broken> {
        let address = listener.local_addr()?;
        let (tell, told) = mpsc::channel();
        let end = log.aside(move || {
            let _ = tell.send(gettid());
            serve(listener, stop, patience, Arc::new(handle))
        });
        let thread = told.recv().map_err(|_| Broken::told())?;
        Ok(Running { address, thread, bell, end })
    }

    fn new(
        log: &Log,
        patience: Duration,
        handle: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> Result<Self, Broken> {
        let (bell, stop) = UnixStream::pair()?;
        let stop = (stop, Some(bell));
        Running::at(log, listener()?, stop, patience, handle)
    }

    /// A client that has sent a request, which its handler has read.
    fn asks(&self, log: &Log, request: &[u8]) -> Result<TcpStream, Broken> {
        let mut stream = client(self.address)?;
        log.sent(request, "");
        stream.write_all(request)?;
        is_read(&stream)?;
        Ok(stream)
    }

    /// Asks for the stop, by a byte.
    fn stop(&mut self, log: &Log) -> Result<(), Broken> {
        log.note("then", "stop is readable", "");
        if let Some(bell) = &mut self.bell {
            bell.write_all(b"!")?;
        }
        Ok(())
    }

    /// Lets it do what a stop does, until it waits for its handlers (in any
    /// case, if that long) or has returned. Whether its listener is closed.
    fn settle(&self, quiet: Duration) -> io::Result<bool> {
        let (begun, mut awake) = (Instant::now(), Instant::now());
        let task = format!("/proc/self/task/{}", self.thread);
        while begun.elapsed() < PATIENCE && Path::new(&task).exists() {
            if !asleep(self.thread) {
                awake = Instant::now();
            } else if !listens(self.address)? || awake.elapsed() > quiet {
                break;
            }
            thread::yield_now();
        }
        Ok(!listens(self.address)?)
    }

    /// Claims that it returns, and with so many handlers left.
    fn ends(&self, log: &Log, left: usize) -> Result<(), Broken> {
        match self.end.recv_timeout(PATIENCE) {
            Ok(Ok(count)) => {
                log.note("asked", "how many handlers are left", "");
                log.expect(left, count)
            }
            Ok(Err(error)) => {
                log.note("expected", format!("serve returns {left}"), "");
                log.broken(format!("serve returns the error: {error}"))
            }
            Err(_) => {
                log.note("expected", format!("serve returns {left}"), "");
                log.broken("it doesn't return")
            }
        }
    }
}

/// A stop that was asked for before the server began.
fn stopped() -> io::Result<(UnixStream, Option<UnixStream>)> {
    UnixStream::pair().map(|(stop, _)| (stop, None))
}

/// Sends back what comes, until the end.
fn echo(mut stream: &TcpStream) {
    let mut buffer = [0; 64];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

/// Answers one request, or panics.
fn answer_once(mut stream: &TcpStream) {
    let mut buffer = [0; 64];
    if let Ok(count @ 1..) = stream.read(&mut buffer) {
        if buffer[..count] == *b"boom" {
            // As a panic, without its words on stderr.
            resume_unwind(Box::new("boom"));
        }
        let _ = stream.write_all(&buffer[..count]);
    }
}

/// Reads one request, waits at the gate, and gives an answer as long as that.
fn answer_late(gate: &Gate, long: usize) -> impl Fn(&TcpStream) + use<> {
    let gate = gate.clone();
    move |mut stream| {
        let _ = stream.read(&mut [0; 64]);
        gate.pass();
        let _ = stream.write_all(&vec![b'a'; long]);
    }
}

/// Calls a listener that nobody serves yet, and waits until what it sends
/// has arrived there.
fn queues(
    log: &Log,
    address: SocketAddr,
    request: &[u8],
) -> Result<TcpStream, Broken> {
    let mut stream = client(address)?;
    log.sent(request, "a client in the queue");
    stream.write_all(request)?;
    let (here, there) = (Some(stream.local_addr()?), Some(address));
    let end = Wanted { local: here, remote: there, state: State::Any };
    let begun = Instant::now();
    while find(end)?.is_some_and(|queues| queues.unsent > 0) {
        if begun.elapsed() > PATIENCE {
            return log.broken("the request doesn't arrive");
        }
        thread::yield_now();
    }
    Ok(stream)
}

#[test]
fn each_client_is_served() {
    check("13", "A thread for each client")
        .because(
            "One that is connected and says nothing holds up nobody else: \
             each has a thread of its own.",
        )
        .run(|log| {
            let server = Running::new(log, LONG, echo)?;
            let mut a = client(server.address)?;
            let mut b = client(server.address)?;
            log.note("given", "two clients, of which the first is silent", "");
            log.sent(b"tea", "the second");
            b.write_all(b"tea")?;
            hears(log, &mut b, b"tea")?;
            log.sent(b"milk", "the first");
            a.write_all(b"milk")?;
            hears(log, &mut a, b"milk")
        });
}

#[test]
fn who_is_done_gets_the_end() {
    check("13", "A close that isn't the end")
        .given("given", "a handler that gives one answer and returns")
        .because(
            "The connection ends with its last owner. Whoever keeps it on a \
             list, for a later stop, has to take it off when the handler \
             ends.",
        )
        .run(|log| {
            let server = Running::new(log, LONG, answer_once)?;
            let mut a = server.asks(log, b"tea")?;
            hears(log, &mut a, b"tea")?;
            hears_the_end(log, &mut a)
        });
}

#[test]
fn without_clients_a_stop_is_the_end() {
    check("13", "A stop that loses nothing")
        .given("given", "nobody is connected, and a patience of an hour")
        .because("Patience is for those that run. Here there are none.")
        .run(|log| {
            let mut server = Running::new(log, LONG, echo)?;
            server.stop(log)?;
            server.ends(log, 0)
        });
}

#[test]
fn who_waits_for_a_client_is_woken() {
    check("13", "Waking who waits")
        .given("given", "a client that got an answer, and is silent since")
        .because(
            "Its handler waits in `read`. A `shutdown` for reading lets that \
             return 0; to drop another owner of the connection does nothing.",
        )
        .run(|log| {
            let mut server = Running::new(log, LONG, echo)?;
            let mut a = server.asks(log, b"tea")?;
            hears(log, &mut a, b"tea")?;
            server.stop(log)?;
            hears_the_end(log, &mut a)?;
            server.ends(log, 0)
        });
}

#[test]
fn an_answer_in_flight_arrives_whole() {
    check("13", "A stop that loses nothing")
        .given("given", format!("an answer of {ANSWER} bytes"))
        .because(
            "Who has asked before the stop is answered: end the reading of \
             its handler, not the writing, and wait for it.",
        )
        .run(|log| {
            let gate = Gate::default();
            let late = answer_late(&gate, ANSWER);
            let mut server = Running::new(log, LONG, late)?;
            let mut a = server.asks(log, b"tea")?;
            server.stop(log)?;
            server.settle(QUIET)?;
            if let Ok(end) = server.end.try_recv() {
                log.note("expected", "serve waits for the handler", "");
                return log.broken(format!("it returns {end:?}"));
            }
            log.note("then", "its handler writes", "");
            gate.open();
            hears(log, &mut a, &vec![b'a'; ANSWER])?;
            hears_the_end(log, &mut a)?;
            server.ends(log, 0)
        });
}

#[test]
fn who_is_in_the_queue_is_served() {
    check("13", "A stop that loses nothing")
        .because(
            "They called in time, and their requests are here. To close the \
             listener now is to reset them: accept them first.",
        )
        .run(|log| {
            let (listener, gate) = (listener()?, Gate::default());
            let address = listener.local_addr()?;
            let mut clients = Vec::new();
            for request in [b"tea", b"egg", b"jam"] {
                clients.push((queues(log, address, request)?, request));
            }
            in_queue(&listener, 3)?;
            log.note("given", "stop is readable from the beginning", "");
            let opened = gate.clone();
            let late = move |stream: &TcpStream| {
                opened.pass();
                echo(stream);
            };
            let server = Running::at(log, listener, stopped()?, LONG, late)?;
            server.settle(QUIET)?;
            log.note("then", "their handlers begin to read", "");
            gate.open();
            for (stream, request) in &mut clients {
                hears(log, stream, *request)?;
                hears_the_end(log, stream)?;
            }
            server.ends(log, 0)
        });
}

#[test]
fn who_calls_later_is_refused() {
    check("13", "A stop that loses nothing")
        .given("given", "a handler that has not finished its answer")
        .because(
            "Whoever calls now would wait for a server that is about to \
             leave, and get a reset. Close the listener before you wait.",
        )
        .run(|log| {
            let gate = Gate::default();
            let late = answer_late(&gate, 3);
            let mut server = Running::new(log, LONG, late)?;
            let mut a = server.asks(log, b"tea")?;
            server.stop(log)?;
            let closed = server.settle(5 * QUIET)?;
            let called = client(server.address).map_err(|e| e.kind());
            gate.open();
            log.note("asked", "what connect says to a new client", "");
            let refused = Err(ErrorKind::ConnectionRefused);
            log.expect((true, refused), (closed, called.map(drop)))?;
            hears(log, &mut a, b"aaa")?;
            server.ends(log, 0)
        });
}

#[test]
fn patience_has_an_end() {
    check("13", "A handler that panics, or never returns")
        .given("given", "a handler that never returns")
        .given("given", "a patience of 50 ms")
        .because(
            "A thread can't be ended from outside. The server says how many \
             it leaves behind, and goes.",
        )
        .run(|log| {
            let gate = Gate::default();
            let late = answer_late(&gate, 3);
            let patience = Duration::from_millis(50);
            let mut server = Running::new(log, patience, late)?;
            let _a = server.asks(log, b"tea")?;
            let _b = server.asks(log, b"egg")?;
            server.stop(log)?;
            let end = server.ends(log, 2);
            gate.open();
            end
        });
}

#[test]
fn a_panic_is_the_end_of_one() {
    check("13", "A handler that panics, or never returns")
        .given("given", "a handler that panics at \"boom\"")
        .because(
            "A panic ends its client's connection, and its handler has ended \
             by it: nobody is to wait for that one. What must be done at the \
             end in any case belongs into a `Drop`.",
        )
        .run(|log| {
            let mut server = Running::new(log, LONG, answer_once)?;
            let mut a = server.asks(log, b"boom")?;
            hears_the_end(log, &mut a)?;
            let mut b = server.asks(log, b"tea")?;
            hears(log, &mut b, b"tea")?;
            server.stop(log)?;
            server.ends(log, 0)
        });
}

#[test]
fn a_reset_is_of_one() {
    check("13", "A reset is not an accident")
        .given("given", "two in the queue, of which the first has reset")
        .given("given", "stop is readable from the beginning")
        .because(
            "A call on a connection that was reset fails: `shutdown` with \
             ENOTCONN. That is this client's matter, and no reason to leave \
             the other one.",
        )
        .run(|log| {
            let (listener, gate) = (listener()?, Gate::default());
            let address = listener.local_addr()?;
            let gone = client(address)?;
            let ends = (gone.local_addr()?, gone.peer_addr()?);
            reset(gone)?;
            reset_arrived(ends)?;
            let mut b = queues(log, address, b"tea")?;
            let late = answer_late(&gate, 3);
            let server = Running::at(log, listener, stopped()?, LONG, late)?;
            server.settle(QUIET)?;
            gate.open();
            hears(log, &mut b, b"aaa")?;
            server.ends(log, 0)
        });
}

#[test]
fn a_signal_is_no_stop() {
    check("13", "A stop that loses nothing")
        .given("given", "three signals, each while the server waits")
        .given("then", "the other end of stop is closed")
        .because(
            "The handler of a signal has run, and `poll` fails with EINTR. \
             There is nothing wrong: wait again.",
        )
        .run(|log| {
            let (bell, stop) = UnixStream::pair()?;
            let listener = listener()?;
            let end = interrupted(
                3,
                || drop(bell),
                || serve(listener, stop, LONG, Arc::new(echo)),
            )?;
            log.expect(Ok(0), end.map_err(|error| error.to_string()))
        });
}
