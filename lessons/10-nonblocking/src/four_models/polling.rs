//! Polling: non-blocking calls, again and again. A peer is heard when its
//! turn comes round, and the program never rests.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use lesson_nonblocking::asleep::until;

use super::scene::{Counts, Model, NAMES, PROGRAM, Scene};
use crate::timeline::State;

/// How many calls in vain the director waits for, before a peer speaks.
const PATIENCE: usize = 1000;

/// Round and round.
#[derive(Default)]
pub struct Polling {
    in_vain: AtomicUsize,
}

impl Model for Polling {
    fn label(&self) -> &'static str {
        "polling"
    }

    fn title(&self) -> &'static str {
        "no call waits, so the program asks again and again"
    }

    // ANCHOR: serve
    fn serve(&self, scene: &Scene) -> io::Result<Counts> {
        for socket in &scene.sockets {
            socket.set_nonblocking(true)?;
        }
        let mut served = Vec::new();
        while served.len() < NAMES.len() {
            for (peer, mut socket) in scene.sockets.iter().enumerate() {
                if served.contains(&NAMES[peer]) {
                    continue;
                }
                let mut buffer = [0; 64];
                match socket.read(&mut buffer) {
                    Ok(count) => {
                        scene.took("recv", peer, &buffer[..count], TOOK)?;
                        served.push(NAMES[peer]);
                    }
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {
                        self.nothing(scene, peer, &served);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        // The director let more than so many pass before each peer.
        let many = PATIENCE * served.len();
        let many = format!("> {many}");
        Ok(Counts { calls: many.clone(), in_vain: many, sleeps: 0, served })
    }
    // ANCHOR_END: serve

    fn until_it_waits(&self, scene: &Scene) -> io::Result<()> {
        scene.until_told(PROGRAM, State::Spins)?;
        let before = self.in_vain.load(Ordering::Relaxed);
        let so =
            || Ok(self.in_vain.load(Ordering::Relaxed) > before + PATIENCE);
        until(so, || "the program doesn't ask".into())
    }
}

impl Polling {
    /// Counts a call in vain, and tells of the first three, and then that
    /// there are more.
    fn nothing(&self, scene: &Scene, peer: usize, served: &[&str]) {
        let before = self.in_vain.fetch_add(1, Ordering::Relaxed);
        if before < NAMES.len() {
            let call = format!("recv {}", NAMES[peer]);
            let state = State::InVain;
            scene.log.add(PROGRAM, &call, state, "EAGAIN", NOTHING);
        } else if !scene.log.lane_is(PROGRAM, State::Spins) {
            let left = NAMES.iter().filter(|name| !served.contains(name));
            let left: Vec<_> = left.copied().collect();
            let call = format!("recv {}", left.join(","));
            let note = "EAGAIN, more than 1000 times";
            scene.log.add(PROGRAM, &call, State::Spins, note, SPINS);
        }
    }
}

const NOTHING: &str = "Nothing has come from this peer. The call says so \
    with EAGAIN, and returns at once.";
const SPINS: &str = "Round after round, as fast as the processor can. This \
    takes all of a core, and finds nothing.";
const TOOK: &str = "At last a call that isn't in vain. It was this peer's \
    turn in the round.";
