//! Small writes wait for an acknowledgement, and the acknowledgement waits
//! for an answer: about 40 ms of nothing. RFC 9293, section 3.7.4 (Nagle)
//! and section 3.8.6.3 (delayed ACK); tcp(7), TCP_NODELAY.
//!
//! ```text
//! alice   send "GET "   send "/time"   send "\n"      … recv
//!         goes out      Nagle: not while "GET " is unacknowledged
//! bob     recv "GET ": no whole line, so no answer
//!         delayed ACK: perhaps an answer will carry it
//! ```
//!
//! A busy machine makes a round longer, and never shorter. So each way is
//! tried several times, and the fastest round is told.

use std::io;
use std::time::{Duration, Instant};

use lab::{Capture, Host, Lab, Plan, Recording, Seen};
use lesson_tcp::{BACKLOG, arrived, listener, recv};
use narrator::{line, say};
use socket2::{Domain, Socket, Type};

use crate::scene::{BOB, Segment, at};

/// The request, in the pieces in which a careless program writes it.
const PIECES: [&str; 3] = ["GET ", "/time", "\n"];
const ANSWER: &str = "12:00\n";

/// How often each way is tried.
const ROUNDS: u16 = 12;

/// How alice sends her request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Pieces,
    NoDelay,
    Whole,
}

impl Way {
    /// The request, in as many writes as this way takes.
    fn writes(self) -> Vec<String> {
        match self {
            Way::Whole => vec![PIECES.concat()],
            Way::Pieces | Way::NoDelay => PIECES.map(String::from).into(),
        }
    }
}

/// A request and its answer: alice's port, her option as it was read, and
/// how long she waited.
struct Round {
    port: u16,
    nodelay: bool,
    took: Duration,
}

/// The same request three ways.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/nagle.snap");
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let ways = [Way::Pieces, Way::NoDelay, Way::Whole];
    let (rounds, recording) = play(&mut lab, ways)?;
    for (way, round) in ways.into_iter().zip(&rounds) {
        if way != Way::Pieces {
            line("");
        }
        tell(way, round, &recording)?;
    }
    Ok(capture.write(&recording)?)
}

/// The fastest round of each way, and all that the wire saw.
fn play(lab: &mut Lab, ways: [Way; 3]) -> io::Result<(Vec<Round>, Recording)> {
    let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
    lab.introduce(&[&alice, &bob])?;
    let wire = lab.join(Plan::new())?;
    let listener = bob.enter(|| listener(BOB, BACKLOG, false))?;
    let mut ports = 40_001..;
    let mut fastest = Vec::new();
    for way in ways {
        let tries = ports.by_ref().take(ROUNDS.into());
        let rounds: io::Result<Vec<_>> =
            tries.map(|port| round(way, port, &alice, &listener)).collect();
        fastest.extend(rounds?.into_iter().min_by_key(|round| round.took));
    }
    Ok((fastest, wire.stop()?))
}

// ANCHOR: round
/// One connection, one request, one answer.
fn round(
    way: Way,
    port: u16,
    alice: &Host,
    listener: &Socket,
) -> io::Result<Round> {
    let client = alice.enter(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&at(1, port).into())?;
        socket.connect(&BOB.into())?;
        Ok(socket)
    })?;
    let (server, _) = listener.accept()?;
    // Linux acknowledges the first segments of a connection at once. A
    // connection that has answered before is past that, tcp(7).
    server.set_tcp_quickack(false)?;
    if way == Way::NoDelay {
        client.set_tcp_nodelay(true)?;
    }
    let nodelay = client.tcp_nodelay()?;

    let began = Instant::now();
    for piece in way.writes() {
        client.send(piece.as_bytes())?;
    }
    // The server answers a whole line.
    arrived(&server, PIECES.concat().len())?;
    recv(&server, &mut [0; 64])?;
    server.send(ANSWER.as_bytes())?;
    recv(&client, &mut [0; 64])?;
    Ok(Round { port, nodelay, took: began.elapsed() })
}
// ANCHOR_END: round

/// The round as a story: what alice called, what the wire carried.
fn tell(way: Way, round: &Round, recording: &Recording) -> io::Result<()> {
    match way {
        Way::Pieces => line("Three writes:"),
        Way::NoDelay => line("Three writes, after TCP_NODELAY was set:"),
        Way::Whole => line("One write:"),
    }
    let nodelay = u8::from(round.nodelay);
    say("alice", "getsockopt", format_args!("TCP_NODELAY: {nodelay}"));
    for piece in way.writes() {
        let what = format!("\"{}\"", piece.as_bytes().escape_ascii());
        say("alice", "send", what);
    }
    let mut last = None;
    for seen in between(round.port, recording)? {
        let waited =
            last.map_or(Duration::ZERO, |last| seen.at.saturating_sub(last));
        carried(seen, waited)?;
        last = Some(seen.at);
    }
    let answer = ANSWER.as_bytes().escape_ascii();
    let what = format!("\"{answer}\", after {}", about(round.took));
    say("alice", "recv", what);
    Ok(())
}

/// The frames of that connection from the request's first byte to the
/// answer.
fn between(port: u16, recording: &Recording) -> io::Result<Vec<&Seen>> {
    let mut frames = Vec::new();
    for seen in &recording.frames {
        let segment = Segment::read(&seen.bytes)?;
        let ours = segment.from == port || segment.to == port;
        let data = !segment.payload.is_empty();
        if ours && (data || !frames.is_empty()) {
            frames.push(seen);
        }
        if ours && data && segment.to == port {
            break;
        }
    }
    Ok(frames)
}

/// A segment with data; or one without, if the other side waited for it.
fn carried(seen: &Seen, waited: Duration) -> io::Result<()> {
    let segment = Segment::read(&seen.bytes)?;
    let what = match (segment.payload.is_empty(), waited >= LONG) {
        (true, false) => return Ok(()),
        (true, true) => {
            format!("{}, after {}", segment.name(), about(waited))
        }
        (false, _) => segment.name(),
    };
    let way = format!("{} → {}", seen.from, seen.to);
    say("wire", "carries", format_args!("{way}: {what}"));
    Ok(())
}

/// Half of the time for which Linux delays an ACK at least: TCP_DELACK_MIN.
const LONG: Duration = Duration::from_millis(20);

/// The time in words that stay true on another machine. The kernel's clock
/// ticks every 1 to 10 ms.
fn about(time: Duration) -> String {
    match time.as_millis() {
        0..20 => "less than 20 ms".into(),
        35..70 => "about 40 ms".into(),
        other => format!("{other} ms"),
    }
}
