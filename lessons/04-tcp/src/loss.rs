//! A segment is lost, and TCP notices in one of three ways.
//!
//! - Later ones arrive and are acknowledged again and again: duplicate ACKs,
//!   with SACK (RFC 2018). The third makes the sender repeat what is missing,
//!   *fast retransmit* (RFC 5681, section 3.2).
//! - It was the last, and none follows. After two round trips in silence
//!   Linux sends a *tail loss probe*: the last segment again (RFC 8985,
//!   section 7).
//! - The probe is lost too. The retransmission timer runs out, *RTO*
//!   (RFC 6298).
//!
//! Which of them it was, the kernel's own counters say.

use std::io;
use std::thread;
use std::time::Duration;

use lab::Record;
use lesson_osi_layers::counters::Counters;
use socket2::Socket;

use crate::conversation::Form;
use crate::conversation::Who::{Alice, Bob};
use crate::stage::{Scene, Stage};

const SCENE: Scene = Scene {
    demo: "loss",
    title: "The second of five segments is lost",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/loss.snap"),
    json: include_str!("../tests/snapshots/loss.json.snap"),
};

/// The round trip of this wire: that of a long way, such as from Europe to
/// Australia. Linux derives its timers from it. On a wire as short as the
/// lab's they would be so short that a busy machine could set them off.
const ROUND_TRIP: Duration = Duration::from_millis(200);

const HALF_A_SECOND: Duration = Duration::from_millis(500);

/// The most bytes that alice may put into one segment: bob's MSS.
const MSS: usize = 1460;

/// The second of five is lost; then the last of two, and its probe.
pub fn run(record: Record) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, record)? else { return Ok(()) };
    let listener = stage.listen()?;

    // The probe and the timer have a part of their own below. Until then they
    // stay out of the way: ip-sysctl.rst of the kernel.
    stage.alice.set("ipv4/tcp_early_retrans", "0")?;
    at_least(&stage, Duration::from_secs(3));
    let first = connected(&mut stage)?;
    in_the_middle(&mut stage, &first)?;

    stage.turn("loss at the end", "The last segment is lost, and its probe");
    stage.alice.set("ipv4/tcp_early_retrans", "3")?;
    at_least(&stage, Duration::from_millis(200));
    let second = connected(&mut stage)?;
    at_the_end(&mut stage, &second)?;
    // Until here, since a FIN that is repeated would be counted too.
    drop((first, second, listener));
    stage.end()
}

/// How long alice's next connection waits at least for an ACK. Linux older
/// than 6.11 has no such setting; there a very busy machine may see the timer
/// before the third duplicate ACK.
fn at_least(stage: &Stage, rto: Duration) {
    let _ =
        stage.alice.set("ipv4/tcp_rto_min_us", &rto.as_micros().to_string());
}

/// Five segments; the second is lost, and the other three betray it.
fn in_the_middle(stage: &mut Stage, client: &Socket) -> io::Result<()> {
    let before = counted(stage)?;
    send(stage, client, 5)?;
    let mut acks = Vec::new();
    for number in 1..=5 {
        let data = stage.next(Alice)?;
        if number == 2 {
            stage.lose(data.noted("lost on the wire"), "This one is lost.");
            continue;
        }
        stage.pass(data, "Bob's kernel acknowledges each as it comes.")?;
        acks.push(stage.next(Bob)?);
    }

    thread::sleep(ROUND_TRIP);
    let mut acks = acks.into_iter();
    if let Some(first) = acks.next() {
        stage.pass(first, "Bob has everything before byte 1461.")?;
    }
    for (ack, note) in acks.zip(DUPLICATES) {
        let why =
            "The same number again: a hole, and SACK says what is behind.";
        stage.pass(ack.noted(note), why)?;
    }

    let again = stage.again(Alice)?;
    let again = again.noted("retransmitted: third duplicate ACK");
    stage.pass(again, "Fast retransmit: only the hole is sent again.")?;
    let ack = stage.next(Bob)?;
    stage.pass(ack, "The hole is filled: one ACK for all five.")?;
    tell_counted(stage, before)
}

const DUPLICATES: [&str; 3] =
    ["duplicate ACK", "second duplicate", "third duplicate"];

// ANCHOR: end
/// Two segments; the last is lost, and nothing follows that could betray it.
fn at_the_end(stage: &mut Stage, client: &Socket) -> io::Result<()> {
    let before = counted(stage)?;
    send(stage, client, 2)?;
    let data = stage.next(Alice)?;
    stage.pass(data, "The first of two arrives.")?;
    let last = stage.next(Alice)?;
    stage.lose(last.noted("lost on the wire"), "The last one is lost.");
    let ack = stage.next(Bob)?;
    thread::sleep(ROUND_TRIP);
    stage.pass(ack, "Bob has the first. He can't know that there was more.")?;

    // RFC 8985, section 7.2: two round trips and the time that an ACK may be
    // delayed, but not longer than the RTO; which it would be here.
    let wait = stage.alices_rto(HALF_A_SECOND)?;
    let probe = stage.again(Alice)?.noted("tail loss probe, lost too");
    let why = "No ACK for two round trips: the last segment, as a probe.";
    stage.lose(probe.after(wait), why);

    let wait = stage.alices_rto(HALF_A_SECOND)?;
    let again = stage.again(Alice)?.noted("RTO, retransmitted");
    let why = "Still no ACK: the retransmission timer has run out.";
    stage.pass(again.after(wait), why)?;
    let ack = stage.next(Bob)?;
    stage.pass(ack, "All has arrived. Alice's program noticed nothing.")?;
    tell_counted(stage, before)
}
// ANCHOR_END: end

/// A connection over the long wire.
fn connected(stage: &mut Stage) -> io::Result<Socket> {
    let client = stage.connect()?;
    let syn = stage.next(Alice)?;
    stage.pass_untold(syn)?;
    let answer = stage.next(Bob)?;
    thread::sleep(ROUND_TRIP);
    stage.pass_untold(answer)?;
    let ack = stage.next(Alice)?;
    stage.pass_untold(ack)?;
    let why = "A connection over a long wire: 0.2 s there and back.";
    stage.call(Alice, "connect", "done; 0.2 s there and back", why);
    Ok(client)
}

/// Alice sends so many full segments with one call.
fn send(stage: &mut Stage, client: &Socket, segments: usize) -> io::Result<()> {
    let sent = client.send(&vec![b'.'; segments * MSS])?;
    let why = "The call returns at once; the rest is the kernel's work.";
    stage.call(Alice, "send", format!("{sent} bytes"), why);
    Ok(())
}

/// How often alice's kernel has repeated something, and why: the numbers
/// that [`COUNTERS`] names. What they mean is in the kernel's
/// Documentation/networking/snmp_counter.rst.
fn counted(stage: &Stage) -> io::Result<[u64; 3]> {
    let now = Counters::of(&stage.alice)?;
    let [fast, probes, timeouts] = COUNTERS.map(|name| found(&now, name));
    Ok([fast?, probes?, timeouts?])
}

const COUNTERS: [&str; 3] =
    ["TcpExt TCPFastRetrans", "TcpExt TCPLossProbes", "TcpExt TCPTimeouts"];

fn found(counters: &Counters, name: &str) -> io::Result<u64> {
    let missing = || {
        let words = format!("this kernel doesn't count {name}");
        io::Error::new(io::ErrorKind::NotFound, words)
    };
    counters.find(name).ok_or_else(missing)
}

fn tell_counted(stage: &Stage, before: [u64; 3]) -> io::Result<()> {
    let now = counted(stage)?;
    let [fast, probes, timeouts] = [0, 1, 2].map(|i| now[i] - before[i]);
    let told = format!(
        "fast retransmits {fast}, tail loss probes {probes}, \
         timeouts {timeouts}"
    );
    stage.kernel(Alice, &told);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_kernel_counts_what_the_lesson_tells() {
        let counters = Counters::here().unwrap();

        for name in COUNTERS {
            assert!(counters.find(name).is_some(), "{name}");
        }
    }
}
