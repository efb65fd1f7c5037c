//! What to notice:
//!
//! - One `poll` waits for callers and for the stop, so a stop is noticed at
//!   once, and a signal in between costs a turn.
//! - The order: the queue is emptied, and then the listener is closed. The
//!   other way round, the kernel resets who is in the queue.
//! - `shutdown` for reading wakes a handler that waits, in any moment, and
//!   leaves its answer alone. To drop a connection that its handler has, too,
//!   wakes nobody.
//! - The list of the connections is what the stop waits for. Each one is
//!   taken off by a `Drop`, so that a panic doesn't leave it there.
//! - A thread can't be ended. So the wait has a bound, and the number of
//!   those left says that something was lost.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ops::RangeFrom;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// What is done for a client, in a thread of its own.
pub type Handler = Arc<dyn Fn(&TcpStream) + Send + Sync>;

/// Callers that a stop accepts at most: others may keep calling.
const LAST: usize = 4096;

/// Those that have a handler, and a bell for when one has left.
#[derive(Default)]
struct Clients {
    open: Mutex<HashMap<usize, Arc<TcpStream>>>,
    left: Condvar,
}

impl Clients {
    fn open(&self) -> MutexGuard<'_, HashMap<usize, Arc<TcpStream>>> {
        self.open.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Takes a client off the list, by a panic too.
struct Leaves(Arc<Clients>, usize);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.open().remove(&self.1);
        self.0.left.notify_all();
    }
}

/// Serves until it is asked to stop. Gives the number of handlers that had
/// not ended when its patience had.
///
/// # Errors
///
/// Those of `poll(2)`, and those of `accept(2)` that are no client's.
pub fn serve(
    listener: TcpListener,
    stop: UnixStream,
    patience: Duration,
    handle: Handler,
) -> io::Result<usize> {
    listener.set_nonblocking(true)?;
    let clients = Arc::default();
    let mut numbers = 0..;
    while !is_asked(&listener, &stop)? {
        if let Some(stream) = accept(&listener)? {
            start(&clients, &mut numbers, stream, &handle);
        }
    }
    for _ in 0..LAST {
        let Some(stream) = accept(&listener)? else { break };
        start(&clients, &mut numbers, stream, &handle);
    }
    drop(listener);
    let open = clients.open();
    for stream in open.values() {
        // Whoever has gone needs no end.
        let _ = stream.shutdown(Shutdown::Read);
    }
    let some = |open: &mut HashMap<_, _>| !open.is_empty();
    let (open, _) = clients
        .left
        .wait_timeout_while(open, patience, some)
        .unwrap_or_else(|e| e.into_inner());
    Ok(open.len())
}

/// Waits until somebody calls, or asks for the stop: whether that is so.
fn is_asked(listener: &TcpListener, stop: &UnixStream) -> io::Result<bool> {
    let watch = |fd| PollFd::new(fd, PollFlags::POLLIN);
    let mut watched = [watch(listener.as_fd()), watch(stop.as_fd())];
    match poll(&mut watched, PollTimeout::NONE) {
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(watched[1].any().unwrap_or(false)),
    }
}

/// The next one in the queue, if there is one.
fn accept(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => return Ok(Some(stream)),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock => return Ok(None),
                ErrorKind::Interrupted | ErrorKind::ConnectionAborted => {}
                _ => return Err(error),
            },
        }
    }
}

/// Gives a client its thread. Where there is none, it gets its end.
fn start(
    clients: &Arc<Clients>,
    numbers: &mut RangeFrom<usize>,
    stream: TcpStream,
    handle: &Handler,
) {
    let Some(number) = numbers.next() else { return };
    let (stream, handle) = (Arc::new(stream), Arc::clone(handle));
    clients.open().insert(number, Arc::clone(&stream));
    let leaves = Leaves(Arc::clone(clients), number);
    let _ = thread::Builder::new().spawn(move || {
        // The list is the last one to let go of the connection.
        let _leaves = leaves;
        let stream = stream;
        handle(&stream);
    });
}
