//! Each fault of a plan, struck on purpose.
//!
//! For every fault alice sends three datagrams, and the plan strikes the
//! second. A fourth, "end", tells bob that there is no more to wait for.

use std::fs;
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use lab::{Fate, Host, Lab, Plan, Recording, Seen, Wire};
use narrator::{line, say};

use crate::again;

/// How much later a delayed frame arrives.
const LATER: Duration = Duration::from_millis(200);

/// Where a datagram's data begins: behind 14 bytes of Ethernet, 20 of IPv4
/// and 8 of UDP.
const DATA: usize = 42;

/// Tells what bob receives of what alice sends, fault by fault.
pub fn run(lab: &mut Lab) -> io::Result<Recording> {
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    lab.introduce(&[&alice, &bob])?;
    let plan = Plan::new()
        .drop(1, holds("drop 2"))
        .called("datagram 2")
        .duplicate(1, holds("duplicate 2"))
        .called("datagram 2")
        .delay(1, LATER, holds("delay 2"))
        .called("datagram 2")
        .reorder(1, holds("reorder 2"))
        .called("datagram 2")
        .corrupt(1, DATA * 8 + 7, holds("corrupt 2"))
        .called("its first letter")
        .mtu(100);
    let ends = Ends::open(&alice, &bob, lab.join(plan)?)?;

    line("alice sends 1, 2 and 3; the wire strikes 2");
    for fault in ["nothing", "drop", "duplicate", "delay", "reorder"] {
        ends.three(fault)?;
    }
    ends.three("corrupt")?;
    say("bob", "kernel", format_args!("{} wrong checksum", wrong(&bob)?));
    ends.cut()?;
    ends.too_long()?;

    let recording = ends.wire.stop()?;
    line("");
    let struck = |seen: &&Seen| !seen.note.is_empty();
    for seen in recording.frames.iter().filter(struck) {
        let (text, note) = (text(&seen.bytes[DATA..]), &seen.note);
        let fate = format!("{:?}", seen.fate).to_lowercase();
        say("wire", &fate, format_args!("{text:<13.11} {note}"));
    }
    recording.unmatched()?;
    Ok(recording)
}

/// What a rule watches for: a frame that carries this text.
fn holds(text: &'static str) -> impl Fn(&[u8]) -> bool + Send {
    move |frame| frame.get(DATA..) == Some(text.as_bytes())
}

/// Data as text; what is no text any more shows as a question mark.
fn text(data: &[u8]) -> String {
    data.iter().map(|b| if b.is_ascii() { *b as char } else { '?' }).collect()
}

/// How many datagrams the host's kernel has thrown away for their checksum:
/// `InCsumErrors` of `/proc/net/snmp`.
fn wrong(host: &Host) -> io::Result<u64> {
    let path = "/proc/thread-self/net/snmp";
    let table = host.enter(|| fs::read_to_string(path))?;
    // Two lines for UDP: the names, and below them the numbers.
    let mut lines = table.lines().filter(|line| line.starts_with("Udp:"));
    let mut words = || lines.next().unwrap_or_default().split_whitespace();
    let (names, numbers) = (words(), words());
    let mut counts = names.zip(numbers);
    let found = counts.find(|(name, _)| *name == "InCsumErrors");
    let count = found.and_then(|(_, number)| number.parse().ok());
    count.ok_or_else(|| io::Error::other(format!("{path}: no InCsumErrors")))
}

/// Alice's socket, bob's, and the wire between.
struct Ends {
    alice: UdpSocket,
    bob: UdpSocket,
    wire: Wire,
}

impl Ends {
    fn open(alice: &Host, bob: &Host, wire: Wire) -> io::Result<Self> {
        let bob = bob.enter(|| UdpSocket::bind("10.0.0.2:7000"))?;
        bob.set_read_timeout(Some(Duration::from_secs(5)))?;
        let alice = alice.enter(|| UdpSocket::bind("10.0.0.1:7001"))?;
        alice.connect("10.0.0.2:7000")?;
        Ok(Ends { alice, bob, wire })
    }

    /// Sends three datagrams, and tells which came.
    fn three(&self, fault: &str) -> io::Result<()> {
        for number in 1..=3 {
            self.alice.send(format!("{fault} {number}").as_bytes())?;
        }
        if fault == "delay" {
            self.wire.wait_for(1, |seen| seen.fate == Fate::Delayed)?;
        }
        self.tell(fault)
    }

    fn cut(&self) -> io::Result<()> {
        self.alice.send(b"cut 1")?;
        self.wire.wait_for(1, |seen| seen.bytes.ends_with(b"cut 1"))?;
        self.wire.cut();
        self.alice.send(b"cut 2")?;
        self.wire.wait_for(1, |seen| seen.bytes.ends_with(b"cut 2"))?;
        self.wire.mend();
        self.alice.send(b"cut 3")?;
        self.tell("cut")
    }

    /// The second datagram, an IPv4 packet of 128 bytes, is longer than what
    /// the wire carries.
    fn too_long(&self) -> io::Result<()> {
        self.alice.send(b"mtu 1")?;
        self.alice.send(format!("{:<100}", "mtu 2").as_bytes())?;
        self.alice.send(b"mtu 3")?;
        self.tell("mtu")
    }

    fn tell(&self, fault: &str) -> io::Result<()> {
        self.alice.send(b"end")?;
        let mut came = String::new();
        let mut buffer = [0; 128];
        loop {
            let count = again(|| self.bob.recv(&mut buffer))?;
            match text(&buffer[..count]).rsplit_once(' ') {
                Some((_, number)) => came += &format!("{number} "),
                None => break,
            }
        }
        say("bob", "recv", format_args!("{fault:<12} {}", came.trim_end()));
        Ok(())
    }
}
