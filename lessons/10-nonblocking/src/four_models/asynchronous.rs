//! Asynchronous: the reads are asked for, and go on by themselves. When one
//! is done, the bytes are in the program's buffer already.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use lesson_nonblocking::Event;
use lesson_nonblocking::asleep::{Call, sleeps_some_thread, until};

use super::aio::{Request, suspend};
use super::scene::{Counts, Model, NAMES, PEERS, PROGRAM, Scene, heard};
use crate::timeline::State;

/// The lanes of the C library's threads, each with the read of one peer.
const READS: [&str; 3] = ["aio a", "aio b", "aio c"];

/// The program's, theirs, and the peers'.
const LANES: &[&str] =
    &[PROGRAM, READS[0], READS[1], READS[2], PEERS[0], PEERS[1], PEERS[2]];

/// Asked for at once, and fetched when done.
#[derive(Default)]
pub struct Asynchronous {
    /// The program has done its other work.
    worked: Event,
}

impl Model for Asynchronous {
    fn label(&self) -> &'static str {
        "asynchronous"
    }

    fn title(&self) -> &'static str {
        "reads are asked for, and done elsewhere"
    }

    fn lanes(&self) -> &'static [&'static str] {
        LANES
    }

    // ANCHOR: serve
    fn serve(&self, scene: &Scene) -> io::Result<Counts> {
        let mut requests = Vec::new();
        for (peer, socket) in scene.sockets.iter().enumerate() {
            requests.push((peer, Request::read(socket.as_fd(), 64)?));
            let call = format!("aio_read {}", NAMES[peer]);
            let note = "asked for";
            scene.log.add(PROGRAM, &call, State::Done, note, SUBMITTED);
        }
        scene.log.add(PROGRAM, "works", State::Runs, "on something else", RUNS);
        self.work();
        let (mut calls, mut served) = (requests.len(), Vec::new());
        while !requests.is_empty() {
            let all: Vec<_> = requests.iter().map(|(_, each)| each).collect();
            suspend(&all)?;
            let (peer, bytes) = first_done(&mut requests)?;
            tell(scene, peer, &bytes)?;
            calls += 2;
            served.push(NAMES[peer]);
            if !requests.is_empty() {
                let call = "aio_suspend";
                scene.log.add(PROGRAM, call, State::Waits, "waits", WAITS);
            }
        }
        Ok(Counts::new(calls, served.len() - 1, served))
    }
    // ANCHOR_END: serve

    fn until_it_waits(&self, scene: &Scene) -> io::Result<()> {
        if !self.has_worked() {
            scene.until_told(PROGRAM, State::Runs)?;
            return threads_wait(scene);
        }
        scene.until_told(PROGRAM, State::Waits)?;
        scene.until_asleep_in(Call::Futex)
    }

    fn until_it_has_heard(&self, scene: &Scene, peer: usize) -> io::Result<()> {
        if !self.has_worked() {
            until_read(scene, peer)?;
            told_of_read(scene, peer);
            self.worked.set();
        }
        scene.until_taken(peer)
    }
}

impl Asynchronous {
    /// Keeps a core busy until a read is done. Nobody wakes it.
    fn work(&self) {
        while !self.has_worked() {
            std::hint::spin_loop();
        }
    }

    fn has_worked(&self) -> bool {
        self.worked.wait(Duration::ZERO)
    }
}

// ANCHOR: first_done
/// Takes the first request that is done out of the list.
fn first_done(
    requests: &mut Vec<(usize, Request)>,
) -> io::Result<(usize, Vec<u8>)> {
    for place in 0..requests.len() {
        let (peer, request) = &mut requests[place];
        if let Some(bytes) = request.take()? {
            let peer = *peer;
            requests.remove(place);
            return Ok((peer, bytes));
        }
    }
    Err(io::Error::other("aio_suspend returned, and none is done"))
}
// ANCHOR_END: first_done

/// Waits until each read has a thread that sleeps in it, and tells.
fn threads_wait(scene: &Scene) -> io::Result<()> {
    for (peer, socket) in scene.sockets.iter().enumerate() {
        let asleep = || sleeps_some_thread(Call::Read, socket.as_fd());
        until(asleep, || format!("no thread reads from {}", PEERS[peer]))?;
        let (call, note) = ("read", "a thread of the C library waits");
        scene.log.add(READS[peer], call, State::Waits, note, THREAD);
    }
    Ok(())
}

/// Waits until a thread has taken what the peer said: it was woken, and
/// nothing is left.
fn until_read(scene: &Scene, peer: usize) -> io::Result<()> {
    let socket = scene.sockets[peer].as_fd();
    let gone = || {
        let asleep = sleeps_some_thread(Call::Read, socket)?;
        Ok(!asleep && !scene.has_something(peer)?)
    };
    until(gone, || format!("no thread has read from {}", PEERS[peer]))
}

fn told_of_read(scene: &Scene, peer: usize) {
    let note = "\"hello\", into the program's buffer";
    scene.log.add(READS[peer], "read", State::Done, note, READ);
    scene.log.took(PEERS[peer]);
}

/// Tells what the program got, and of the read behind it.
fn tell(scene: &Scene, peer: usize, bytes: &[u8]) -> io::Result<()> {
    heard(bytes)?;
    if !scene.log.has_taken(PEERS[peer]) {
        told_of_read(scene, peer);
    }
    let note = format!("{} is done", NAMES[peer]);
    scene.log.add(PROGRAM, "aio_suspend", State::Done, &note, DONE);
    scene.took("aio_return", peer, bytes, TOOK)
}

const SUBMITTED: &str = "The program says what it wants read, and into which \
    buffer. The call returns at once.";
const RUNS: &str = "Nothing keeps the program. It does what it has to do, \
    and the reads go on.";
const THREAD: &str = "Somebody has to wait. On Linux the C library starts a \
    thread for each, which sleeps in read(2).";
const READ: &str = "The bytes are in the program's own buffer, and the \
    program had no part in it.";
const WAITS: &str = "The program has nothing else to do, and sleeps until \
    one of its requests is done.";
const DONE: &str = "Not \u{201c}ready\u{201d} but \u{201c}done\u{201d}: \
    the read has happened.";
const TOOK: &str = "aio_return says how many bytes were read. They needn't \
    be fetched any more.";
