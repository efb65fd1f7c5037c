//! Multiplexing: one call waits for all of them, and says who is ready.

use std::io::{self, Read};
use std::os::fd::AsFd;

use lesson_nonblocking::asleep::Call;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::scene::{Counts, Model, NAMES, PROGRAM, Scene};
use crate::timeline::State;

/// All at once.
pub struct Multiplexing;

impl Model for Multiplexing {
    fn label(&self) -> &'static str {
        "multiplexing"
    }

    fn title(&self) -> &'static str {
        "one call waits for all, and says who is ready"
    }

    // ANCHOR: serve
    fn serve(&self, scene: &Scene) -> io::Result<Counts> {
        let (mut calls, mut sleeps, mut served) = (0, 0, Vec::new());
        let mut left = vec![0, 1, 2];
        while !left.is_empty() {
            let names: Vec<_> = left.iter().map(|p| NAMES[*p]).collect();
            let call = format!("poll {}", names.join(","));
            scene.log.add(PROGRAM, &call, State::Waits, "waits", WAITS);
            let ready = wait(scene, &left)?;
            (calls, sleeps) = (calls + 1 + ready.len(), sleeps + 1);
            for peer in ready {
                let note = format!("{} is ready", NAMES[peer]);
                scene.log.add(PROGRAM, "poll", State::Done, &note, READY);
                let mut buffer = [0; 64];
                let count = (&scene.sockets[peer]).read(&mut buffer)?;
                scene.took("recv", peer, &buffer[..count], TOOK)?;
                served.push(NAMES[peer]);
                left.retain(|other| *other != peer);
            }
        }
        Ok(Counts::new(calls, sleeps, served))
    }
    // ANCHOR_END: serve

    fn until_it_waits(&self, scene: &Scene) -> io::Result<()> {
        scene.until_asleep_in(Call::Poll)
    }
}

// ANCHOR: wait
/// Sleeps until one of these has something; which of them: `poll(2)`.
fn wait(scene: &Scene, peers: &[usize]) -> io::Result<Vec<usize>> {
    let watch = |peer: &usize| {
        PollFd::new(scene.sockets[*peer].as_fd(), PollFlags::POLLIN)
    };
    let mut watched: Vec<PollFd<'_>> = peers.iter().map(watch).collect();
    poll(&mut watched, PollTimeout::NONE)?;
    let ready = peers.iter().zip(&watched);
    let ready = ready.filter(|(_, fd)| fd.any().unwrap_or(false));
    Ok(ready.map(|(peer, _)| *peer).collect())
}
// ANCHOR_END: wait

const WAITS: &str = "The program sleeps in poll(2). The kernel wakes it when \
    any of these sockets has something.";
const READY: &str = "poll says who is ready, and takes nothing. The program \
    makes the call that does.";
const TOOK: &str = "This recv doesn't wait: the bytes are there.";
