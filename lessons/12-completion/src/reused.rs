//! A buffer that was used for something else too early.
//!
//! The program gives up on a recv, and takes its buffer for the next thing.
//! But nobody told the kernel, which still has the address. What comes later
//! is written there, without any call of the program's.
//!
//! In safe Rust that can't be written with a buffer of one's own: it has
//! moved into the ring. Here it is memory that both may write to at any time,
//! as in a program in C.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::Relaxed;

use lesson_completion::{Entry, Operation, Ring, Rings};
use narrator::say;

use crate::scene::{arrive, connection, tell};

// ANCHOR: run
/// Overwrites an invoice.
pub fn run(ring: &mut Ring) -> io::Result<()> {
    let (mut client, stream) = connection()?;
    let buffer: Arc<[AtomicU8]> = (0..12).map(|_| AtomicU8::new(0)).collect();
    let recv = Operation::RecvShared(stream, Arc::clone(&buffer));
    ring.push(Entry::new(1, recv))?;
    ring.submit()?;
    tell(ring, "server", "submit", "recv 1, into the buffer");

    // No cancel, and no completion: the recv is still there.
    for (place, byte) in buffer.iter().zip(*b"invoice 4711") {
        place.store(byte, Relaxed);
    }
    tell(ring, "server", "forget", "the recv");
    say("server", "write", format_args!("{:?} into the buffer", text(&buffer)));

    client.write_all(b"hello")?;
    arrive(ring, 1)?;
    tell(ring, "client", "send", "\"hello\"");
    say("server", "read", format_args!("{:?} in the buffer", text(&buffer)));
    Ok(())
}
// ANCHOR_END: run

fn text(buffer: &[AtomicU8]) -> String {
    buffer.iter().map(|byte| char::from(byte.load(Relaxed))).collect()
}
