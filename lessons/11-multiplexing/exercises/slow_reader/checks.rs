//! What a client gets that reads slowly, late or never, and what it costs.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::rc::Rc;
use std::time::Duration;

use lesson_multiplexing::{Interest, Mechanism, Poller, Readiness};
use socket2::SockRef;
use support::check::{Broken, Log, Told, check, give_up};
use support::peer;

use super::exercise::*;

/// A client's socket, whose two directions the check fills and drains.
#[derive(Default)]
struct Socket {
    /// Requests that have arrived.
    asked: VecDeque<u8>,
    /// Behind them comes the end.
    finished: bool,
    /// There is one request more, always.
    insatiable: bool,
    /// How much it takes.
    room: usize,
    taken: Vec<u8>,
    /// How many requests were read, and calls made.
    read: usize,
    calls: usize,
    /// The most bytes of pages that were owed to the client at one time.
    most: usize,
    /// The next read or write fails with this.
    trouble: Option<ErrorKind>,
}

/// The learner's end of it.
#[derive(Clone)]
struct End(Rc<RefCell<Socket>>);

impl Read for End {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut socket = self.0.borrow_mut();
        socket.called()?;
        if socket.insatiable {
            socket.asked.push_back(b'i');
        }
        let count = room.len().min(socket.asked.len());
        for (place, byte) in room.iter_mut().zip(socket.asked.drain(..count)) {
            *place = byte;
        }
        if count == 0 && !room.is_empty() && !socket.finished {
            return Err(ErrorKind::WouldBlock.into());
        }
        socket.read += count;
        let owed = socket.read * PAGE - socket.taken.len();
        socket.most = socket.most.max(owed);
        Ok(count)
    }
}

impl Write for End {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut socket = self.0.borrow_mut();
        socket.called()?;
        let count = bytes.len().min(socket.room);
        if count == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        socket.room -= count;
        socket.taken.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Socket {
    fn called(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.calls > 1_000 {
            give_up("`ready` reads and writes without end");
        }
        self.trouble.take().map_or(Ok(()), |kind| Err(kind.into()))
    }
}

/// A connection of the learner's, behind a level-triggered poller.
struct Scene<'a> {
    log: &'a Log,
    connection: Connection<End>,
    socket: Rc<RefCell<Socket>>,
    goes_on: bool,
}

impl<'a> Scene<'a> {
    fn new(log: &'a Log) -> Self {
        let socket: Rc<RefCell<Socket>> = Rc::default();
        let connection = Connection::new(End(Rc::clone(&socket)));
        Scene { log, connection, socket, goes_on: true }
    }

    /// The client asks for these pages.
    fn asks(&mut self, pages: &[u8]) {
        self.log.note("given", format!("it asks for {}", in_pages(pages)), "");
        self.socket.borrow_mut().asked.extend(pages);
    }

    fn finishes(&mut self) {
        self.log.note("given", "the client has finished sending", "");
        self.socket.borrow_mut().finished = true;
    }

    /// The client reads, so there is room.
    fn takes(&mut self, bytes: usize) {
        self.log.note("given", format!("room for {bytes} bytes"), "");
        self.socket.borrow_mut().room = bytes;
    }

    /// What poll would say to this interest.
    fn readiness(&self) -> Readiness {
        let (interest, socket) =
            (self.connection.interest(), self.socket.borrow());
        let mut ready = Readiness::NONE;
        let readable = !socket.asked.is_empty() || socket.finished;
        if interest.contains(Interest::READ) && readable {
            ready |= Readiness::READABLE;
        }
        if interest.contains(Interest::WRITE) && socket.room > 0 {
            ready |= Readiness::WRITABLE;
        }
        ready
    }

    /// Turns as long as poll would say something.
    fn turns(&mut self) -> Result<(), Broken> {
        for _ in 0..1_000 {
            let ready = self.readiness();
            if ready.is_empty() || !self.goes_on {
                self.log.note("then", "turns, until nothing is ready", "");
                return Ok(());
            }
            self.ready(ready)?;
        }
        self.log.note("then", "1,000 turns", "");
        let told = format!("poll says \"{}\" without end", self.readiness());
        self.log.broken(told)
    }

    fn ready(&mut self, ready: Readiness) -> Result<(), Broken> {
        self.socket.borrow_mut().calls = 0;
        match self.connection.ready(ready) {
            Ok(goes_on) => self.goes_on = goes_on,
            Err(error) => {
                self.log.note("then", format!("ready: {ready}"), "");
                return self.log.broken(format!("an error: {error}"));
            }
        }
        Ok(())
    }

    /// Claims that the client has got the pages that these bytes ask for.
    fn has_got(&self, pages: &[u8]) -> Result<(), Broken> {
        self.log.note("asked", "which pages the client has got", "");
        let socket = self.socket.borrow();
        self.log.expect(Told(in_pages(pages)), Told(got(&socket.taken)))
    }

    fn is_watched_for(&self, due: Interest) -> Result<(), Broken> {
        self.log.note("asked", "what to watch it for", "");
        let got = self.connection.interest();
        self.log.expect(Told(in_words(due)), Told(in_words(got)))
    }

    fn goes_on(&self, due: bool) -> Result<(), Broken> {
        self.log.note("asked", "whether the connection goes on", "");
        self.log.expect(due, self.goes_on)
    }
}

fn in_pages(pages: &[u8]) -> String {
    let runs = pages.chunk_by(|a, b| a == b);
    let run = |run: &[u8]| match run.len() {
        1 => (run[0] as char).to_string(),
        count => format!("{count} times {}", run[0] as char),
    };
    let runs: Vec<_> = runs.map(run).collect();
    match runs.is_empty() {
        true => "none".to_string(),
        false => runs.join(", "),
    }
}

/// The pages in what was written, if they are whole and in one piece.
fn got(taken: &[u8]) -> String {
    let whole = |piece: &[u8]| piece.iter().all(|byte| *byte == piece[0]);
    let (pages, rest) = taken.split_at(taken.len() / PAGE * PAGE);
    if !pages.chunks(PAGE).all(whole) {
        return format!("{} bytes, in which a page is torn", taken.len());
    }
    let firsts: Vec<_> = pages.chunks(PAGE).map(|page| page[0]).collect();
    match rest.len() {
        0 => in_pages(&firsts),
        more => format!("{}, and {more} bytes more", in_pages(&firsts)),
    }
}

fn in_words(interest: Interest) -> String {
    let both = Interest::READ | Interest::WRITE;
    let names = [
        (Interest::READ, "READ"),
        (Interest::WRITE, "WRITE"),
        (both, "READ and WRITE"),
        (Interest::NONE, "NONE"),
    ];
    let name = names.iter().find(|(other, _)| *other == interest);
    name.map_or("something else", |(_, name)| name).to_string()
}

#[test]
fn a_byte_asks_for_a_page() {
    check("11", "A write queue")
        .because("Each request is answered, in the order of asking.")
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.is_watched_for(Interest::READ)?;
            scene.asks(b"abc");
            scene.takes(10 * PAGE);
            scene.turns()?;
            scene.has_got(b"abc")?;
            scene.is_watched_for(Interest::READ)
        });
}

#[test]
fn a_page_that_does_not_fit_goes_out_in_parts() {
    check("11", "A write queue")
        .because(
            "A write takes what there is room for. The rest stays in the \
             queue, and is written when there is room again.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(b"abc");
            for _ in 0..12 {
                scene.takes(PAGE / 4);
                scene.turns()?;
            }
            log.afresh().note("given", "room for 12 x 250 bytes", "");
            scene.has_got(b"abc")
        });
}

#[test]
fn what_is_asked_later_goes_behind_what_waits() {
    check("11", "A write queue")
        .because(
            "There is room again, and poll hasn't said so yet. A page that is \
             written now, past the queue, overtakes those that wait.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(b"a");
            scene.turns()?;
            scene.asks(b"b");
            scene.takes(5 * PAGE);
            log.note("then", "ready: readable", "");
            scene.ready(Readiness::READABLE)?;
            scene.turns()?;
            scene.has_got(b"ab")
        });
}

#[test]
fn what_waits_is_watched_for() {
    check("11", "Interest in writing")
        .because(
            "Something waits, and there is room in the queue for more: READ \
             and WRITE. When nothing waits, WRITE would wake you in vain.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(b"ab");
            scene.turns()?;
            scene.is_watched_for(Interest::READ | Interest::WRITE)?;
            scene.takes(2 * PAGE);
            scene.turns()?;
            scene.has_got(b"ab")?;
            scene.is_watched_for(Interest::READ)
        });
}

#[test]
fn a_full_queue_ends_the_reading() {
    check("11", "A write queue")
        .because(
            "This client asks and never reads, and each request makes a \
             thousand bytes of your memory. Read no more of them at once than \
             there is room for pages; and as long as READ is watched for, \
             more come in.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(&[b'x'; 500]);
            scene.turns()?;
            scene.is_watched_for(Interest::WRITE)?;
            log.note("asked", "how many requests were read", "");
            let most = LIMIT / PAGE;
            let read = scene.socket.borrow().read;
            if read == most {
                return Ok(());
            }
            log.note("expected", format!("{most}, whose pages fit"), "");
            log.broken(read.to_string())
        });
}

#[test]
fn no_request_is_read_whose_page_has_no_room() {
    check("11", "A write queue")
        .because(
            "You have read more requests than there was room for pages. A \
             request that was read can't be put back: it waits in your \
             memory, or its page does. Let the read's buffer be no longer \
             than the number of pages that fit.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            for room in [700, 2_900, 0, 1_100, 16_000, 5_500] {
                scene.asks(&[b'x'; 50]);
                scene.takes(room);
                scene.turns()?;
            }
            log.afresh().note(
                "given",
                "a client that asks more than it reads",
                "",
            );
            log.note("asked", "the most bytes that waited for it", "");
            let most = scene.socket.borrow().most;
            if most <= LIMIT {
                return Ok(());
            }
            log.note("expected", format!("{LIMIT} at the most"), "");
            log.broken(most.to_string())
        });
}

#[test]
fn who_reads_at_last_gets_everything() {
    check("11", "A write queue")
        .because(
            "The queue was full, and the reading had stopped. When the \
             client reads, the queue drains, there is room for pages, and \
             READ is watched for again.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let pages = [[b'a'; 100], [b'b'; 100]].concat();
            scene.asks(&pages);
            scene.turns()?;
            for _ in 0..100 {
                scene.takes(3_000);
                scene.turns()?;
                log.afresh();
            }
            log.afresh().note(
                "given",
                "200 requests, and at last the client reads",
                "",
            );
            scene.has_got(&pages)?;
            scene.is_watched_for(Interest::READ)
        });
}

#[test]
fn without_room_no_read_is_made() {
    check("11", "A write queue")
        .because(
            "The queue is full, and poll tells of something to read all the \
             same: an error says so, or the event is old. A read into a \
             buffer of no bytes gives 0, which isn't the end.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(&[b'x'; 20]);
            scene.turns()?;
            log.note("then", "ready: readable, with a full queue", "");
            scene.ready(Readiness::READABLE)?;
            scene.goes_on(true)?;
            for _ in 0..20 {
                scene.takes(PAGE);
                scene.turns()?;
            }
            log.afresh().note(
                "given",
                "20 requests, a full queue, \"readable\"",
                "",
            );
            log.note("then", "there is room again", "");
            scene.has_got(&[b'x'; 20])
        });
}

#[test]
fn who_has_finished_still_gets_its_pages() {
    check("04", "Half-close")
        .because(
            "A read of 0 bytes says that the client will ask for nothing \
             more. It waits for what it has asked for.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(b"abc");
            scene.finishes();
            scene.turns()?;
            scene.goes_on(true)?;
            scene.takes(3 * PAGE);
            scene.turns()?;
            scene.has_got(b"abc")?;
            scene.goes_on(false)
        });
}

#[test]
fn after_the_end_nobody_reads() {
    check("11", "The end is an event, too")
        .because(
            "The end stays readable. If READ is watched for after it, poll \
             says so at once, each time, and the loop spins until the last \
             page is out.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.asks(b"abc");
            scene.finishes();
            scene.turns()?;
            scene.is_watched_for(Interest::WRITE)
        });
}

#[test]
fn with_nothing_left_the_end_is_the_end() {
    check("11", "The end is an event, too")
        .because("It has finished, and has got all: close the connection.")
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.finishes();
            scene.ready(Readiness::READABLE)?;
            scene.goes_on(false)
        });
}

#[test]
fn a_signal_or_nothing_there_is_no_error() {
    check("10", "Interrupted")
        .because(
            "WouldBlock: the event was for something else. Interrupted: \
             nothing was done yet. Both will come again.",
        )
        .run(|log| {
            let both = Readiness::READABLE | Readiness::WRITABLE;
            for kind in [ErrorKind::WouldBlock, ErrorKind::Interrupted] {
                for ready in [Readiness::READABLE, both] {
                    let mut scene = Scene::new(log.afresh());
                    scene.asks(b"a");
                    scene.turns()?;
                    scene.asks(b"b");
                    scene.takes(2 * PAGE);
                    log.note("given", format!("the next call: {kind}"), "");
                    scene.socket.borrow_mut().trouble = Some(kind);
                    scene.ready(ready)?;
                    scene.goes_on(true)?;
                    scene.turns()?;
                    scene.has_got(b"ab")?;
                }
            }
            Ok(())
        });
}

#[test]
fn an_error_goes_to_the_caller() {
    check("04", "Reset")
        .because(
            "The client is gone. The caller has to close the connection, or \
             poll tells of its error for ever.",
        )
        .run(|log| {
            for ready in [Readiness::READABLE, Readiness::WRITABLE] {
                let mut scene = Scene::new(log.afresh());
                scene.asks(b"a");
                scene.turns()?;
                log.note("given", "the next call: ConnectionReset", "");
                let reset = ErrorKind::ConnectionReset;
                scene.socket.borrow_mut().trouble = Some(reset);
                log.note("then", format!("ready: {ready}"), "");
                let got = scene.connection.ready(ready);
                log.expect(Err(reset), got.map_err(|e| e.kind()))?;
            }
            Ok(())
        });
}

#[test]
fn a_turn_ends() {
    check("11", "Whose turn is it")
        .because(
            "This client asks as fast as you answer, and takes all of it. \
             Whoever goes on until nothing is ready serves nobody else: one \
             read and one write, and poll will tell again.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            log.note("given", "a client that asks and reads without end", "");
            {
                let mut socket = scene.socket.borrow_mut();
                (socket.insatiable, socket.room) = (true, usize::MAX);
            }
            for _ in 0..3 {
                scene.ready(Readiness::READABLE | Readiness::WRITABLE)?;
            }
            Ok(())
        });
}

#[test]
fn over_tcp_nobody_is_held_up_and_nothing_is_lost() {
    check("11", "A write queue")
        .because(
            "Ann asks for 300 pages and reads nothing: her queue is full, \
             and the kernel's buffers are. Bob gets his page all the same. \
             Then Ann reads, and gets 300,000 bytes.",
        )
        .run(|log| {
            let mut server = Server::new()?;
            let mut ann = server.accept()?;
            let mut bob = server.accept()?;
            log.note("given", "ann asks for 300 pages and reads none", "");
            ann.write_all(&[b'a'; 300])?;
            server.until_idle()?;
            log.note("then", "bob asks for a page", "");
            bob.write_all(b"b")?;
            let got = server.reads(&mut bob, PAGE)?;
            log.expect(Told(in_pages(b"b")), Told(got))?;
            log.note("then", "ann reads", "");
            let got = server.reads(&mut ann, 300 * PAGE)?;
            log.expect(Told(in_pages(&[b'a'; 300])), Told(got))?;
            log.note("then", "ann has finished", "");
            ann.shutdown(Shutdown::Write)?;
            server.until_idle()?;
            ann.set_nonblocking(false)?;
            peer::hears_the_end(log, &mut ann)
        });
}

/// How long nobody is ready before it counts as nobody.
const MOMENT: Duration = Duration::from_millis(20);

/// The learner's connections over TCP, turned by the check.
struct Server {
    poller: Box<dyn Poller>,
    connections: Vec<Option<(TcpStream, Connection<TcpStream>)>>,
}

impl Server {
    fn new() -> io::Result<Self> {
        let poller = Mechanism::Poll.poller()?;
        Ok(Server { poller, connections: Vec::new() })
    }

    /// A new client: its end, which doesn't wait.
    fn accept(&mut self) -> io::Result<TcpStream> {
        let (peer, stream) = peer::connection()?;
        peer.set_nonblocking(true)?;
        stream.set_nonblocking(true)?;
        SockRef::from(&stream).set_send_buffer_size(4_096)?;
        let connection = Connection::new(stream.try_clone()?);
        self.poller.register(stream.as_fd(), connection.interest())?;
        self.connections.push(Some((stream, connection)));
        Ok(peer)
    }

    /// Whether somebody was ready within this time.
    fn turn(&mut self, wait: Duration) -> io::Result<bool> {
        let mut events = Vec::new();
        self.poller.wait(Some(wait), &mut events)?;
        for place in &mut self.connections {
            let Some((stream, connection)) = place else { continue };
            let fd = stream.as_raw_fd();
            let Some(event) = events.iter().find(|e| e.fd == fd) else {
                continue;
            };
            if connection.ready(event.ready)? {
                let interest = connection.interest();
                self.poller.modify(stream.as_fd(), interest)?;
            } else {
                self.poller.unregister(stream.as_fd())?;
                *place = None;
            }
        }
        Ok(!events.is_empty())
    }

    /// Turns until nobody is ready for a moment.
    fn until_idle(&mut self) -> io::Result<()> {
        for _ in 0..2_000 {
            if !self.turn(MOMENT)? {
                return Ok(());
            }
        }
        give_up("somebody is ready without end")
    }

    /// What a client reads, with turns between: so many bytes.
    fn reads(
        &mut self,
        client: &mut TcpStream,
        length: usize,
    ) -> io::Result<String> {
        let (mut heard, mut room) = (Vec::new(), [0; 50_000]);
        let (mut turns, mut idle) = (0, 0);
        while heard.len() < length && turns < 2_000 && idle < 20 {
            match client.read(&mut room) {
                Ok(0) => break,
                Ok(count) => {
                    heard.extend(&room[..count]);
                    (turns, idle) = (0, 0);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    turns += 1;
                    idle += usize::from(!self.turn(MOMENT)?);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(got(&heard))
    }
}
