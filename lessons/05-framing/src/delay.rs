//! The remedy that doesn't work: wait between two sends.
//!
//! The wait is the sender's. Nothing ties the receiver to it: a receiver
//! that has other work for longer finds the messages glued, and a message
//! that is longer than one recv is split after any wait.
//!
//! One thread drives both ends here. "Busy" means that the receiver doesn't
//! call recv until the sender has sent and waited.

use std::time::Duration;

use narrator::Trouble;

use crate::stage::{Scene, Stage};

/// How long the sender waits after each send. The wait is the remedy under
/// test; nothing in this program relies on it.
const DELAY: Duration = Duration::from_millis(20);

/// Works while the receiver is in time; fails when it is late, and when its
/// buffer is small.
pub fn run(json: bool) -> Result<(), Trouble> {
    let scene = Scene {
        demo: "delay",
        title: "A delay after each message",
        rule: "wait 20 ms after each send, and take one recv for one message",
    };
    let mut stage = Stage::open(scene, json)?;
    in_time(&mut stage)?;
    late(&mut stage)?;
    small_buffer(&mut stage)?;
    stage.close()
}

/// The receiver happens to wait in recv: each message comes alone.
fn in_time(stage: &mut Stage) -> Result<(), Trouble> {
    send_and_wait(stage, "hello", DELAY)?;
    let bytes = stage.recv(1024)?;
    stage.takes(&bytes);
    Ok(())
}

/// The receiver does something else until both messages are there.
fn late(stage: &mut Stage) -> Result<(), Trouble> {
    stage.say("receiver", "busy", "with something else");
    send_and_wait(stage, "brave new", DELAY)?;
    send_and_wait(stage, "world", 10 * DELAY)?;
    stage.say("receiver", "free", "again");
    stage.wait_for_all()?;
    let bytes = stage.recv(1024)?;
    stage.takes(&bytes);
    Ok(())
}

/// The receiver is in time, and asks for less than the message.
fn small_buffer(stage: &mut Stage) -> Result<(), Trouble> {
    send_and_wait(stage, "that has such people", DELAY)?;
    while stage.more_to_come() {
        let bytes = stage.recv(8)?;
        stage.takes(&bytes);
    }
    Ok(())
}

fn send_and_wait(
    stage: &mut Stage,
    message: &str,
    delay: Duration,
) -> Result<(), Trouble> {
    stage.send(message.as_bytes(), message)?;
    stage.wait(delay);
    Ok(())
}
