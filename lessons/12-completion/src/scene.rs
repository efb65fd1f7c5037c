//! What the demos share: both ends of a connection, and a look at the queues.

use std::fmt::Display;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use lesson_completion::{Completion, Operation, Ring, Rings};
use narrator::{explain, say};

/// How long a demo waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Tells a step, and where the operations are after it.
pub fn tell(ring: &mut Ring, who: &str, call: &str, what: impl Display) {
    let queues = ring.queues();
    say(who, call, format_args!("{what:<36} {queues}"));
}

/// Waits until so many completions are in the queue. It looks at the shared
/// memory, and calls nothing of the ring.
pub fn arrive(ring: &mut Ring, count: usize) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    while ring.queues().completion < count {
        if Instant::now() > end {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::yield_now();
    }
    Ok(())
}

/// The next completion, which must be there.
pub fn reap(ring: &mut Ring) -> io::Result<Completion> {
    let missing = || io::Error::other("no completion is in the queue");
    ring.reap().ok_or_else(missing)
}

/// Takes all completions that are there, in the order of their user_data: the
/// kernel's own order is not promised.
pub fn reap_all(ring: &mut Ring) -> Vec<Completion> {
    let mut all: Vec<_> = std::iter::from_fn(|| ring.reap()).collect();
    all.sort_by_key(|done| done.user_data);
    all
}

/// Tells what came of an operation, and of which: "recv 1" is a recv whose
/// user_data is 1.
pub fn tell_end(done: &Completion) {
    let Completion { user_data, operation, .. } = done;
    let (came, with) = match (&done.result, operation) {
        (Err(error), Operation::Recv(..)) => {
            (explain(error), ", and the buffer")
        }
        (Err(error), _) => (explain(error), ""),
        (Ok(_), Operation::Recv(..)) => {
            let bytes = done.bytes().escape_ascii();
            (format!("\"{bytes}\""), ", and the buffer")
        }
        (Ok(_), _) => ("done".to_string(), ""),
    };
    let name = operation.name();
    say("server", "reap", format_args!("{name} {user_data}: {came}{with}"));
}

/// Two ends of one connection on loopback: the client's and the server's.
pub fn connection() -> io::Result<(TcpStream, Arc<TcpStream>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    client.set_read_timeout(Some(PATIENCE))?;
    let (server, _) = listener.accept()?;
    Ok((client, Arc::new(server)))
}
