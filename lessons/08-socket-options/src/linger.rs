//! What close does with bytes that are still on their way: SO_LINGER,
//! socket(7); RFC 9293, section 3.10.4.
//!
//! ```text
//! off        close returns at once, the kernel goes on sending, then FIN
//! on, 0 s    close throws away what hasn't been sent: RST
//! on, n s    close waits for the acknowledgement, n seconds at most
//! ```

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use lab::Capture;
use lesson_tcp::state::{State, await_state};
use lesson_tcp::{local, recv};
use narrator::{explain, line, say};
use nix::unistd::close;
use socket2::Socket;

use crate::scene::{BOB, Scene, Segment};

/// The four ways to close.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/linger.snap");
    let Some(mut scene) = Scene::open(capture, RECORDED)? else {
        return Ok(());
    };
    let listener = scene.listen()?;
    in_the_background(&mut scene, &listener)?;
    line("");
    abortively(&mut scene, &listener)?;
    line("");
    waiting(&mut scene, &listener)?;
    line("");
    in_vain(&mut scene, &listener)?;
    scene.end()
}

// ANCHOR: off
/// As a socket is at first.
fn in_the_background(scene: &mut Scene, listener: &Socket) -> io::Result<()> {
    let (alice, bob) = scene.meet(listener)?;
    let at_first = alice.linger()?.map_or("off", |_| "on");
    say("alice", "getsockopt", format_args!("SO_LINGER: {at_first}"));
    send(&alice, "good ")?;
    send(&alice, "bye")?;
    close(alice)?;
    say("alice", "close", "returns, and nothing has arrived yet");
    // Nagle: the second waits for the first's acknowledgement.
    pass(scene, true)?;
    pass(scene, false)?;
    pass(scene, true)?;
    receive(&bob, 8)?;
    receive(&bob, 0)
}
// ANCHOR_END: off

// ANCHOR: abort
/// On, with zero seconds.
fn abortively(scene: &mut Scene, listener: &Socket) -> io::Result<()> {
    let (alice, bob) = scene.meet(listener)?;
    set(&alice, 0)?;
    send(&alice, "good ")?;
    send(&alice, "bye")?;
    let (here, there) = (local(&alice)?, BOB);
    close(alice)?;
    say("alice", "close", "returns");
    pass(scene, true)?;
    pass(scene, true)?;
    receive(&bob, 5)?;
    if let Err(error) = recv(&bob, &mut [0; 64]) {
        say("bob", "recv", explain(&error));
    }
    let enter = || await_state(here, there, State::Closed);
    let state = scene.alice.enter(enter)?;
    say("kernel", "state", format_args!("alice {state}: no TIME-WAIT"));
    Ok(())
}
// ANCHOR_END: abort

// ANCHOR: wait
/// On, with ten seconds, and bob's kernel acknowledges.
fn waiting(scene: &mut Scene, listener: &Socket) -> io::Result<()> {
    let (alice, bob) = scene.meet(listener)?;
    set(&alice, 10)?;
    send(&alice, "good bye")?;
    // close waits, so it gets a thread of its own.
    let closing = thread::spawn(move || close(alice));
    say("alice", "close", "begins");
    pass(scene, true)?;
    let fin = pass(scene, true)?;
    let waits = if closing.is_finished() { "has returned" } else { "waits" };
    say("alice", "close", waits);
    acknowledge(scene, &fin)?;
    let closed = closing.join();
    closed.map_err(|_| io::Error::other("close panicked"))??;
    say("alice", "close", "returns; bob's program has read nothing yet");
    receive(&bob, 8)
}
// ANCHOR_END: wait

// ANCHOR: vain
/// On, with one second, and nothing gets through.
fn in_vain(scene: &mut Scene, listener: &Socket) -> io::Result<()> {
    let (alice, _bob) = scene.meet(listener)?;
    set(&alice, 1)?;
    send(&alice, "good bye")?;
    let began = Instant::now();
    let outcome = match close(alice) {
        Ok(()) => "no error".into(),
        Err(error) => explain(&error.into()),
    };
    let waited = match began.elapsed() >= Duration::from_secs(1) {
        true => "after 1 s",
        false => "early",
    };
    say("alice", "close", format_args!("returns {waited}: {outcome}"));
    let (here, there) = (scene.client(), BOB);
    let enter = || await_state(here, there, State::FinWait1);
    let state = scene.alice.enter(enter)?;
    say("kernel", "state", format_args!("alice {state}: it goes on trying"));
    Ok(())
}
// ANCHOR_END: vain

fn set(alice: &Socket, seconds: u64) -> io::Result<()> {
    alice.set_linger(Some(Duration::from_secs(seconds)))?;
    say("alice", "setsockopt", format_args!("SO_LINGER: on, {seconds} s"));
    Ok(())
}

fn send(alice: &Socket, text: &str) -> io::Result<()> {
    alice.send(text.as_bytes())?;
    say("alice", "send", format_args!("\"{text}\""));
    Ok(())
}

/// Lets the next segment arrive, and tells of it.
fn pass(scene: &mut Scene, from_alice: bool) -> io::Result<Segment> {
    let (frame, segment) = scene.next(from_alice)?;
    scene.pass(frame)?;
    let way = if from_alice { "alice → bob" } else { "bob → alice" };
    say("wire", "carries", format_args!("{way}: {}", segment.name()));
    Ok(segment)
}

/// Lets bob's acknowledgements arrive, up to that of alice's FIN, which is
/// told: there may be one of the data before it.
fn acknowledge(scene: &mut Scene, fin: &Segment) -> io::Result<()> {
    loop {
        let (frame, segment) = scene.next(false)?;
        scene.pass(frame)?;
        if segment.ack == fin.seq.wrapping_add(fin.count) {
            say("wire", "carries", "bob → alice: ACK of the FIN");
            return Ok(());
        }
    }
}

fn receive(bob: &Socket, due: usize) -> io::Result<()> {
    lesson_tcp::arrived(bob, due.max(1))?;
    let mut buffer = [0; 64];
    match recv(bob, &mut buffer)? {
        0 => say("bob", "recv", "0 bytes: the end"),
        count => {
            let text = buffer[..count].escape_ascii();
            say("bob", "recv", format_args!("{count} bytes: \"{text}\""));
        }
    }
    Ok(())
}
