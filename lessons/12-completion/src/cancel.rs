//! Taking an operation back: io_uring_prep_cancel(3).
//!
//! A cancel is an operation like others, with a completion of its own. It
//! asks; the answer is the completion of the operation that it is about.
//! That one always comes, and before it the buffer is the kernel's.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use lesson_completion::{Entry, Operation, Ring, Rings};
use narrator::{line, say};

use crate::scene::{arrive, connection, reap_all, tell, tell_end};

/// Takes back a recv that waits, and one that is done.
pub fn run(ring: &mut Ring) -> io::Result<()> {
    let (client, stream) = connection()?;
    in_time(ring, &client, &stream)?;
    line("");
    too_late(ring, &client, &stream)
}

// ANCHOR: in_time
fn in_time(
    ring: &mut Ring,
    mut client: &TcpStream,
    stream: &Arc<TcpStream>,
) -> io::Result<()> {
    let recv = Operation::Recv(Arc::clone(stream), vec![0; 16]);
    ring.push(Entry::new(1, recv))?;
    ring.submit()?;
    tell(ring, "server", "submit", "recv 1");
    ring.push(Entry::new(2, Operation::Cancel(1)))?;
    ring.submit()?;
    arrive(ring, 2)?;
    tell(ring, "server", "submit", "cancel 2, of recv 1");
    reap_all(ring).iter().for_each(tell_end);

    client.write_all(b"late")?;
    say("client", "send", "\"late\"");
    let mut buffer = [0; 16];
    let count = (&**stream).read(&mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("server", "recv", format_args!("\"{text}\": it waited in the socket"));
    Ok(())
}
// ANCHOR_END: in_time

// ANCHOR: too_late
fn too_late(
    ring: &mut Ring,
    mut client: &TcpStream,
    stream: &Arc<TcpStream>,
) -> io::Result<()> {
    let recv = Operation::Recv(Arc::clone(stream), vec![0; 16]);
    ring.push(Entry::new(3, recv))?;
    ring.submit()?;
    tell(ring, "server", "submit", "recv 3");
    client.write_all(b"hello")?;
    arrive(ring, 1)?;
    tell(ring, "client", "send", "\"hello\"");
    // The server hasn't looked into the completion queue.
    ring.push(Entry::new(4, Operation::Cancel(3)))?;
    ring.submit()?;
    arrive(ring, 2)?;
    tell(ring, "server", "submit", "cancel 4, of recv 3");
    reap_all(ring).iter().for_each(tell_end);
    Ok(())
}
// ANCHOR_END: too_late
