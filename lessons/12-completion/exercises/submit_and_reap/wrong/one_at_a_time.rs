//! Rejected by: one_call_is_enough_for_all
//!
//! A submission for each stream: as many calls as with recv.

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
    let mut results = Vec::new();
    for stream in streams {
        let recv = Operation::Recv(Arc::clone(stream), vec![0; length]);
        ring.push(Entry::new(0, recv))?;
        ring.submit_and_wait(1, None)?;
        while let Some(done) = ring.reap() {
            let bytes = done.bytes().to_vec();
            results.push(done.result.map(|_| bytes));
        }
    }
    Ok(results)
}
