//! The lab's end of a cable: frames in, frames out.
//!
//! A packet socket reads and writes whole frames at one interface, past all
//! protocols of the kernel, packet(7).

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use narrator::{During, Trouble};
use nix::errno::Errno;
use nix::libc;
use nix::net::if_::if_nametoindex;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, recv, send, setsockopt,
    socket, sockopt,
};

use crate::host::Host;
use crate::sys;

/// How long anybody here waits for a frame.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Room for the longest frame, and more: its payload's length has 16 bits.
pub const ROOM: usize = 65_536 + 64;

/// The note of a frame that no host could take.
pub const NOT_TAKEN: &str = "no host could take it";

/// The lab's end of a host's cable.
#[derive(Debug)]
pub struct Port {
    /// The host's name.
    pub host: Arc<str>,
    /// Reads and writes whole frames.
    pub socket: OwnedFd,
    /// The host is gone, and its cable with it.
    pub gone: bool,
}

impl Port {
    // ANCHOR: open
    /// Opens a packet socket on the host's cable. To be called in the lab's
    /// own namespace.
    pub fn open(host: &Host) -> Result<Self, Trouble> {
        let open = || -> io::Result<OwnedFd> {
            let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
            // Protocol 0: nothing is received until it is bound.
            let socket =
                socket(AddressFamily::Packet, SockType::Raw, flags, None)?;
            // The interface's queue is put in place some time after its
            // carrier came up; what is sent before is thrown away. Past it,
            // each frame goes straight to the other end.
            let bypass = libc::PACKET_QDISC_BYPASS;
            sys::set_packet_option(socket.as_fd(), bypass, 1)?;
            // Asks for more than anybody gets: net.core.rmem_max is granted.
            setsockopt(&socket, sockopt::RcvBuf, &(1 << 24))?;
            let index = if_nametoindex(host.name())?;
            sys::bind_to_interface(socket.as_fd(), index)?;
            Ok(socket)
        };
        let socket = open()
            .during(format_args!("open a packet socket at {host}'s cable"))?;
        Ok(Port { host: host.shared_name(), socket, gone: false })
    }
    // ANCHOR_END: open

    /// The next frame that the host has sent, if one waits.
    pub fn take<'b>(
        &mut self,
        room: &'b mut [u8],
    ) -> io::Result<Option<&'b [u8]>> {
        match recv(self.socket.as_raw_fd(), room, MsgFlags::empty()) {
            Ok(length) => Ok(Some(&room[..length])),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(error) => self.unless_gone(error).map(|()| None),
        }
    }

    /// Gives the host a frame, and says whether it could.
    pub fn give(&mut self, bytes: &[u8]) -> io::Result<bool> {
        if self.gone {
            return Ok(false);
        }
        match send(self.socket.as_raw_fd(), bytes, MsgFlags::empty()) {
            Ok(_) => Ok(true),
            // ENOBUFS: the host is slower than the wire. EMSGSIZE: longer
            // than the cable's MTU, as a frame left to a card may be.
            Err(Errno::ENOBUFS | Errno::EMSGSIZE) => Ok(false),
            Err(error) => self.unless_gone(error).map(|()| false),
        }
    }

    /// A host that ended took its end of the cable along, and ours went with
    /// it: no trouble, but the end of this port.
    fn unless_gone(&mut self, error: Errno) -> io::Result<()> {
        match error {
            Errno::ENETDOWN | Errno::ENXIO | Errno::ENODEV => {
                self.gone = true;
                Ok(())
            }
            error => Err(error.into()),
        }
    }

    /// How many of the host's frames found no room to wait.
    pub fn overrun(&self) -> usize {
        sys::overrun(self.socket.as_fd()).map_or(0, |count| count as usize)
    }
}

/// Whom a frame from port `from` reaches, in a word.
pub fn reached(ports: &[Port], from: usize) -> Arc<str> {
    match ports {
        [first, second] => [second, first][from].host.clone(),
        _ => "all".into(),
    }
}

/// Waits until one of the descriptors has something, or the time is up; says
/// which have.
pub fn ready(fds: &[BorrowedFd<'_>], limit: Duration) -> io::Result<Vec<bool>> {
    let asked = |fd| PollFd::new(fd, PollFlags::POLLIN);
    let mut fds: Vec<_> = fds.iter().copied().map(asked).collect();
    // Rounded up: 0 would not wait at all.
    let limit = limit.as_micros().div_ceil(1000).min(60_000) as u16;
    match poll(&mut fds, PollTimeout::from(limit)) {
        // EINTR: a signal arrived; signal(7) says try again.
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let any = |fd: &PollFd<'_>| fd.any().unwrap_or(false);
    Ok(fds.iter().map(any).collect())
}

/// Gives a frame to all hosts but the one that sent it, and says whether
/// any could take it.
pub fn give_others(
    ports: &mut [Port],
    from: usize,
    bytes: &[u8],
) -> io::Result<bool> {
    let mut taken = false;
    for (number, port) in ports.iter_mut().enumerate() {
        if number != from {
            taken |= port.give(bytes)?;
        }
    }
    Ok(taken)
}
