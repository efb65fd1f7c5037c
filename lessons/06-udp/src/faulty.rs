//! What the demos of a faulty wire share: Alice sends five numbered
//! datagrams to Bob, and the wire's plan strikes some of them.
//!
//! ```text
//! alice 10.0.0.1:7001 ── 1 2 3 4 5 ──▶ the wire, its plan ──▶ bob :7000
//! ```
//!
//! Each datagram is one byte, its number. So nothing but the count and the
//! order of what Bob receives is the subject.

use std::io;
use std::net::UdpSocket;

use lab::{Fate, Lab, Plan, Record, Recording, Seen};
use lesson_osi_layers::udp;
use lesson_udp::bound;
use narrator::{line, say};
use serde::Serialize;

use crate::scene::{ALICE, BOB, datagram};

/// What Alice sends, a datagram each.
const PAYLOADS: [&str; 5] = ["1", "2", "3", "4", "5"];

/// A demo: what the wire does, and what to say about it.
pub struct Scene {
    pub demo: &'static str,
    pub title: &'static str,
    pub plan: fn() -> Plan,
    /// How many frames the wire will have on record: one that is delivered
    /// twice counts twice.
    pub frames: usize,
    /// Why this datagram fared as it did.
    pub why: fn(&str) -> &'static str,
    /// The recorded runs, for machines without a lab.
    pub text: &'static str,
    pub json: &'static str,
}

/// What a plan's rule watches for: the datagram with this payload.
pub fn payload(text: &'static str) -> impl Fn(&[u8]) -> bool + Send {
    move |frame| datagram(frame).is_ok_and(|d| d.payload() == text.as_bytes())
}

impl Scene {
    /// Runs the demo, and tells it or records it.
    pub fn run(&self, record: Record) -> io::Result<()> {
        let lab = record.enter(self.text, self.json)?;
        let Some(mut lab) = lab else { return Ok(()) };
        let (received, recording) = self.play(&mut lab)?;
        match record.json {
            true => self.print(&received, &recording),
            false => tell(&received, &recording),
        }
        Ok(record.capture.write(&recording)?)
    }

    // ANCHOR: play
    /// Alice sends all five, the wire does as planned, Bob receives what
    /// there is. Gives what Bob got, and what the wire saw.
    fn play(&self, lab: &mut Lab) -> io::Result<(Vec<String>, Recording)> {
        let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
        // ARP is chapter 01's subject.
        lab.introduce(&[&alice, &bob])?;
        let wire = lab.join((self.plan)())?;
        let bob = bob.enter(|| bound(BOB.into()))?;
        let alice = alice.enter(|| bound(ALICE.into()))?;
        for payload in PAYLOADS {
            alice.send_to(payload.as_bytes(), BOB)?;
        }
        wire.wait_for(self.frames, |_| true)?;
        let recording = wire.stop()?;
        recording.unmatched()?;
        let received: io::Result<_> =
            arrivals(&recording).map(|_| receive(&bob)).collect();
        nobody_left(&bob)?;
        Ok((received?, recording))
    }
    // ANCHOR_END: play

    /// The run as JSON, for the widget.
    fn print(&self, received: &[String], recording: &Recording) {
        let run = Run {
            demo: self.demo,
            title: self.title,
            hosts: [
                Role { name: "alice", role: "client" },
                Role { name: "bob", role: "server" },
            ],
            datagrams: self.datagrams(recording),
            received,
        };
        // Strings and numbers only: nothing in it can fail to be JSON.
        if let Ok(json) = serde_json::to_string_pretty(&run) {
            line(json);
        }
    }

    /// Each datagram that Alice sent, and what became of it.
    fn datagrams(&self, recording: &Recording) -> Vec<Datagram> {
        let sent = PAYLOADS.iter().zip(1..);
        let datagram = |(payload, sent): (&&'static str, usize)| {
            let its = |seen: &&Seen| text(seen) == *payload;
            let last = recording.frames.iter().rfind(its);
            let places =
                arrivals(recording).zip(1..).filter(|(seen, _)| its(seen));
            Datagram {
                from: "alice",
                payload,
                sent,
                fate: last.map_or("lost", |seen| name(seen.fate)),
                arrived: places.map(|(_, place)| place).collect(),
                why: (self.why)(payload),
            }
        };
        sent.map(datagram).collect()
    }
}

/// The frames that came to Bob, in the order in which they came.
fn arrivals(recording: &Recording) -> impl Iterator<Item = &Seen> {
    recording.frames.iter().filter(|seen| seen.arrived.is_some())
}

/// The next datagram, which is on its way at least.
fn receive(bob: &UdpSocket) -> io::Result<String> {
    let mut buffer = [0; 64];
    let (count, _) = bob.recv_from(&mut buffer)?;
    Ok(String::from_utf8_lossy(&buffer[..count]).into_owned())
}

/// All that was to come has come.
fn nobody_left(bob: &UdpSocket) -> io::Result<()> {
    bob.set_nonblocking(true)?;
    match bob.recv_from(&mut [0; 64]) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other("one more than the wire delivered")),
    }
}

/// What a frame's datagram carries.
fn text(seen: &Seen) -> String {
    let payload = |d: udp::Datagram<'_>| {
        String::from_utf8_lossy(d.payload()).into_owned()
    };
    datagram(&seen.bytes).map(payload).unwrap_or_default()
}

fn name(fate: Fate) -> &'static str {
    match fate {
        Fate::Lost => "lost",
        Fate::Duplicated => "duplicated",
        Fate::Delayed => "delayed",
        Fate::Reordered => "reordered",
        Fate::Corrupted => "corrupted",
        Fate::Delivered | Fate::Looped => "delivered",
    }
}

/// The run as a story: what Alice sent, what the wire did, what Bob got.
fn tell(received: &[String], recording: &Recording) {
    for payload in PAYLOADS {
        say("alice", "sendto", format_args!("1 byte: \"{payload}\""));
    }
    for seen in &recording.frames {
        let note = match &*seen.note {
            "" => String::new(),
            note => format!("   (plan: {note})"),
        };
        say("wire", name(seen.fate), format_args!("\"{}\"{note}", text(seen)));
    }
    for payload in received {
        say("bob", "recvfrom", format_args!("1 byte: \"{payload}\""));
    }
}

/// The run as the book's widget wants it.
#[derive(Serialize)]
struct Run<'a> {
    demo: &'static str,
    title: &'static str,
    hosts: [Role; 2],
    datagrams: Vec<Datagram>,
    received: &'a [String],
}

#[derive(Serialize)]
struct Role {
    name: &'static str,
    role: &'static str,
}

#[derive(Serialize)]
struct Datagram {
    from: &'static str,
    payload: &'static str,
    /// Its place among those that Alice sent, from 1 on.
    sent: usize,
    fate: &'static str,
    /// Its places among those that arrived, from 1 on.
    arrived: Vec<usize>,
    why: &'static str,
}
