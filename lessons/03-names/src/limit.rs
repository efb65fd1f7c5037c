//! A limit for calls that have none: a resolver may wait for a name server
//! as long as resolv.conf(5) says, and for a long list of them.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long the reader waits at most.
const LIMIT: Duration = Duration::from_secs(5);

// ANCHOR: within
/// Runs `call` on a thread of its own and waits for it, but not for ever.
/// getaddrinfo(3) can't be interrupted: a thread that is late goes on until
/// the program ends.
///
/// # Errors
/// `TimedOut`, with what to do about it.
pub fn within<T: Send + 'static>(
    call: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (tell, told) = mpsc::channel();
    // Nobody listens any more if it was late.
    thread::spawn(move || drop(tell.send(call())));
    told.recv_timeout(LIMIT).map_err(|_| {
        let why = "no answer within 5 seconds; is there a network, and does \
                   /etc/resolv.conf name a server that answers?";
        io::Error::new(io::ErrorKind::TimedOut, why)
    })
}
// ANCHOR_END: within
