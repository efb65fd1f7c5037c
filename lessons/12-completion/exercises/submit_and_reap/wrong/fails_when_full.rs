//! Rejected by: a_full_queue_is_submitted_and_filled_again
//!
//! A queue without room is taken for a failure.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Rings};

/// Receives at most `length` bytes from each stream.
pub fn recv_each(
    ring: &mut dyn Rings,
    streams: &[Arc<TcpStream>],
    length: usize,
) -> io::Result<Vec<io::Result<Vec<u8>>>> {
    for (place, stream) in streams.iter().enumerate() {
        let recv = Operation::Recv(Arc::clone(stream), vec![0; length]);
        ring.push(Entry::new(place as u64, recv))?;
    }
    let mut results: Vec<_> = streams.iter().map(|_| None).collect();
    let mut missing = streams.len();
    while missing > 0 {
        ring.submit_and_wait(missing, None)?;
        while let Some(done) = ring.reap() {
            let bytes = done.bytes().to_vec();
            let place = done.user_data as usize;
            results[place] = Some(done.result.map(|_| bytes));
            missing -= 1;
        }
    }
    Ok(results.into_iter().flatten().collect())
}
