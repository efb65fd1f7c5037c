//! Rejected by: the_buffer_comes_back
//!
//! A new buffer is given where the recv had none to show.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use lesson_completion::{Entry, Operation, Rings};
use nix::libc;

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
            _ => expired = is(&done.result, libc::ETIME),
        }
    }
    let Some(mut done) = received else {
        return Err(io::Error::other("the recv has no completion"));
    };
    let canceled = is(&done.result, libc::ECANCELED);
    let mut result = Err(io::ErrorKind::TimedOut.into());
    if !(canceled && expired) {
        std::mem::swap(&mut result, &mut done.result);
    }
    match &result {
        Ok(_) => Ok((result, done.into_buffer())),
        Err(_) => Ok((result, Vec::new())),
    }
}

fn is(result: &io::Result<usize>, errno: i32) -> bool {
    result.as_ref().is_err_and(|e| e.raw_os_error() == Some(errno))
}
