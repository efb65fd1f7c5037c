//! What close does with bytes that are still on their way: SO_LINGER,
//! socket(7); RFC 9293, section 3.10.4.
//!
//! ```text
//! off        close returns at once, the kernel goes on sending, then FIN
//! on, 0 s    close throws away what hasn't been sent: RST
//! on, n s    close waits for the acknowledgement, n seconds at most
//!            (a signal ends the wait, too)
//! ```

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use lab::Capture;
use lesson_tcp::state::{State, await_state};
use lesson_tcp::{arrived, recv};
use narrator::{explain, line, say};
use nix::unistd::close;
use socket2::Socket;

use crate::scene::{BOB, Scene, Segment};

/// One way to close, and whether the wait of its close was left alone. A
/// signal would end it, SIGSTOP and SIGCONT too.
type Part = fn(&mut Scene, &Socket, &mut Story) -> io::Result<bool>;

/// How often a part is tried whose close was disturbed.
const ATTEMPTS: usize = 20;

/// The four ways to close.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/linger.snap");
    let Some(mut scene) = Scene::open(capture, RECORDED)? else {
        return Ok(());
    };
    let listener = scene.listen()?;
    undisturbed(&mut scene, &listener, in_the_background)?.tell();
    line("");
    undisturbed(&mut scene, &listener, abortively)?.tell();
    line("");
    undisturbed(&mut scene, &listener, waiting)?.tell();
    line("");
    undisturbed(&mut scene, &listener, in_vain)?.tell();
    scene.end()
}

/// What is to be told of a part, once it is known to be undisturbed.
#[derive(Default)]
struct Story(Vec<(&'static str, &'static str, String)>);

impl Story {
    fn say(&mut self, who: &'static str, call: &'static str, what: &str) {
        self.0.push((who, call, what.into()));
    }

    fn tell(self) {
        for (who, call, what) in self.0 {
            say(who, call, what);
        }
    }
}

fn undisturbed(
    scene: &mut Scene,
    listener: &Socket,
    part: Part,
) -> io::Result<Story> {
    for _ in 0..ATTEMPTS {
        let mut story = Story::default();
        match part(scene, listener, &mut story) {
            Ok(true) => return Ok(story),
            Ok(false) => {}
            // On a busy machine alice may have retransmitted before she
            // closed. Then her FIN waits for an acknowledgement.
            Err(late) if late.kind() == io::ErrorKind::TimedOut => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("every close was disturbed: try on a quieter machine"))
}

// ANCHOR: off
/// As a socket is at first.
fn in_the_background(
    scene: &mut Scene,
    listener: &Socket,
    story: &mut Story,
) -> io::Result<bool> {
    let (alice, bob) = scene.meet(listener)?;
    let at_first = alice.linger()?.map_or("off", |_| "on");
    story.say("alice", "getsockopt", &format!("SO_LINGER: {at_first}"));
    send(&alice, "good ", story)?;
    send(&alice, "bye", story)?;
    close(alice)?;
    story.say("alice", "close", "returns, and nothing has arrived yet");
    // Nagle: the second waits for the first's acknowledgement.
    pass(scene, true, story)?;
    pass(scene, false, story)?;
    pass(scene, true, story)?;
    receive(&bob, 8, story)?;
    receive(&bob, 0, story)?;
    Ok(true)
}
// ANCHOR_END: off

// ANCHOR: abort
/// On, with zero seconds.
fn abortively(
    scene: &mut Scene,
    listener: &Socket,
    story: &mut Story,
) -> io::Result<bool> {
    let (alice, bob) = scene.meet(listener)?;
    set(&alice, 0, story)?;
    send(&alice, "good ", story)?;
    send(&alice, "bye", story)?;
    let here = scene.client();
    close(alice)?;
    story.say("alice", "close", "returns");
    pass(scene, true, story)?;
    pass(scene, true, story)?;
    receive(&bob, 5, story)?;
    if let Err(error) = recv(&bob, &mut [0; 64]) {
        story.say("bob", "recv", &explain(&error));
    }
    let enter = || await_state(here, BOB, State::Closed);
    let state = scene.alice.enter(enter)?;
    story.say("kernel", "state", &format!("alice {state}: no TIME-WAIT"));
    Ok(true)
}
// ANCHOR_END: abort

// ANCHOR: wait
/// On, with ten seconds, and bob's kernel acknowledges.
fn waiting(
    scene: &mut Scene,
    listener: &Socket,
    story: &mut Story,
) -> io::Result<bool> {
    let (alice, bob) = scene.meet(listener)?;
    set(&alice, 10, story)?;
    send(&alice, "good bye", story)?;
    // close waits, so it gets a thread of its own.
    let closing = thread::spawn(move || close(alice));
    story.say("alice", "close", "begins");
    pass(scene, true, story)?;
    let fin = pass(scene, true, story)?;
    let waits = !closing.is_finished();
    story.say("alice", "close", "waits");
    acknowledge(scene, &fin, story)?;
    let closed = closing.join();
    closed.map_err(|_| io::Error::other("close panicked"))??;
    let what = "returns; bob's program has read nothing yet";
    story.say("alice", "close", what);
    receive(&bob, 8, story)?;
    Ok(waits)
}
// ANCHOR_END: wait

// ANCHOR: vain
/// On, with one second, and nothing gets through.
fn in_vain(
    scene: &mut Scene,
    listener: &Socket,
    story: &mut Story,
) -> io::Result<bool> {
    let (alice, _bob) = scene.meet(listener)?;
    set(&alice, 1, story)?;
    send(&alice, "good bye", story)?;
    let began = Instant::now();
    let outcome = match close(alice) {
        Ok(()) => "no error".into(),
        Err(error) => explain(&error.into()),
    };
    let waited = began.elapsed() >= Duration::from_secs(1);
    let what = format!("returns after 1 s: {outcome}");
    story.say("alice", "close", &what);
    let (here, there) = (scene.client(), BOB);
    let enter = || await_state(here, there, State::FinWait1);
    let state = scene.alice.enter(enter)?;
    story.say("kernel", "state", &format!("alice {state}: it goes on trying"));
    Ok(waited)
}
// ANCHOR_END: vain

fn set(alice: &Socket, seconds: u64, story: &mut Story) -> io::Result<()> {
    alice.set_linger(Some(Duration::from_secs(seconds)))?;
    let what = format!("SO_LINGER: on, {seconds} s");
    story.say("alice", "setsockopt", &what);
    Ok(())
}

fn send(alice: &Socket, text: &str, story: &mut Story) -> io::Result<()> {
    alice.send(text.as_bytes())?;
    story.say("alice", "send", &format!("\"{text}\""));
    Ok(())
}

/// Lets the next segment arrive, and tells of it.
fn pass(
    scene: &mut Scene,
    from_alice: bool,
    story: &mut Story,
) -> io::Result<Segment> {
    let (frame, segment) = scene.next(from_alice)?;
    scene.pass(frame)?;
    let way = if from_alice { "alice → bob" } else { "bob → alice" };
    story.say("wire", "carries", &format!("{way}: {}", segment.name()));
    Ok(segment)
}

/// Lets bob's acknowledgements arrive, up to that of alice's FIN, which is
/// told: there may be one of the data before it.
fn acknowledge(
    scene: &mut Scene,
    fin: &Segment,
    story: &mut Story,
) -> io::Result<()> {
    loop {
        let (frame, segment) = scene.next(false)?;
        scene.pass(frame)?;
        if segment.ack == fin.seq.wrapping_add(fin.count) {
            story.say("wire", "carries", "bob → alice: ACK of the FIN");
            return Ok(());
        }
    }
}

fn receive(bob: &Socket, due: usize, story: &mut Story) -> io::Result<()> {
    arrived(bob, due.max(1))?;
    let mut buffer = [0; 64];
    let what = match recv(bob, &mut buffer)? {
        0 => "0 bytes: the end".into(),
        count => {
            let text = buffer[..count].escape_ascii();
            format!("{count} bytes: \"{text}\"")
        }
    };
    story.say("bob", "recv", &what);
    Ok(())
}
