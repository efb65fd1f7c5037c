//! A connection on which nobody speaks: SO_KEEPALIVE makes the kernel ask
//! whether the peer is still there. RFC 9293, section 3.8.4; tcp(7).
//!
//! ```text
//! idle TCP_KEEPIDLE   probe → ← ACK        … idle again, and so on
//!                     probe ✗
//!      TCP_KEEPINTVL  probe ✗              TCP_KEEPCNT of them, then
//!      TCP_KEEPINTVL  ETIMEDOUT
//! ```

use std::io;
use std::time::Duration;

use lab::Capture;
use lesson_osi_layers::tcp::Flags;
use lesson_tcp::recv;
use narrator::{explain, line, say};
use socket2::{Socket, TcpKeepalive};

use crate::scene::{Scene, Segment};

/// How many probes without an answer end the connection: TCP_KEEPCNT.
const PROBES: u32 = 2;

/// A probe that is answered, and probes that aren't.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/keepalive.snap");
    let Some(mut scene) = Scene::open(capture, RECORDED)? else {
        return Ok(());
    };
    let listener = scene.listen()?;
    let (alice, _bob) = scene.meet(&listener)?;
    tell("getsockopt", &alice)?;
    set(&alice)?;
    tell("setsockopt", &alice)?;
    line("");
    answered(&mut scene)?;
    line("");
    unanswered(&mut scene, &alice)?;
    scene.end()
}

// ANCHOR: set
/// The shortest times that the kernel takes.
fn set(socket: &Socket) -> io::Result<()> {
    let second = Duration::from_secs(1);
    let keepalive = TcpKeepalive::new()
        .with_time(second)
        .with_interval(second)
        .with_retries(PROBES);
    // Sets SO_KEEPALIVE, too.
    socket.set_tcp_keepalive(&keepalive)
}
// ANCHOR_END: set

fn tell(call: &str, socket: &Socket) -> io::Result<()> {
    let on = u8::from(socket.keepalive()?);
    say("alice", call, format_args!("SO_KEEPALIVE: {on}"));
    let idle = socket.tcp_keepalive_time()?.as_secs();
    say("alice", call, format_args!("TCP_KEEPIDLE: {idle} s"));
    let interval = socket.tcp_keepalive_interval()?.as_secs();
    say("alice", call, format_args!("TCP_KEEPINTVL: {interval} s"));
    let probes = socket.tcp_keepalive_retries()?;
    say("alice", call, format_args!("TCP_KEEPCNT: {probes}"));
    Ok(())
}

/// Neither program says a word, and the kernels talk.
fn answered(scene: &mut Scene) -> io::Result<()> {
    let (frame, segment) = scene.next(true)?;
    scene.pass(frame)?;
    say("wire", "carries", format_args!("alice → bob: {}", probe(&segment)));
    let (frame, segment) = scene.next(false)?;
    scene.pass(frame)?;
    say("wire", "carries", format_args!("bob → alice: {}", segment.name()));
    say("alice", "kernel", "bob is there");
    Ok(())
}

// ANCHOR: unanswered
/// The cable is cut. Alice's program waits in recv, and learns of it.
fn unanswered(scene: &mut Scene, alice: &Socket) -> io::Result<()> {
    line("The cable is cut.");
    for _ in 0..PROBES {
        let (frame, segment) = scene.next(true)?;
        scene.lose(frame);
        say("wire", "loses", format_args!("alice → bob: {}", probe(&segment)));
    }
    match recv(alice, &mut [0; 1]) {
        Err(error) => say("alice", "recv", explain(&error)),
        Ok(_) => return Err(io::Error::other("bob is still there")),
    }
    loop {
        let (frame, segment) = scene.next(true)?;
        scene.lose(frame);
        if segment.flags.has(Flags::RST) {
            let what = format!("alice → bob: {}", segment.name());
            say("wire", "loses", what);
            return Ok(());
        }
    }
}
// ANCHOR_END: unanswered

/// An old number and no data: the peer can't but answer it with an ACK.
fn probe(segment: &Segment) -> String {
    match segment.count {
        0 => format!("a probe, {} without data", segment.name()),
        _ => segment.name(),
    }
}
