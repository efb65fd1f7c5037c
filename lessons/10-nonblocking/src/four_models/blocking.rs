//! Blocking: a call waits until its own socket has something. What comes on
//! another one meanwhile has to wait, too.

use std::io::{self, Read};

use lesson_nonblocking::asleep::{Call, until};

use super::scene::{Counts, Model, NAMES, PEERS, PROGRAM, Scene};
use crate::timeline::State;

/// One peer after the other.
pub struct Blocking;

impl Model for Blocking {
    fn label(&self) -> &'static str {
        "blocking"
    }

    fn title(&self) -> &'static str {
        "a call waits for its own peer"
    }

    // ANCHOR: serve
    fn serve(&self, scene: &Scene) -> io::Result<Counts> {
        let (mut sleeps, mut served) = (0, Vec::new());
        for (peer, mut socket) in scene.sockets.iter().enumerate() {
            sleeps += usize::from(will_wait(scene, peer)?);
            let mut buffer = [0; 64];
            let count = socket.read(&mut buffer)?;
            scene.took("recv", peer, &buffer[..count], TOOK)?;
            served.push(NAMES[peer]);
        }
        Ok(Counts::new(served.len(), sleeps, served))
    }
    // ANCHOR_END: serve

    fn until_it_waits(&self, scene: &Scene) -> io::Result<()> {
        scene.until_asleep_in(Call::Recv)
    }

    /// It hears of none but the one that it waits for. What the others say
    /// has arrived, at least.
    fn until_it_has_heard(&self, scene: &Scene, peer: usize) -> io::Result<()> {
        let so = || {
            let taken = scene.log.has_taken(PEERS[peer]);
            Ok(taken || scene.has_something(peer)?)
        };
        until(so, || format!("nothing arrived from {}", PEERS[peer]))
    }
}

/// Tells whether the next call will have to wait. It is for the log, and no
/// call of the story.
fn will_wait(scene: &Scene, peer: usize) -> io::Result<bool> {
    let waits = !scene.has_something(peer)?;
    if waits {
        let call = format!("recv {}", NAMES[peer]);
        scene.log.add(PROGRAM, &call, State::Waits, "waits", WAITS);
    }
    Ok(waits)
}

const WAITS: &str = "The program sleeps in recv(2), and the kernel wakes it \
    when this one peer has spoken. It doesn't see the others.";
const TOOK: &str = "recv takes what has come. For a peer that spoke long \
    ago, it returns at once.";
