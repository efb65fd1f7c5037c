//! One of the processes of `herd`. Its stdin is a listener, its stdout a
//! socket by which the demo tells it what to do, a byte at a time:
//!
//! ```text
//! w   waits with epoll until the listener is readable, and says r
//! a   accepts: c for a connection, e for EAGAIN
//! ```
//!
//! Each byte is repeated before it is done, so that the demo knows when to
//! look whether this process is asleep. A wait that was interrupted says i.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use narrator::{During, Trouble};
use nix::errno::Errno;
use nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use socket2::SockRef;

/// Obeys until nobody is there to tell it what to do.
pub fn run(exclusive: bool) -> Result<(), Trouble> {
    obey(exclusive).during("herd-worker")
}

fn obey(exclusive: bool) -> io::Result<()> {
    // A process that nobody can tell anything any more shall not stay.
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if !SockRef::from(&io::stdin()).is_listener().unwrap_or(false) {
        let why = "its stdin is no listener: `herd` starts it with one";
        return Err(io::Error::new(ErrorKind::InvalidInput, why));
    }
    let listener = io::stdin().as_fd().try_clone_to_owned()?;
    let listener = TcpListener::from(listener);
    let demo = io::stdout().as_fd().try_clone_to_owned()?;
    let mut demo = UnixStream::from(demo);
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&listener, EpollEvent::new(interest(exclusive), 0))?;
    let mut order = [0];
    while demo.read(&mut order)? == 1 {
        demo.write_all(&order)?;
        let report = match order {
            [b'w'] => wait(&epoll)?,
            _ => accept(&listener)?,
        };
        demo.write_all(&[report])?;
    }
    Ok(())
}

// ANCHOR: worker
/// EPOLLEXCLUSIVE: of several epoll instances that watch the same listener,
/// wake one, and not all: epoll_ctl(2).
fn interest(exclusive: bool) -> EpollFlags {
    match exclusive {
        true => EpollFlags::EPOLLIN | EpollFlags::EPOLLEXCLUSIVE,
        false => EpollFlags::EPOLLIN,
    }
}

fn wait(epoll: &Epoll) -> io::Result<u8> {
    let mut room = [EpollEvent::empty()];
    match epoll.wait(&mut room, EpollTimeout::NONE) {
        Ok(_) => Ok(b'r'),
        // The process was stopped, and goes on: signal(7).
        Err(Errno::EINTR) => Ok(b'i'),
        Err(error) => Err(error.into()),
    }
}

fn accept(listener: &TcpListener) -> io::Result<u8> {
    match listener.accept() {
        Ok(_) => Ok(b'c'),
        Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(b'e'),
        Err(error) => Err(error),
    }
}
// ANCHOR_END: worker
