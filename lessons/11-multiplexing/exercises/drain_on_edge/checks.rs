//! How much is read after an edge, and who is served when.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::rc::Rc;
use std::time::Duration;

use lesson_multiplexing::{Epoll, Event, Interest, Poller, Readiness};
use support::check::{Broken, Log, Show, Told, check, give_up};
use support::poller::{Call, Seen, Watched};
use support::{number, peer};

use super::exercise::*;

/// The time-out that the caller gives.
const LONG: Option<Duration> = Some(Duration::from_secs(60));
const NOT: Option<Duration> = Some(Duration::ZERO);

/// A poller whose edges the check decides. It never waits.
struct Edges(Rc<RefCell<Vec<RawFd>>>);

impl Poller for Edges {
    fn register(&mut self, _: BorrowedFd<'_>, _: Interest) -> io::Result<()> {
        Ok(())
    }

    fn modify(&mut self, _: BorrowedFd<'_>, _: Interest) -> io::Result<()> {
        Ok(())
    }

    fn unregister(&mut self, _: BorrowedFd<'_>) -> io::Result<()> {
        Ok(())
    }

    fn wait(
        &mut self,
        _: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        let ready = Readiness::READABLE;
        let edges = self.0.borrow_mut().split_off(0);
        events.clear();
        events.extend(edges.into_iter().map(|fd| Event { fd, ready }));
        Ok(())
    }
}

/// A client's stream, which gives what the check has put there.
struct Scripted {
    script: Rc<RefCell<Script>>,
    /// So that it has a descriptor.
    stream: TcpStream,
}

#[derive(Default)]
struct Script {
    steps: VecDeque<Step>,
    /// How often it was read in this turn.
    reads: usize,
}

/// What a read gives. When there are none, it is WouldBlock.
#[derive(PartialEq)]
enum Step {
    Piece(Vec<u8>),
    Fails(ErrorKind),
    /// From here on.
    End,
    Flood,
}

impl Read for Scripted {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut script = self.script.borrow_mut();
        script.reads += 1;
        if script.reads > 1_000 {
            give_up("one client is read more than 1,000 times in a turn");
        }
        match script.steps.pop_front() {
            None => Err(ErrorKind::WouldBlock.into()),
            Some(Step::Fails(kind)) => Err(kind.into()),
            Some(Step::Piece(mut piece)) => {
                let count = piece.len().min(room.len());
                room[..count].copy_from_slice(&piece[..count]);
                if count < piece.len() {
                    let rest = Step::Piece(piece.split_off(count));
                    script.steps.push_front(rest);
                }
                Ok(count)
            }
            Some(Step::End) => {
                script.steps.push_front(Step::End);
                Ok(0)
            }
            Some(Step::Flood) => {
                script.steps.push_front(Step::Flood);
                room.fill(b'~');
                Ok(room.len())
            }
        }
    }
}

impl AsFd for Scripted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The learner's clients, and what they have sent.
struct Scene<'a> {
    log: &'a Log,
    clients: Clients<Scripted>,
    edges: Rc<RefCell<Vec<RawFd>>>,
    seen: Rc<RefCell<Seen>>,
    all: BTreeMap<RawFd, Client>,
    heard: BTreeMap<RawFd, Heard>,
}

/// What was heard of a client, in all, and how often it ended.
#[derive(Clone, Default)]
struct Heard {
    text: String,
    ends: usize,
}

struct Client {
    name: &'static str,
    script: Rc<RefCell<Script>>,
    peer: TcpStream,
}

impl<'a> Scene<'a> {
    fn new(log: &'a Log) -> Self {
        let edges = Rc::default();
        let (poller, seen) = Watched::new(Edges(Rc::clone(&edges)));
        let clients = Clients::new(Box::new(poller));
        let (all, heard) = Default::default();
        Scene { log, clients, edges, seen, all, heard }
    }

    /// Of two, the later one has the higher number.
    fn add(&mut self, name: &'static str) -> io::Result<RawFd> {
        let (peer, stream) = peer::connection()?;
        let stream = number::ascending(stream)?;
        let script: Rc<RefCell<Script>> = Rc::default();
        let scripted = Scripted { script: Rc::clone(&script), stream };
        let fd = self.clients.add(scripted)?;
        self.all.insert(fd, Client { name, script, peer });
        Ok(fd)
    }

    /// What a client has sent waits at its socket.
    fn waits(&mut self, fd: RawFd, steps: impl IntoIterator<Item = Step>) {
        let Client { name, script, .. } = &self.all[&fd];
        let steps: Vec<_> = steps.into_iter().collect();
        let waits = format!("reads of {name} give {}", in_order(&steps));
        self.log.note("given", waits, "");
        script.borrow_mut().steps.extend(steps);
    }

    /// In the next turn there is an edge for this client.
    fn edge(&mut self, fd: RawFd) {
        self.log.note("edge", self.all[&fd].name, "");
        self.edges.borrow_mut().push(fd);
    }

    fn turn(&mut self) -> Result<(), Broken> {
        self.log.note("then", "a turn", "");
        let mut heard = Vec::new();
        let mut hear = |fd, bytes: &[u8]| heard.push((fd, bytes.to_vec()));
        for client in self.all.values() {
            client.script.borrow_mut().reads = 0;
        }
        let end = self.clients.turn(LONG, &mut hear);
        self.log.expect(Ok(()), end.map_err(|e| e.kind()))?;
        for (fd, bytes) in heard {
            let row = self.heard.entry(fd).or_default();
            row.ends += usize::from(bytes.is_empty());
            row.text += &String::from_utf8_lossy(&bytes);
        }
        Ok(())
    }

    /// Claims what has been heard of somebody so far, in all.
    fn heard(&self, fd: RawFd, text: &str, ends: usize) -> Result<(), Broken> {
        let name = self.all[&fd].name;
        self.log.note("asked", format!("what was heard of {name}"), "");
        let due = Heard { text: text.to_string(), ends };
        let got = self.heard.get(&fd).cloned().unwrap_or_default();
        self.log.expect(due.told(), got.told())
    }

    /// Claims that a client was read this often in the last turn, at most.
    fn read_at_most(&self, fd: RawFd, most: usize) -> Result<(), Broken> {
        let client = &self.all[&fd];
        let got = client.script.borrow().reads;
        if got <= most {
            return Ok(());
        }
        let name = client.name;
        self.log.note("asked", format!("how often {name} was read"), "");
        self.log.note("expected", format!("{most} times at the most"), "");
        self.log.broken(format!("{got} times"))
    }

    /// Claims with which time-outs the poller was asked so far.
    fn asked_with(&self, due: &[Option<Duration>]) -> Result<(), Broken> {
        let what = "with which time-out the poller was asked, turn by turn";
        self.log.note("asked", what, "");
        let told = |waits: &[Option<Duration>]| {
            let each: Vec<_> = waits.iter().map(in_words).collect();
            Told(each.join(", "))
        };
        self.log.expect(told(due), told(&self.seen.borrow().waits))
    }
}

impl Heard {
    fn told(&self) -> Told {
        let text = match self.text.as_str() {
            "" => "nothing".to_string(),
            text => text.as_bytes().show(),
        };
        Told(match self.ends {
            0 => text,
            1 => format!("{text}, then the end"),
            ends => format!("{text}, and the end {ends} times"),
        })
    }
}

fn in_words(timeout: &Option<Duration>) -> String {
    match timeout {
        None => "for ever".to_string(),
        Some(Duration::ZERO) => "0".to_string(),
        Some(time) => format!("{time:?}"),
    }
}

/// What the reads will give, one after the other.
fn in_order(steps: &[Step]) -> String {
    let mut told = Vec::new();
    for same in steps.chunk_by(|one, other| one == other) {
        let one = match &same[0] {
            Step::Piece(bytes) => bytes.show(),
            Step::Fails(kind) => kind.to_string(),
            Step::End => "0 bytes".to_string(),
            Step::Flood => "bytes, for ever".to_string(),
        };
        told.push(match same.len() {
            1 => one,
            count => format!("{count} times {one}"),
        });
    }
    told.join(", ")
}

fn piece(text: &str) -> Step {
    Step::Piece(text.into())
}

/// `count` pieces of one byte each.
fn pieces(count: usize) -> impl Iterator<Item = Step> {
    (0..count).map(|_| piece("x"))
}

#[test]
fn all_that_an_edge_tells_of_is_read() {
    check("11", "Drained means EAGAIN")
        .because(
            "Three pieces have arrived, and there is one edge for all of \
             them. Read until the socket says WouldBlock: nobody will tell \
             you of the rest.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, ["one, ", "two, ", "three"].map(piece));
            scene.edge(ann);
            scene.turn()?;
            scene.heard(ann, "one, two, three", 0)
        });
}

#[test]
fn a_short_read_is_not_the_bottom() {
    check("11", "Drained means EAGAIN")
        .because(
            "The read brought less than there was room for, and the end was \
             right behind it. Both came with one edge: whoever stops here \
             never hears of the end, and keeps a dead client.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, [piece("bye"), Step::End]);
            scene.edge(ann);
            scene.turn()?;
            scene.heard(ann, "bye", 1)
        });
}

#[test]
fn a_client_at_its_end_is_taken_off_and_closed() {
    check("11", "The end is an event, too")
        .because(
            "The end is told once. Take the client off the poller, and close \
             its stream: the peer waits for that.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, [Step::End]);
            scene.edge(ann);
            scene.turn()?;
            scene.turn()?;
            scene.heard(ann, "", 1)?;
            log.note("asked", "whether she was taken off the poller", "");
            let off = Call::Unregister(ann);
            log.expect(true, scene.seen.borrow().calls.contains(&off))?;
            log.note("asked", "what ann hears", "");
            peer::hears_the_end(log, &mut &scene.all[&ann].peer)
        });
}

#[test]
fn an_edge_for_somebody_who_is_gone_is_nothing() {
    check("11", "From a descriptor to its connection")
        .because(
            "The edge is late: its client has been closed. Look it up, and \
             pass over it.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            let bob = scene.add("bob")?;
            scene.waits(ann, [Step::End]);
            scene.edge(ann);
            scene.turn()?;
            scene.waits(bob, [piece("hello")]);
            scene.edge(ann);
            scene.edge(bob);
            scene.turn()?;
            scene.heard(ann, "", 1)?;
            scene.heard(bob, "hello", 0)
        });
}

#[test]
fn the_end_of_one_is_not_the_end_of_the_turn() {
    check("11", "Drained means EAGAIN")
        .because(
            "The edges of one batch are told once. Whoever leaves the turn \
             before all of them are served has lost the others.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let all = ["ann", "bob", "carl"].map(|name| scene.add(name));
            for client in all {
                let client = client?;
                scene.waits(client, [piece("bye"), Step::End]);
                scene.edge(client);
            }
            scene.turn()?;
            let all: Vec<_> = scene.all.keys().copied().collect();
            all.iter().try_for_each(|client| scene.heard(*client, "bye", 1))
        });
}

#[test]
fn a_reset_is_an_end() {
    check("11", "What can happen to a descriptor")
        .because(
            "A read that fails with ConnectionReset is the end of that \
             client, and no error of the turn. What came before is heard.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let reset = || Step::Fails(ErrorKind::ConnectionReset);
            let ann = scene.add("ann")?;
            let bob = scene.add("bob")?;
            scene.waits(ann, [piece("aaah"), reset()]);
            scene.waits(bob, [piece("hello")]);
            scene.edge(ann);
            scene.edge(bob);
            scene.turn()?;
            scene.heard(ann, "aaah", 1)?;
            scene.heard(bob, "hello", 0)
        });
}

#[test]
fn a_signal_during_a_read_loses_nothing() {
    check("10", "Interrupted")
        .because(
            "EINTR says neither that the client is drained nor that it has \
             ended. Read again.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let signal = || Step::Fails(ErrorKind::Interrupted);
            let ann = scene.add("ann")?;
            scene.waits(ann, [signal(), piece("hel"), signal(), piece("lo")]);
            scene.edge(ann);
            scene.turn()?;
            scene.heard(ann, "hello", 0)
        });
}

#[test]
fn a_signal_during_the_wait_is_no_error() {
    check("10", "Interrupted")
        .because(
            "EINTR comes from every epoll_wait that a signal ends, SA_RESTART \
             or not. There were no edges, and the loop goes on.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.seen.borrow_mut().interruptions = 1;
            log.note("given", "a signal ends the wait", "");
            scene.turn()?;
            scene.waits(ann, [piece("hello")]);
            scene.edge(ann);
            scene.turn()?;
            scene.heard(ann, "hello", 0)
        });
}

#[test]
fn a_client_that_never_stops_has_a_budget() {
    check("11", "Whose turn is it")
        .because(
            "This client sends faster than you read, so it is never drained. \
             Without a bound the turn has no end.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, [Step::Flood]);
            scene.edge(ann);
            scene.turn()?;
            scene.read_at_most(ann, BUDGET)
        });
}

#[test]
fn each_client_has_its_own_budget() {
    check("11", "Whose turn is it")
        .because(
            "Ann uses up her budget, and Bob is served in the same turn: his \
             edge won't be told again.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            let bob = scene.add("bob")?;
            scene.waits(ann, [Step::Flood]);
            scene.waits(bob, [piece("hello")]);
            scene.edge(ann);
            scene.edge(bob);
            scene.turn()?;
            scene.heard(bob, "hello", 0)
        });
}

#[test]
fn who_is_left_over_is_served_without_a_new_edge() {
    check("11", "Whose turn is it")
        .because(
            "The budget was used up, and what is still there has had its \
             edge. Remember who isn't drained, and serve it in the next \
             turn.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, pieces(2 * BUDGET + 3));
            scene.edge(ann);
            for _ in 0..3 {
                scene.turn()?;
                scene.read_at_most(ann, BUDGET)?;
            }
            scene.heard(ann, &"x".repeat(2 * BUDGET + 3), 0)
        });
}

#[test]
fn of_two_who_are_left_over_none_is_forgotten() {
    check("11", "Whose turn is it")
        .because("Any number of clients may be left over, not one.")
        .run(|log| {
            let mut scene = Scene::new(log);
            let all = ["ann", "bob", "carl"].map(|name| scene.add(name));
            for client in all {
                let client = client?;
                scene.waits(client, pieces(2 * BUDGET + 3));
                scene.edge(client);
            }
            (0..3).try_for_each(|_| scene.turn())?;
            let due = "x".repeat(2 * BUDGET + 3);
            let all: Vec<_> = scene.all.keys().copied().collect();
            all.iter().try_for_each(|client| scene.heard(*client, &due, 0))
        });
}

#[test]
fn while_somebody_is_left_over_nobody_waits() {
    check("11", "Whose turn is it")
        .because(
            "There is work to do, so ask the poller with a time-out of zero. \
             When all are drained, wait for as long as the caller says: \
             zero, turn after turn, would be a loop that spins.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, pieces(BUDGET + 3));
            scene.edge(ann);
            (0..3).try_for_each(|_| scene.turn())?;
            scene.asked_with(&[LONG, NOT, LONG])
        });
}

#[test]
fn who_has_ended_is_not_left_over() {
    check("11", "Whose turn is it")
        .because(
            "The end came after the budget was used up once. Whoever is gone \
             is owed nothing, and the loop may wait again.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, pieces(BUDGET + 3).chain([Step::End]));
            scene.edge(ann);
            (0..4).try_for_each(|_| scene.turn())?;
            scene.heard(ann, &"x".repeat(BUDGET + 3), 1)?;
            scene.asked_with(&[LONG, NOT, LONG, LONG])
        });
}

#[test]
fn a_new_edge_is_served_beside_those_left_over() {
    check("11", "Whose turn is it")
        .because(
            "Ann is left over in every turn. If you serve those who are left \
             over before you ask the poller, nobody else has a turn.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            let bob = scene.add("bob")?;
            scene.waits(ann, [Step::Flood]);
            scene.edge(ann);
            scene.turn()?;
            scene.waits(bob, [piece("hello")]);
            scene.edge(bob);
            scene.turn()?;
            scene.heard(bob, "hello", 0)
        });
}

#[test]
fn left_over_and_with_an_edge_is_one_turn() {
    check("11", "Whose turn is it")
        .because(
            "Ann is left over, and more has arrived: there is an edge as \
             well. That makes her ready, and not twice.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let ann = scene.add("ann")?;
            scene.waits(ann, [Step::Flood]);
            scene.edge(ann);
            scene.turn()?;
            scene.edge(ann);
            scene.turn()?;
            scene.read_at_most(ann, BUDGET)
        });
}

#[test]
fn with_epoll_itself_every_byte_is_heard() {
    check("11", "Level and edge")
        .because(
            "These are clients over TCP, and the kernel's own edges: one has \
             sent much and one little, both before they were registered, and \
             one sends later.",
        )
        .run(|log| {
            let epoll = Box::new(Epoll::edge_triggered()?);
            let mut clients = Clients::new(epoll);
            let (mut due, mut heard) = (BTreeMap::new(), BTreeMap::new());
            for length in [60_000, 7] {
                let (mut peer, stream) = peer::connection()?;
                let stream = number::ascending(stream)?;
                stream.set_nonblocking(true)?;
                sends(&mut peer, length)?;
                peer::arrives(&stream, length)?;
                due.insert(clients.add(stream)?, Sum { length, ends: 1 });
            }
            let (mut late, stream) = peer::connection()?;
            let stream = number::ascending(stream)?;
            stream.set_nonblocking(true)?;
            let length = 5_000;
            due.insert(clients.add(stream)?, Sum { length, ends: 1 });
            epoll_turn(&mut clients, &mut heard)?;
            sends(&mut late, length)?;
            let mut in_vain = 0;
            while heard != due && in_vain < 6 {
                let before = heard.clone();
                epoll_turn(&mut clients, &mut heard)?;
                in_vain += usize::from(heard == before);
            }
            log.note("asked", "how many bytes and ends came of each", "");
            let told = |all: BTreeMap<RawFd, Sum>| {
                let one =
                    |sum: &Sum| format!("{} and {}", sum.length, sum.ends);
                let all: Vec<_> = all.values().map(one).collect();
                Told(all.join(", "))
            };
            log.expect(told(due), told(heard))
        });
}

/// What came of a client.
#[derive(Clone, Default, PartialEq)]
struct Sum {
    length: usize,
    ends: usize,
}

/// So many bytes, and then the end.
fn sends(peer: &mut TcpStream, length: usize) -> io::Result<()> {
    peer.write_all(&vec![b'z'; length])?;
    peer.shutdown(Shutdown::Write)
}

fn epoll_turn(
    clients: &mut Clients<TcpStream>,
    heard: &mut BTreeMap<RawFd, Sum>,
) -> io::Result<()> {
    let moment = Some(Duration::from_millis(50));
    clients.turn(moment, &mut |fd, bytes| {
        let sum = heard.entry(fd).or_default();
        sum.length += bytes.len();
        sum.ends += usize::from(bytes.is_empty());
    })
}
