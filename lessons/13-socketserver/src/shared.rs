//! What the loop of a server shares with those who do its work, and with
//! whoever stops it.

use std::collections::HashMap;
use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::sys::eventfd::{EfdFlags, EventFd};
use socket2::SockRef;

use crate::endpoint::Connection;

/// The bell that ends a wait, the wish to stop, and the open connections.
pub(crate) struct Shared {
    bell: EventFd,
    stopping: AtomicBool,
    open: Mutex<HashMap<u64, Connection>>,
}

impl Shared {
    pub(crate) fn new() -> io::Result<Arc<Self>> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Arc::new(Shared {
            bell: EventFd::from_value_and_flags(0, flags)?,
            stopping: AtomicBool::new(false),
            open: Mutex::default(),
        }))
    }

    /// Ends the loop's wait, or its next one: `eventfd(2)`.
    pub(crate) fn ring(&self) {
        // It fails only where it has rung 2⁶⁴ - 2 times.
        let _ = self.bell.write(1);
    }

    /// The bell has been heard.
    pub(crate) fn heard(&self) {
        // EAGAIN: it hasn't rung.
        let _ = self.bell.read();
    }

    pub(crate) fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Notes a connection while it is served.
    pub(crate) fn enter(&self, number: u64, connection: Connection) {
        let mut open = self.open();
        // Under the lock: `stop` sees it, or this sees the stop.
        if self.stopping() {
            no_more_to_read(&connection);
        }
        open.insert(number, connection);
    }

    pub(crate) fn leave(&self, number: u64) {
        self.open().remove(&number);
    }

    // ANCHOR: stop
    /// No new requests; and who waits for more of a client reads its end.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.open().values().for_each(no_more_to_read);
        self.ring();
    }
    // ANCHOR_END: stop

    /// A thread that panics here leaves the table whole.
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// ANCHOR: no_more_to_read
/// What has come can still be read; then the end. It wakes who waits in
/// `recv`, which a close would not: shutdown(2).
fn no_more_to_read(connection: &Connection) {
    // ENOTCONN: the client has gone already.
    let _ = SockRef::from(connection).shutdown(Shutdown::Read);
}
// ANCHOR_END: no_more_to_read

/// A connection in the table of those that a stop must wake. Dropping it
/// closes the connection, as its last owner.
pub struct Open {
    shared: Arc<Shared>,
    number: u64,
}

impl Open {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        number: u64,
        connection: Option<Connection>,
    ) -> Self {
        if let Some(connection) = connection {
            shared.enter(number, connection);
        }
        Open { shared: shared.clone(), number }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared.leave(self.number);
        self.shared.ring();
    }
}

/// Stops a server from another thread.
#[derive(Clone)]
pub struct Stopper(pub(crate) Arc<Shared>);

impl Stopper {
    /// The server takes no more requests, answers what has come, and
    /// [`run`](crate::Server::run) returns.
    pub fn stop(&self) {
        self.0.stop();
    }
}
