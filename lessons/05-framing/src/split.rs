//! One send, many receives.
//!
//! Twice: a message cut up by the size that the receiver asks for, then a
//! message that is larger than what the receiver's socket can hold.

use std::io::{self, Read};
use std::thread;

use narrator::{During, Trouble};
use socket2::Socket;

use crate::stage::{Scene, Stage, tell};

/// The large message, in bytes.
const LARGE: usize = 2_000_000;

/// Sends one message and receives it in three pieces, then a large one.
pub fn run(json: bool) -> Result<(), Trouble> {
    let scene = Scene {
        demo: "split",
        title: "One send, three receives",
        rule: "none: what one recv returns is taken for one message",
    };
    let mut stage = Stage::open(scene, json)?;
    stage.send(b"hello brave new world", "hello brave new world")?;
    stage.wait_for_all()?;
    while stage.more_to_come() {
        let piece = stage.recv(8)?;
        stage.takes(&piece);
    }
    stage.close()?;
    if json { Ok(()) } else { large() }
}

/// Asks for all of a large message at once, and gets what has arrived.
fn large() -> Result<(), Trouble> {
    let (sender, receiver) = lesson_tcp::pair().during("connect")?;
    tell("sender", "send", format_args!("{LARGE} bytes, one message"));
    // This send waits until the receiver has made room, so it needs a thread
    // of its own.
    let sending = thread::spawn(move || sender.send(&vec![b'x'; LARGE]));
    let sizes = receive_all(receiver).during("recv")?;
    sending.join().unwrap_or(Ok(0)).during("send")?;

    let first = sizes.first().copied().unwrap_or(0);
    let fewer = if first < LARGE { "fewer" } else { "all of them" };
    tell("receiver", "recv", format_args!("asked for {LARGE}, got {fewer}"));
    let (total, recvs) = (sizes.iter().sum::<usize>(), sizes.len());
    tell("receiver", "recv", format_args!("{total} bytes after {recvs} recvs"));
    Ok(())
}

/// The size of each piece, until all have come or the sender has closed.
fn receive_all(mut receiver: Socket) -> io::Result<Vec<usize>> {
    let mut buffer = vec![0; LARGE];
    let (mut sizes, mut missing) = (Vec::new(), LARGE);
    while missing > 0 {
        let count = receiver.read(&mut buffer[..missing])?;
        if count == 0 {
            break;
        }
        sizes.push(count);
        missing -= count;
    }
    Ok(sizes)
}
