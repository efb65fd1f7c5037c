//! Rejected by: bytes_in_time_are_given, both_are_submitted_and_linked, completions_come_in_any_order, bytes_in_the_last_moment_are_bytes, an_error_stays_what_it_is, who_else_cancels_is_not_the_time, neither_is_left_in_the_ring, zero_is_a_limit, the_kernel_keeps_the_time
//!
//! A time-out that failed is taken for one that ran out. It says ECANCELED when all went well.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use lesson_completion::{Entry, Operation, Rings};

/// The user_data of the recv, and of its time limit.
pub const RECV: u64 = 1;
pub const LIMIT: u64 = 2;

/// Receives into the buffer. What came of it, and the buffer.
pub fn recv_within(
    ring: &mut dyn Rings,
    stream: &Arc<TcpStream>,
    buffer: Vec<u8>,
    limit: Option<Duration>,
) -> io::Result<(io::Result<usize>, Vec<u8>)> {
    if ring.room() < 2 {
        ring.submit()?;
    }
    let recv = Operation::Recv(Arc::clone(stream), buffer);
    let recv = Entry::new(RECV, recv);
    let open = match limit {
        None => {
            ring.push(recv)?;
            1
        }
        Some(limit) => {
            ring.push(recv.linked())?;
            ring.push(Entry::new(LIMIT, Operation::LinkTimeout(limit)))?;
            2
        }
    };
    ring.submit_and_wait(open, None)?;
    let (mut received, mut expired) = (None, false);
    while let Some(done) = ring.reap() {
        match done.user_data {
            RECV => received = Some(done),
            _ => expired = done.result.is_err(),
        }
    }
    let Some(mut done) = received else {
        return Err(io::Error::other("the recv has no completion"));
    };
    let mut result = Err(io::ErrorKind::TimedOut.into());
    if !expired {
        std::mem::swap(&mut result, &mut done.result);
    }
    Ok((result, done.into_buffer()))
}
