//! An operation and its time limit, linked: io_uring_prep_link_timeout(3).
//!
//! Both go into one submission. Whichever happens first ends the other, and
//! both complete: the one that came second with ECANCELED.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use lesson_completion::{Completion, Entry, Operation, Ring, Rings};
use narrator::{line, say};

use crate::scene::{PATIENCE, connection, reap_all, tell_end};

/// A limit that runs out, one that doesn't, one of zero, and a chain.
pub fn run(ring: &mut Ring) -> io::Result<()> {
    let (client, stream) = connection()?;
    line("A limit of 50 ms, and nothing comes:");
    let ends = limited(ring, &stream, Duration::from_millis(50))?;
    ends.iter().for_each(tell_end);

    line("\nA limit of an hour, and bytes are there:");
    send(&client, &stream, "hello")?;
    let ends = limited(ring, &stream, Duration::from_secs(3600))?;
    ends.iter().for_each(tell_end);

    line("\nA limit of zero, with bytes and without:");
    send(&client, &stream, "world")?;
    // Which error the time-out has depends on how fast it was.
    limited(ring, &stream, Duration::ZERO)?.iter().take(1).for_each(tell_end);
    limited(ring, &stream, Duration::ZERO)?.iter().take(1).for_each(tell_end);

    line("\nA chain whose first part fails:");
    chain(ring, &stream)
}

// ANCHOR: limited
fn limited(
    ring: &mut Ring,
    stream: &Arc<TcpStream>,
    limit: Duration,
) -> io::Result<Vec<Completion>> {
    let recv = Operation::Recv(Arc::clone(stream), vec![0; 16]);
    ring.push(Entry::new(1, recv).linked())?;
    ring.push(Entry::new(2, Operation::LinkTimeout(limit)))?;
    say("server", "submit", "recv 1, linked to time-out 2");
    // Both complete, so wait for both.
    ring.submit_and_wait(2, Some(PATIENCE))?;
    Ok(reap_all(ring))
}
// ANCHOR_END: limited

fn chain(ring: &mut Ring, stream: &Arc<TcpStream>) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    say("server", "shutdown", "Write: nothing more can be sent");
    let question = Operation::Send(Arc::clone(stream), b"hello".to_vec());
    let answer = Operation::Recv(Arc::clone(stream), vec![0; 16]);
    ring.push(Entry::new(3, question).linked())?;
    ring.push(Entry::new(4, answer))?;
    say("server", "submit", "send 3, linked to recv 4");
    ring.submit_and_wait(2, Some(PATIENCE))?;
    reap_all(ring).iter().for_each(tell_end);
    Ok(())
}

/// Sends, and waits until it is there: loopback takes its time, too.
fn send(
    mut client: &TcpStream,
    stream: &TcpStream,
    text: &str,
) -> io::Result<()> {
    client.write_all(text.as_bytes())?;
    say("client", "send", format_args!("{text:?}"));
    stream.peek(&mut [0; 1])?;
    Ok(())
}
