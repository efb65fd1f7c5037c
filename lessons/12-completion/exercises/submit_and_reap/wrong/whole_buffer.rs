//! Rejected by: each_stream_gets_its_own_bytes, completions_come_in_any_order, an_error_is_that_of_one_stream, one_call_is_enough_for_all, a_full_queue_is_submitted_and_filled_again, all_are_waited_for, zeros_are_bytes_and_the_end_is_none, the_kernel_s_own_ring_agrees
//!
//! The buffer is given, with what nobody has sent behind it.

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
            let place = done.user_data as usize;
            let ended = done.result.as_ref().map(|count| *count);
            results[place] = Some(match ended {
                Ok(_) => Ok(done.into_buffer()),
                Err(_) => done.result.map(|_| Vec::new()),
            });
            missing -= 1;
        }
    }
    Ok(results.into_iter().flatten().collect())
}
