//! The same server, with a ring: a call for each round.

use std::io;
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Ring, Rings};

use super::LENGTH;
use super::clients::Server;
use crate::scene::arrive;

/// The user_data of a connection's send is its recv's, and this.
const SEND: u64 = 1 << 32;

// ANCHOR: serve
/// How many times `io_uring_enter` was called.
pub fn serve(ring: &mut Ring, server: &Server) -> io::Result<usize> {
    let (before, count) = (ring.calls(), server.streams.len());
    for (number, stream) in server.streams.iter().enumerate() {
        let recv = Operation::Recv(Arc::clone(stream), vec![0; LENGTH]);
        ring.push(Entry::new(number as u64, recv))?;
    }
    ring.submit()?;
    arrive(ring, count)?;
    for round in 1..=server.rounds() {
        let last = round == server.rounds();
        answer(ring, last)?;
        // Any other server would wait in this call as well. But a signal can
        // end a wait early, and then it would be counted twice.
        ring.submit()?;
        // The answers and the next messages; after the last round, answers.
        arrive(ring, if last { count } else { 2 * count })?;
    }
    while let Some(done) = ring.reap() {
        done.result?;
    }
    Ok(ring.calls() - before)
}

/// Pushes an echo for each message, and a recv for the next.
fn answer(ring: &mut Ring, last: bool) -> io::Result<()> {
    while let Some(done) = ring.reap() {
        let number = done.user_data;
        let count = done.result?;
        let Operation::Recv(stream, mut buffer) = done.operation else {
            continue;
        };
        buffer.truncate(count);
        let send = Operation::Send(Arc::clone(&stream), buffer);
        ring.push(Entry::new(number | SEND, send))?;
        if !last {
            let recv = Operation::Recv(stream, vec![0; LENGTH]);
            ring.push(Entry::new(number, recv))?;
        }
    }
    Ok(())
}
// ANCHOR_END: serve
