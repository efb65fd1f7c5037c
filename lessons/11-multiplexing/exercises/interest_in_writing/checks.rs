//! What goes out when, and what the poller is told.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;
use std::time::Duration;

use lesson_multiplexing::{Interest, Mechanism, Poll, Poller};
use socket2::SockRef;
use support::check::{Broken, Log, Told, check, give_up};
use support::peer;
use support::poller::{Call, Seen, Watched};

use super::exercise::*;

const NOT: Option<Duration> = Some(Duration::ZERO);
const READ: Interest = Interest::READ;

fn both() -> Interest {
    Interest::READ | Interest::WRITE
}

/// A socket that takes as much as the check gives it room for.
struct Narrow {
    wire: Rc<RefCell<Wire>>,
    /// So that it has a descriptor.
    stream: TcpStream,
}

#[derive(Default)]
struct Wire {
    room: usize,
    taken: Vec<u8>,
    calls: usize,
    /// The next write fails with this, or takes 0 bytes.
    trouble: Option<Option<ErrorKind>>,
}

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.wire.borrow_mut();
        wire.calls += 1;
        if wire.calls > 1_000 {
            give_up("write is called again and again, without end");
        }
        if let Some(trouble) = wire.trouble {
            // A signal comes once, the rest stays as it is.
            if trouble == Some(ErrorKind::Interrupted) {
                wire.trouble = None;
            }
            return trouble.map_or(Ok(0), |kind| Err(kind.into()));
        }
        let count = bytes.len().min(wire.room);
        if count == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        wire.room -= count;
        wire.taken.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Narrow {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The learner's outbox for such a socket, and a poller that notes its calls.
struct Scene<'a> {
    log: &'a Log,
    outbox: Outbox<Narrow>,
    wire: Rc<RefCell<Wire>>,
    poller: Watched,
    seen: Rc<RefCell<Seen>>,
    _peer: TcpStream,
}

fn scene(log: &Log) -> io::Result<Scene<'_>> {
    let (_peer, stream) = peer::connection()?;
    let wire: Rc<RefCell<Wire>> = Rc::default();
    let narrow = Narrow { wire: Rc::clone(&wire), stream };
    let (mut poller, seen) = Watched::new(Poll::new());
    let outbox = Outbox::new(narrow, &mut poller)?;
    Ok(Scene { log, outbox, wire, poller, seen, _peer })
}

impl Scene<'_> {
    fn room(&mut self, bytes: usize) {
        let unit = if bytes == 1 { "byte" } else { "bytes" };
        self.log.note("given", format!("room for {bytes} {unit}"), "");
        self.wire.borrow_mut().room = bytes;
    }

    fn trouble(&mut self, what: Option<ErrorKind>) {
        self.wire.borrow_mut().trouble = Some(what);
    }

    fn sends(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        self.log.sent(bytes, "by `send`");
        self.outbox.send(bytes, &mut self.poller).map_err(|e| e.kind())
    }

    fn writable(&mut self) -> Result<(), ErrorKind> {
        self.log.note("then", "`writable` is called", "");
        self.outbox.writable(&mut self.poller).map_err(|e| e.kind())
    }

    /// Claims that all went well.
    fn well(&self, got: Result<(), ErrorKind>) -> Result<(), Broken> {
        self.log.expect(Ok(()), got)
    }

    /// Claims that these bytes are out, all in all, and so many wait.
    fn out(&self, due: &[u8], waiting: usize) -> Result<(), Broken> {
        self.log.note("asked", "which bytes the socket has taken", "");
        self.log.expect(due.to_vec(), self.wire.borrow().taken.clone())?;
        self.log.note("asked", "waiting", "");
        self.log.expect(waiting, self.outbox.waiting())
    }

    /// Claims that the poller was told these interests, one after the other.
    fn told(&self, due: &[Interest]) -> Result<(), Broken> {
        let interest = |call: &Call| match call {
            Call::Register(_, interest) | Call::Modify(_, interest) => {
                in_words(*interest)
            }
            Call::Unregister(_) => "nothing: unregistered",
        };
        let got: Vec<_> =
            self.seen.borrow().calls.iter().map(interest).collect();
        let due: Vec<_> = due.iter().copied().map(in_words).collect();
        self.log.note("asked", "what the poller was told to watch for", "");
        self.log.expect(Told(due.join(", then ")), Told(got.join(", then ")))
    }
}

fn in_words(interest: Interest) -> &'static str {
    match interest {
        READ => "READ",
        Interest::WRITE => "WRITE",
        Interest::NONE => "NONE",
        other if other == both() => "READ and WRITE",
        _ => "something else",
    }
}

#[test]
fn what_fits_is_sent_at_once() {
    check("11", "Interest in writing")
        .because(
            "The socket has room now. Write first, and ask for room when \
             there was none: most of the time, that is never.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(100);
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            scene.out(b"hello", 0)
        });
}

#[test]
fn nobody_asks_for_room_that_is_not_needed() {
    check("11", "Interest in writing")
        .because(
            "Nothing waits. A poller that watches for WRITE all the same \
             answers at once, each time: the loop spins.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.told(&[READ])?;
            scene.room(100);
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            scene.told(&[READ])
        });
}

#[test]
fn what_does_not_fit_waits() {
    check("11", "Interest in writing")
        .because(
            "A write takes what there is room for, and says how many bytes \
             that was. The others wait, each once.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(3);
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            scene.out(b"hel", 2)
        });
}

#[test]
fn while_something_waits_the_poller_watches_for_both() {
    check("11", "Interest in writing")
        .because(
            "Without WRITE nobody tells you when there is room, and the rest \
             waits for ever. Without READ you don't hear the client any \
             more: a modify replaces what was asked for before.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(3);
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            scene.told(&[READ, both()])
        });
}

#[test]
fn with_room_the_rest_goes_out() {
    check("11", "Interest in writing")
        .because(
            "The poller says that there is room. It may be for a part again: \
             then the rest goes on waiting.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(1);
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            for (room, out, waiting) in
                [(2, "hel", 2), (1, "hell", 1), (9, "hello", 0)]
            {
                scene.room(room);
                let written = scene.writable();
                scene.well(written)?;
                scene.out(out.as_bytes(), waiting)?;
            }
            Ok(())
        });
}

#[test]
fn when_nothing_waits_the_interest_ends() {
    check("11", "Interest in writing")
        .because(
            "All is out, and there is room: from now on the poller would \
             tell you so without end. Take the interest back when nothing \
             waits, and not before.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(3);
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            scene.room(1);
            let written = scene.writable();
            scene.well(written)?;
            scene.told(&[READ, both()])?;
            scene.room(100);
            let written = scene.writable();
            scene.well(written)?;
            scene.told(&[READ, both(), READ])
        });
}

#[test]
fn the_poller_is_told_of_changes_only() {
    check("11", "Interest in writing")
        .because(
            "With epoll each modify is a system call. Remember what you have \
             told, and say nothing twice.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(3);
            for _ in 0..3 {
                let sent = scene.sends(b"hello");
                scene.well(sent)?;
            }
            scene.told(&[READ, both()])?;
            scene.room(100);
            for _ in 0..3 {
                let written = scene.writable();
                scene.well(written)?;
            }
            scene.told(&[READ, both(), READ])
        });
}

#[test]
fn what_is_sent_later_goes_behind_what_waits() {
    check("11", "A write queue")
        .because(
            "There was room again, and you wrote the new bytes at once. They \
             have overtaken those that waited: TCP keeps the order of your \
             writes, and you have to keep that of your bytes.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(3);
            let sent = scene.sends(b"hello, ");
            scene.well(sent)?;
            scene.room(100);
            let sent = scene.sends(b"world");
            scene.well(sent)?;
            let written = scene.writable();
            scene.well(written)?;
            scene.out(b"hello, world", 0)
        });
}

#[test]
fn a_signal_loses_nothing() {
    check("10", "Interrupted")
        .because(
            "EINTR says that nothing was written. It is no error: the same \
             bytes are written again.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(100);
            scene.trouble(Some(ErrorKind::Interrupted));
            log.note("given", "a signal during the first write", "");
            let sent = scene.sends(b"hello");
            scene.well(sent)?;
            let written = scene.writable();
            scene.well(written)?;
            scene.out(b"hello", 0)
        });
}

#[test]
fn nothing_to_send_is_nothing_to_do() {
    check("11", "Interest in writing")
        .because(
            "Of no bytes a write takes 0, which says nothing. Don't make the \
             call, and ask for no room.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.room(100);
            let sent = scene.sends(b"");
            scene.well(sent)?;
            let written = scene.writable();
            scene.well(written)?;
            scene.told(&[READ])?;
            scene.out(b"", 0)
        });
}

#[test]
fn an_error_goes_to_the_caller() {
    check("04", "Broken pipe")
        .because(
            "The peer is gone, and nothing will ever be taken. Whoever \
             hides that keeps a dead connection, and its bytes, for ever.",
        )
        .run(|log| {
            let gone = ErrorKind::BrokenPipe;
            let mut waits = scene(log)?;
            waits.room(3);
            let sent = waits.sends(b"hello");
            waits.well(sent)?;
            waits.trouble(Some(gone));
            log.note("given", "the peer is gone: BrokenPipe", "");
            let got = waits.writable();
            log.expect(Err(gone), got)?;
            let mut empty = scene(log.afresh())?;
            empty.trouble(Some(gone));
            log.note("given", "the peer is gone, and nothing waits", "");
            let got = empty.sends(b"hello");
            log.expect(Err(gone), got)
        });
}

#[test]
fn a_write_of_nothing_is_an_error() {
    check("04", "A send may be short")
        .because(
            "A write that takes 0 of some bytes, and says neither WouldBlock \
             nor anything else, may do so for ever. `write_all` in std calls \
             it WriteZero.",
        )
        .run(|log| {
            let mut scene = scene(log)?;
            scene.trouble(None);
            log.note("given", "a writer that takes 0 bytes", "");
            let got = scene.sends(b"hello");
            log.expect(Err(ErrorKind::WriteZero), got)
        });
}

#[test]
fn all_arrives_and_no_wake_up_is_in_vain() {
    check("11", "Interest in writing")
        .because(
            "Each time the poller says that there is room, something must \
             go out. When all is out, it must say nothing any more.",
        )
        .run(|log| {
            for mechanism in Mechanism::ALL {
                let what = format!("a slow reader, 300,000 bytes: {mechanism}");
                log.afresh().note("given", what, "");
                arrives(log, mechanism)?;
            }
            Ok(())
        });
}

/// Sends to a peer that reads little at a time, and counts the wake-ups.
fn arrives(log: &Log, mechanism: Mechanism) -> Result<(), Broken> {
    let (mut peer, stream) = peer::connection()?;
    stream.set_nonblocking(true)?;
    SockRef::from(&stream).set_send_buffer_size(4_096)?;
    let mut poller = mechanism.poller()?;
    let mut outbox = Outbox::new(stream, &mut *poller)?;
    let bytes: Vec<u8> = (0..300_000u32).map(|n| (n / 251) as u8).collect();
    for part in bytes.chunks(7_000) {
        outbox.send(part, &mut *poller)?;
    }
    let (mut heard, mut events) = (Vec::<u8>::new(), Vec::new());
    let mut in_vain = 0;
    peer.set_nonblocking(true)?;
    while heard.len() < bytes.len() && in_vain < 10 {
        let wait = match hear(&mut peer, &mut heard)? {
            0 => Some(Duration::from_millis(50)),
            _ => NOT,
        };
        poller.wait(wait, &mut events)?;
        in_vain += usize::from(wait != NOT && events.is_empty());
        let before = outbox.waiting();
        if events.iter().any(|event| event.ready.can_write()) {
            in_vain = 0;
            outbox.writable(&mut *poller)?;
            if outbox.waiting() >= before {
                return log.broken("woken up to write, and nothing went out");
            }
        }
    }
    log.note("asked", "how many bytes the peer has heard", "");
    log.expect(bytes.len(), heard.len())?;
    log.note("asked", "whether they are the same", "");
    log.expect(true, heard == bytes)?;
    poller.wait(NOT, &mut events)?;
    log.note("asked", "how many events come when all is out", "");
    log.expect(0, events.len())
}

/// Reads a little of what has come. How many bytes.
fn hear(peer: &mut TcpStream, heard: &mut Vec<u8>) -> io::Result<usize> {
    let mut room = [0; 10_000];
    match peer.read(&mut room) {
        Ok(count) => {
            heard.extend(&room[..count]);
            Ok(count)
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        Err(error) => Err(error),
    }
}
