//! A question to everybody, and an answer from each who has the service.
//! Nobody needs an address beforehand.
//!
//! ```text
//! alice  WHO 5f21 clock  → 10.0.0.255     bob, carol  HERE 5f21 … → alice
//! ```
//!
//! The messages and their checks are in `src/discovery.rs`. Start reading at
//! [`run`].

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};

use lab::{Capture, Plan};
use lesson_broadcast::discovery::{Question, gather};
use narrator::{line, say};

use crate::scene::{Ear, Hub, receive};

/// Where everybody listens for questions.
const PORT: u16 = 8888;
const EVERYBODY: SocketAddrV4 =
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 255), PORT);

/// What bob and carol have, and alice looks for.
const SERVICE: &str = "clock";

/// How long alice waits for answers, in milliseconds.
const WAIT: u64 = 300;

/// Two services are found; what doesn't belong to the question is ignored.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/discover.snap");
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let hub = Hub::open(&mut lab, Plan::new())?;
    let alice = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 7001);
    let alice = hub.ear(&hub.alice, alice)?;
    alice.socket.set_broadcast(true)?;
    let everywhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT);
    let bob = hub.ear(&hub.bob, everywhere)?;
    let carol = hub.ear(&hub.carol, everywhere)?;

    let question = Question { number: 0x5f21, service: SERVICE.into() };
    alice.send(&question.to_text(), EVERYBODY)?;
    hub.passes(&question.to_text())?;
    answer(&hub, &bob, 8001, 1)?;
    // Carol's answer is sent twice; a copy may come over any network.
    answer(&hub, &carol, 8002, 2)?;
    late(&hub, &bob)?;
    line("");
    collect(&alice, &question)?;
    capture.write(&hub.end()?)?;
    Ok(())
}

// ANCHOR: answer
/// Reads a question, and answers whoever asked, and nobody else.
fn answer(hub: &Hub, ear: &Ear, port: u16, copies: u8) -> io::Result<()> {
    let (text, from) = receive(&ear.socket)?;
    ear.say("recvfrom", format_args!("{text:?} ← {from}"));
    // To another question, or to none, there is no answer.
    let ours = |question: &Question| question.service == SERVICE;
    let Some(question) = Question::parse(text.as_bytes()).filter(ours) else {
        return Ok(());
    };
    let answer = question.answer(port);
    for _ in 0..copies {
        ear.send(&answer, from)?;
        hub.passes(&answer)?;
    }
    Ok(())
}
// ANCHOR_END: answer

/// An answer to a question of another time.
fn late(hub: &Hub, ear: &Ear) -> io::Result<()> {
    let old = Question { number: 0x0be7, service: SERVICE.into() };
    let alice = SocketAddrV4::new(hub.alice.address(), 7001);
    ear.send(&old.answer(8001), alice)?;
    hub.passes(&old.answer(8001)).map(drop)
}

fn collect(alice: &Ear, question: &Question) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_millis(WAIT);
    let found = gather(&alice.socket, question, deadline, |came| {
        let verdict = match came.found {
            Some(at) => format!("found: {at}"),
            None => "ignored".into(),
        };
        let (text, from) = (&came.text, came.from);
        let what = format!("{text:?} ← {from}   {verdict}");
        alice.say("recvfrom", what);
    })?;
    let count = found.len();
    let what = format!("nothing more within {WAIT} ms: {count} services");
    say("alice", "recvfrom", what);
    Ok(())
}
