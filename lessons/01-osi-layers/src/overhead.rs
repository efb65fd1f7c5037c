//! The headers are there whatever the payload is: what a message costs on an
//! Ethernet cable. IEEE 802.3, clauses 3 and 4.

use lab::Capture;
use narrator::{During, Trouble, line};

use crate::scene::{SERVER, Scene};

/// The least that a frame has on a cable, its check not counted: shorter
/// ones are filled up with zeros. IEEE 802.3, section 3.2.8.
const LEAST: usize = 60;
/// What captures don't show: a preamble with its delimiter, the frame check
/// sequence, and the gap before the next frame. IEEE 802.3, clauses 3 and 4.
const UNSEEN: usize = 8 + 4 + 12;
/// How many bytes of a program fill a segment: 1500 less two headers of 20.
const FULL: usize = 1460;

/// Messages of 1 to 1460 bytes, a frame for each.
pub fn run(capture: Capture) -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/overhead.snap");
    let Some(lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let mut scene = Scene::open(lab)?;
    let (client, _server) = scene.connect()?;
    line("        payload  headers  frame  on a cable  payload's share");
    let mut acknowledgement = 0;
    for payload in [1, 10, 100, 1000, FULL] {
        client.send(&vec![b'x'; payload]).during("send")?;
        let frame = scene.alice_sends()?;
        acknowledgement = scene.bob_sends()?.len();
        tell("TCP", payload, frame.len());
    }
    tell("ACK", 0, acknowledgement);

    drop(client);
    scene.alice_sends()?;
    let (alice, _bob) = scene.datagrams()?;
    alice.send_to(b"x", SERVER).during("send")?;
    let datagram = scene.alice_sends()?;
    tell("UDP", 1, datagram.len());

    line("");
    line("1000000 bytes over TCP, computed from that:");
    for payload in [1, FULL] {
        total(payload);
    }
    scene.close(capture)
}

fn tell(what: &str, payload: usize, frame: usize) {
    let (headers, cable) = (frame - payload, on_a_cable(frame));
    let share = percent(payload, cable);
    line(format_args!(
        "{what:<7} {payload:>7}  {headers:>7}  {frame:>5}  {cable:>10}  \
         {share:>13.1} %"
    ));
}

/// What a million bytes take, in segments of so many bytes.
fn total(payload: usize) {
    const MILLION: usize = 1_000_000;
    let headers = 54;
    let (full, rest) = (MILLION / payload, MILLION % payload);
    let last = if rest > 0 { on_a_cable(headers + rest) } else { 0 };
    let cable = full * on_a_cable(headers + payload) + last;
    let share = percent(MILLION, cable);
    line(format_args!(
        "{payload:>4} a frame: {:>7} frames, {cable:>8} bytes on a cable, \
         {share:.1} % payload",
        MILLION.div_ceil(payload),
    ));
}

// ANCHOR: cable
/// How many bytes' time a frame takes on an Ethernet cable.
fn on_a_cable(frame: usize) -> usize {
    frame.max(LEAST) + UNSEEN
}
// ANCHOR_END: cable

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_frame_takes_84_bytes_and_the_longest_1538() {
        assert_eq!(on_a_cable(55), 84);
        assert_eq!(on_a_cable(60), 84);
        assert_eq!(on_a_cable(61), 85);
        assert_eq!(on_a_cable(1514), 1538);
    }
}
