//! Rejected by: completions_come_in_any_order, the_kernel_s_own_ring_agrees
//!
//! The first completion is taken for that of the first stream.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Refused, Rings};

/// Receives at most `length` bytes from each stream.
pub fn recv_each(
    ring: &mut dyn Rings,
    streams: &[Arc<TcpStream>],
    length: usize,
) -> io::Result<Vec<io::Result<Vec<u8>>>> {
    for (place, stream) in streams.iter().enumerate() {
        let recv = Operation::Recv(Arc::clone(stream), vec![0; length]);
        match ring.push(Entry::new(place as u64, recv)) {
            Err(Refused::Full(entry)) => {
                ring.submit()?;
                ring.push(entry)?;
            }
            pushed => pushed?,
        }
    }
    let mut results: Vec<_> = streams.iter().map(|_| None).collect();
    let mut missing = streams.len();
    while missing > 0 {
        ring.submit_and_wait(missing, None)?;
        while let Some(done) = ring.reap() {
            let place = streams.len() - missing;
            let bytes = done.bytes().to_vec();
            results[place] = Some(done.result.map(|_| bytes));
            missing -= 1;
        }
    }
    Ok(results.into_iter().flatten().collect())
}
