//! The peer's cable is cut, and no kernel says a word: silence looks like
//! slowness. The sender learns of it when its own patience ends, and the
//! peer doesn't learn of it at all.
//!
//! Each repetition waits twice as long as the one before (RFC 6298, section
//! 5.5). Linux would go on for about 15 minutes (tcp(7), `tcp_retries2`);
//! TCP_USER_TIMEOUT makes it two seconds (RFC 5482, tcp(7)).

use std::io;
use std::time::Duration;

use lab::Record;
use lesson_tcp::recv;
use lesson_tcp::state::State::{Closed, Established};
use narrator::explain;
use socket2::Socket;

use crate::conversation::Form;
use crate::conversation::Who::{Alice, Bob};
use crate::stage::{Scene, Stage};

const SCENE: Scene = Scene {
    demo: "vanish",
    title: "A peer that vanishes",
    form: Form::Ladder,
    text: include_str!("../tests/snapshots/vanish.snap"),
    json: include_str!("../tests/snapshots/vanish.json.snap"),
};

/// How long alice's bytes may stay unacknowledged, from the first repetition
/// on: room for three repetitions, and none for a fourth.
const PATIENCE: Duration = Duration::from_secs(2);

/// The least that Linux waits for an ACK; the round trip comes on top, which
/// is next to nothing here.
const RTO: Duration = Duration::from_millis(200);

/// Sends into a cable that is cut; and, when it is mended, what bob finds.
pub fn run(record: Record) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, record)? else { return Ok(()) };
    // Otherwise the first repetition would be a probe, as in `loss`.
    stage.alice.set("ipv4/tcp_early_retrans", "0")?;
    let listener = stage.listen()?;
    let (client, server) = stage.meet(&listener)?;
    client.set_tcp_user_timeout(Some(PATIENCE))?;
    let why = "Alice's patience is set to two seconds.";
    stage.call(Alice, "connect", "done; TCP_USER_TIMEOUT 2 s", why);
    stage.now(Established, Established)?;

    while_all_is_well(&mut stage, &client)?;
    in_silence(&mut stage, &client)?;
    the_other_half(&mut stage, &server)?;
    stage.end()
}

fn while_all_is_well(stage: &mut Stage, client: &Socket) -> io::Result<()> {
    let sent = client.send(b"hello")?;
    stage.call(Alice, "send", format!("{sent} bytes: \"hello\""), "As usual.");
    let data = stage.next(Alice)?;
    stage.pass(data, "It arrives.")?;
    let ack = stage.next(Bob)?;
    stage.pass(ack, "It is acknowledged.")
}

fn in_silence(stage: &mut Stage, client: &Socket) -> io::Result<()> {
    stage.call(Bob, "cable", "cut", "Neither kernel is told.");
    let sent = client.send(b"still there?")?;
    let why = "The call succeeds: the bytes are in Alice's send buffer.";
    stage.call(Alice, "send", format!("{sent} bytes: success"), why);
    let data = stage.next(Alice)?;
    stage.lose(data.noted("lost"), "And nothing tells anybody.");

    for doubled in 0..3 {
        // RFC 6298, section 5.5: "The host MUST set RTO <- RTO * 2".
        let least = RTO * 2_u32.pow(doubled);
        let wait = stage.alices_rto(least)?;
        let again = stage.again(Alice)?;
        let why = "No ACK came. The next wait is twice as long.";
        stage.lose(again.noted("again, lost").after(wait), why);
        if doubled == 0 {
            let sent = client.send(b"hello?")?;
            let why = "It still succeeds, and doesn't even go out.";
            stage.call(Alice, "send", format!("{sent} bytes: success"), why);
        }
    }

    // The call waits for an answer; what comes is the end of patience.
    let end = recv(client, &mut [0; 16]).map_or_else(|e| explain(&e), told);
    let why = "Two seconds after the first repetition the kernel gives up.";
    stage.call(Alice, "recv", end, why);
    stage.now(Closed, Established)
}

// ANCHOR: half
/// The cable is mended. Bob still has a connection; alice has none.
fn the_other_half(stage: &mut Stage, server: &Socket) -> io::Result<()> {
    stage.call(Bob, "cable", "mended", "Nobody is told of this either.");
    let sent = server.send(b"any news?")?;
    let why = "Bob's kernel never heard of any trouble.";
    stage.call(Bob, "send", format!("{sent} bytes: success"), why);
    let data = stage.next(Bob)?;
    stage.pass(data, "A segment for a connection that Alice has given up.")?;
    let reset = stage.next(Alice)?;
    stage.pass(reset, "RST: there is no such connection here.")?;
    stage.now(Closed, Closed)?;
    let got = recv(server, &mut [0; 16]).map_or_else(|e| explain(&e), told);
    stage.call(Bob, "recv", got, "What had arrived is read first.");
    let end = recv(server, &mut [0; 16]).map_or_else(|e| explain(&e), told);
    stage.call(Bob, "recv", end, "Only now does Bob learn of it.");
    Ok(())
}
// ANCHOR_END: half

fn told(count: usize) -> String {
    format!("{count} bytes")
}
