//! Whom an event must reach, and whom not.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use lesson_multiplexing::{Epoll, Event, Mechanism, Poll, Readiness};
use support::check::{Broken, Log, Told, check};
use support::poller::Watched;
use support::{memory, number, peer};

use super::exercise::*;

const NOT: Option<Duration> = Some(Duration::ZERO);
const SOME_TIME: Option<Duration> = Some(peer::PATIENCE);

fn with(mechanism: Mechanism) -> io::Result<Connections<&'static str>> {
    Ok(Connections::new(mechanism.poller()?))
}

/// Registers one end of a connection. The other, and its number.
fn join(
    connections: &mut Connections<&'static str>,
    name: &'static str,
) -> io::Result<(TcpStream, RawFd)> {
    let (peer, stream) = peer::connection()?;
    Ok((peer, connections.register(stream, name)?))
}

/// The same, its descriptor being the lowest free one from `least` on.
fn join_at(
    connections: &mut Connections<&'static str>,
    name: &'static str,
    least: RawFd,
) -> io::Result<(TcpStream, RawFd)> {
    let (peer, stream) = peer::connection()?;
    let stream = number::at_least(least, stream)?;
    Ok((peer, connections.register(stream, name)?))
}

/// Waits until this many events have come in one batch.
fn batch(
    connections: &mut Connections<&'static str>,
    count: usize,
) -> io::Result<Vec<Event>> {
    let mut events = Vec::new();
    let end = Instant::now() + peer::PATIENCE;
    while events.len() != count && Instant::now() < end {
        connections.wait(SOME_TIME, &mut events)?;
    }
    Ok(events)
}

/// An event that no poller has given.
fn readable(fd: RawFd) -> Event {
    Event { fd, ready: Readiness::READABLE }
}

/// Claims whom an event is for.
fn is_for(
    log: &Log,
    connections: &mut Connections<&'static str>,
    event: Event,
    due: Option<&'static str>,
) -> Result<(), Broken> {
    let got = connections.get(event).map(|(_, name)| *name);
    log.expect(due, got)
}

#[test]
fn an_event_finds_its_connection() {
    check("11", "From a descriptor to its connection")
        .because(
            "The poller gives a number. The map gives the stream to read \
             from, and what belongs to it.",
        )
        .run(|log| {
            for mechanism in Mechanism::ALL {
                log.afresh().note(
                    "given",
                    format!("ann, bob: {mechanism}"),
                    "",
                );
                let mut connections = with(mechanism)?;
                let (_ann, _) = join(&mut connections, "ann")?;
                let (mut bob, _) = join(&mut connections, "bob")?;
                bob.write_all(b"hello")?;
                log.sent("hello", "by bob");
                let events = batch(&mut connections, 1)?;
                log.note("asked", "whom each event is for", "");
                log.expect(1, events.len())?;
                let Some((stream, name)) = connections.get(events[0]) else {
                    return log.broken("nobody");
                };
                log.expect("bob", *name)?;
                log.note("asked", "what its stream gives", "");
                peer::hears(log, stream, b"hello")?;
            }
            Ok(())
        });
}

#[test]
fn what_belongs_to_a_connection_stays_with_it() {
    check("11", "From a descriptor to its connection")
        .because(
            "Half a line came with this event, and the rest comes with a \
             later one. `get` lends what is in the map; it gives no copy.",
        )
        .run(|log| {
            let mut connections = with(Mechanism::Epoll)?;
            let (mut ann, fd) = join(&mut connections, "half a line")?;
            ann.write_all(b"x")?;
            for event in batch(&mut connections, 1)? {
                if let Some((_, object)) = connections.get(event) {
                    *object = "the whole line";
                }
            }
            log.note("given", "an object that was changed through `get`", "");
            log.note("asked", "what `remove` gives", "");
            let got = connections.remove(fd).map_err(|e| e.kind());
            log.expect(Ok(Some("the whole line")), got)
        });
}

#[test]
fn a_number_that_nobody_has_is_nobody() {
    check("11", "From a descriptor to its connection")
        .because(
            "An event may be late, and a number can be anything. Ask the \
             map, and say `None`: an index panics.",
        )
        .run(|log| {
            let mut connections = with(Mechanism::Epoll)?;
            let (_ann, fd) = join(&mut connections, "ann")?;
            connections.wait(NOT, &mut Vec::new())?;
            for fd in [fd + 1, 1_000_000, -1] {
                log.afresh().note("asked", format!("get, for {fd}"), "");
                is_for(log, &mut connections, readable(fd), None)?;
                log.afresh().note("asked", format!("remove, for {fd}"), "");
                let got = connections.remove(fd).map_err(|e| e.kind());
                log.expect(Ok(None), got)?;
            }
            Ok(())
        });
}

#[test]
fn what_is_removed_is_closed_and_given_back() {
    check("11", "From a descriptor to its connection")
        .because(
            "The peer waits for the end. A stream that is still in some map \
             or list is open.",
        )
        .run(|log| {
            let mut connections = with(Mechanism::Epoll)?;
            let (mut ann, fd) = join(&mut connections, "ann")?;
            let got = connections.remove(fd).map_err(|e| e.kind());
            log.note("asked", "what `remove` gives", "");
            log.expect(Ok(Some("ann")), got)?;
            connections.wait(NOT, &mut Vec::new())?;
            log.afresh().note("given", "ann is removed", "");
            log.note("asked", "what ann hears after the next `wait`", "");
            ann.set_read_timeout(Some(Duration::from_millis(300)))?;
            peer::hears_the_end(log, &mut ann)
        });
}

#[test]
fn what_is_removed_is_closed_before_the_next_wait() {
    check("11", "From a descriptor to its connection")
        .because(
            "The next wait may last an hour. Whatever is to be closed must \
             be closed when it begins.",
        )
        .run(|log| {
            let (poller, seen) = Watched::new(Epoll::new()?);
            let mut connections = Connections::new(Box::new(poller));
            let (mut ann, fd) = join(&mut connections, "ann")?;
            connections.remove(fd)?;
            ann.set_read_timeout(Some(Duration::from_millis(20)))?;
            let heard = Rc::new(RefCell::new(Err(io::ErrorKind::NotFound)));
            let hears = Rc::clone(&heard);
            seen.borrow_mut().before_wait = Some(Box::new(move || {
                *hears.borrow_mut() = ann.read(&mut [0]).map_err(|e| e.kind());
            }));
            log.note("given", "ann is removed, and a wait begins", "");
            connections.wait(NOT, &mut Vec::new())?;
            if *heard.borrow() == Ok(0) {
                return Ok(());
            }
            log.note("expected", "ann hears the end", "");
            log.broken("she hears nothing yet")
        });
}

#[test]
fn who_is_removed_twice_was_there_once() {
    check("11", "From a descriptor to its connection")
        .because("The second time nobody is there, which is no error.")
        .run(|log| {
            let mut connections = with(Mechanism::Epoll)?;
            let (_ann, fd) = join(&mut connections, "ann")?;
            connections.remove(fd)?;
            log.note("given", "ann is removed, and once more", "");
            let got = connections.remove(fd).map_err(|e| e.kind());
            log.expect(Ok(None), got)
        });
}

#[test]
fn what_is_removed_wakes_nobody() {
    check("11", "From a descriptor to its connection")
        .because(
            "The connection is removed, but somebody has a duplicate of its \
             descriptor, so it is open. Whoever only closes it has ghost \
             events from epoll, and POLLNVAL from poll. Take it off the \
             poller first.",
        )
        .run(|log| {
            for mechanism in Mechanism::ALL {
                log.afresh().note("given", mechanism.to_string(), "");
                let mut connections = with(mechanism)?;
                let (mut ann, stream) = peer::connection()?;
                let duplicate = stream.try_clone()?;
                let fd = connections.register(stream, "ann")?;
                connections.remove(fd)?;
                ann.write_all(b"boo")?;
                peer::arrives(&duplicate, 3)?;
                log.sent("boo", "by ann, who was removed");
                let mut events = Vec::new();
                connections.wait(NOT, &mut events)?;
                log.note("asked", "how many events come", "");
                log.expect(0, events.len())?;
            }
            Ok(())
        });
}

#[test]
fn a_number_given_again_finds_the_newcomer() {
    check("11", "From a descriptor to its connection")
        .because(
            "A number that was closed is given again, to the next \
             connection. In a later batch its events are the newcomer's.",
        )
        .run(|log| {
            for mechanism in Mechanism::ALL {
                let mut connections = with(mechanism)?;
                let (_old, fd) = join_at(&mut connections, "old", 500)?;
                connections.remove(fd)?;
                connections.wait(NOT, &mut Vec::new())?;
                let (mut new, again) = join_at(&mut connections, "new", 500)?;
                let what =
                    format!("old is removed, then new joins: {mechanism}");
                log.afresh().note("given", what, "");
                log.note("asked", "whether new has old's number", "");
                log.expect(fd, again)?;
                new.write_all(b"hello")?;
                log.sent("hello", "by new");
                log.note("asked", "whom the first event is for", "");
                let mut events = Vec::new();
                connections.wait(SOME_TIME, &mut events)?;
                log.expect(1, events.len())?;
                is_for(log, &mut connections, events[0], Some("new"))?;
                log.note("asked", "what `remove` gives", "");
                let got = connections.remove(fd).map_err(|e| e.kind());
                log.expect(Ok(Some("new")), got)?;
            }
            Ok(())
        });
}

#[test]
fn a_stale_event_of_the_batch_finds_nobody() {
    check("11", "From a descriptor to its connection")
        .because(
            "The event was fetched before its connection was removed. \
             Nobody is left whom it could be for.",
        )
        .run(|log| {
            let mut connections = with(Mechanism::Epoll)?;
            let (mut ann, fd) = join(&mut connections, "ann")?;
            let (mut bob, _) = join(&mut connections, "bob")?;
            ann.write_all(b"x")?;
            bob.write_all(b"y")?;
            let events = batch(&mut connections, 2)?;
            log.note("given", "a batch with an event of ann and of bob", "");
            connections.remove(fd)?;
            log.note("given", "ann is removed while it is worked through", "");
            for event in events {
                let ann = event.fd == fd;
                let name = if ann { "ann" } else { "bob" };
                let due = if ann { None } else { Some("bob") };
                log.note("asked", format!("get, for {name}'s event"), "");
                is_for(log, &mut connections, event, due)?;
            }
            Ok(())
        });
}

#[test]
fn a_stale_event_is_not_for_who_has_the_number_now() {
    check("11", "From a descriptor to its connection")
        .because(
            "A connection was removed, and a newcomer registered, in the \
             midst of a batch. An event that was fetched before isn't the \
             newcomer's, though it has its number. If it were a hang-up, \
             you would hang up on the wrong one.",
        )
        .run(|log| {
            for mechanism in Mechanism::ALL {
                let mut connections = with(mechanism)?;
                let (mut old, fd) = join_at(&mut connections, "old", 520)?;
                old.write_all(b"x")?;
                let events = batch(&mut connections, 1)?;
                connections.remove(fd)?;
                let (mut new, _) = join_at(&mut connections, "new", 520)?;
                let what = "a batch, in which old is removed and new joins";
                log.afresh().note("given", what, "");
                log.note("asked", "get, for the event that old had", "");
                for event in events {
                    is_for(log, &mut connections, event, None)?;
                }
                new.write_all(b"hello")?;
                log.sent("hello", "by new");
                log.note("asked", "get, for the event of the next batch", "");
                let mut events = Vec::new();
                connections.wait(SOME_TIME, &mut events)?;
                log.expect(1, events.len())?;
                is_for(log, &mut connections, events[0], Some("new"))?;
            }
            Ok(())
        });
}

#[test]
fn what_the_poller_refuses_is_not_there() {
    check("11", "From a descriptor to its connection")
        .because(
            "epoll refuses what can't be waited for, such as a file: EPERM. \
             It will never have an event, so it must not stay in the map.",
        )
        .run(|log| {
            let object = Rc::new(());
            let mut connections = Connections::new(Box::new(Epoll::new()?));
            let file = OwnedFd::from(File::open("/proc/self/exe")?);
            let file = number::at_least(540, TcpStream::from(file))?;
            let fd = file.as_raw_fd();
            log.note("given", "a file where a connection should be", "");
            let got = connections.register(file, Rc::clone(&object));
            let got = got.map(|_| ()).map_err(|e| e.kind());
            log.expect(Err(io::ErrorKind::PermissionDenied), got)?;
            log.note("asked", "get, for its number", "");
            connections.wait(NOT, &mut Vec::new())?;
            let got = connections.get(readable(fd)).is_some();
            log.expect(false, got)?;
            log.note("asked", "how often its object is kept", "");
            log.expect(0, Rc::strong_count(&object) - 1)
        });
}

#[test]
fn nothing_is_left_of_those_who_came_and_went() {
    check("11", "From a descriptor to its connection")
        .because(
            "A server runs for a year. Of a connection that is gone it \
             keeps no descriptor, no object and no entry.",
        )
        .run(|log| {
            let object = Rc::new(());
            let mut connections = Connections::new(Box::new(Poll::new()));
            let (_peer, stream) = peer::connection()?;
            let mut come_and_go = || -> io::Result<RawFd> {
                let stream = number::at_least(560, stream.try_clone()?)?;
                let fd = connections.register(stream, Rc::clone(&object))?;
                connections.remove(fd)?;
                connections.wait(NOT, &mut Vec::new())?;
                Ok(fd)
            };
            let first = come_and_go()?;
            let what = "500 connections, one after the other";
            log.note("given", what, "");
            let last = memory::within(log, 16 * 1024, || {
                (0..500).try_fold(first, |_, _| come_and_go())
            })??;
            log.note("asked", "the number of the last descriptor", "");
            log.expect(first, last)?;
            log.note("asked", "how many objects are kept", "");
            let kept = Rc::strong_count(&object) - 1;
            log.expect(Told("0".into()), Told(kept.to_string()))
        });
}
