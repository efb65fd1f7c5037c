//! A buffer that was pushed is the kernel's, until its completion.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Rings};

fn hello(ring: &mut impl Rings, stream: Arc<TcpStream>) -> io::Result<()> {
    let mut buffer = b"hello".to_vec();
    ring.push(Entry::new(1, Operation::Send(stream, buffer)))?;
    ring.submit()?;
    buffer.clear();
    Ok(())
}

fn main() {}
