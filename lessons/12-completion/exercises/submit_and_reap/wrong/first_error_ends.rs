//! Rejected by: an_error_is_that_of_one_stream, the_kernel_s_own_ring_agrees
//!
//! One stream's error ends it for all, and leaves theirs in the ring.

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
            let bytes = done.bytes().to_vec();
            let place = done.user_data as usize;
            done.result?;
            results[place] = Some(Ok(bytes));
            missing -= 1;
        }
    }
    Ok(results.into_iter().flatten().collect())
}
