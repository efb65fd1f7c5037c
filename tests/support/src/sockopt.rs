//! Socket options as the kernel has them: a level, a name and some bytes.
//!
//! socket2 and nix give each option a type of its own. The checks that are
//! about the bytes, or about an option that neither has, come here. Each
//! function makes one call, with ordinary slices.

#![allow(unsafe_code)]

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};

use nix::libc::{self, c_void, socklen_t};

/// Reads an option into `value`, and returns how many bytes of it the kernel
/// has filled: `getsockopt(2)`.
///
/// # Errors
///
/// ENOPROTOOPT or EOPNOTSUPP where the level has no such option, ENOTSOCK
/// where the descriptor is no socket's.
pub fn get(
    socket: &impl AsFd,
    level: i32,
    name: i32,
    value: &mut [u8],
) -> io::Result<usize> {
    let socket = socket.as_fd().as_raw_fd();
    let mut length = socklen_t::try_from(value.len()).unwrap_or(0);
    let to = value.as_mut_ptr().cast::<c_void>();
    // SAFETY: getsockopt(2) writes no more than `length` bytes to `to`, and
    // `value` has so many. The descriptor is open: it is borrowed.
    let done =
        unsafe { libc::getsockopt(socket, level, name, to, &raw mut length) };
    answer(done)?;
    Ok(length as usize)
}

/// Sets an option to the bytes of `value`: `setsockopt(2)`.
///
/// # Errors
///
/// As [`get`], and EINVAL where the bytes are no value of the option.
pub fn set(
    socket: &impl AsFd,
    level: i32,
    name: i32,
    value: &[u8],
) -> io::Result<()> {
    let socket = socket.as_fd().as_raw_fd();
    let length = socklen_t::try_from(value.len()).unwrap_or(0);
    let from = value.as_ptr().cast::<c_void>();
    // SAFETY: setsockopt(2) reads `length` bytes from `from`, and `value` has
    // so many. The descriptor is open: it is borrowed.
    let done = unsafe { libc::setsockopt(socket, level, name, from, length) };
    answer(done)
}

fn answer(done: i32) -> io::Result<()> {
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// How many segments with data have come to this end: TCP_INFO, tcp(7), the
/// field tcpi_data_segs_in of linux/tcp.h.
pub fn segments_in(stream: &TcpStream) -> io::Result<u32> {
    tcp_info(stream, 152)
}

/// How many connections may wait in a listener's queue: what `listen(2)` was
/// given. The kernel tells it in tcpi_sacked, where the socket listens.
pub fn queue_limit(listener: &TcpListener) -> io::Result<u32> {
    tcp_info(listener, 28)
}

/// The field of struct tcp_info that begins at this byte.
fn tcp_info(socket: &impl AsFd, place: usize) -> io::Result<u32> {
    let mut info = [0; 256];
    get(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
    let field = info.get(place..).and_then(|rest| rest.first_chunk());
    Ok(field.map_or(0, |bytes| u32::from_ne_bytes(*bytes)))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use socket2::SockRef;

    use super::*;
    use crate::peer;

    #[test]
    fn an_option_is_four_bytes_that_change() {
        let socket = peer::listener().unwrap();
        let (level, name) = (libc::SOL_SOCKET, libc::SO_KEEPALIVE);
        let mut value = [7; 5];

        assert_eq!(get(&socket, level, name, &mut value).unwrap(), 4);
        assert_eq!(value, [0, 0, 0, 0, 7]);
        set(&socket, level, name, &1i32.to_ne_bytes()).unwrap();
        assert!(SockRef::from(&socket).keepalive().unwrap());
    }

    #[test]
    fn an_option_of_another_level_is_refused() {
        let socket = peer::listener().unwrap();

        let error = get(&socket, libc::SOL_SOCKET, 4711, &mut [0; 4]);

        let number = error.unwrap_err().raw_os_error();
        assert_eq!(number, Some(libc::ENOPROTOOPT));
    }

    #[test]
    fn segments_with_data_are_counted() {
        let (mut peer, mut learner) = peer::connection().unwrap();
        learner.set_nodelay(true).unwrap();

        for _ in 0..3 {
            learner.write_all(b"ab").unwrap();
            peer.read_exact(&mut [0; 2]).unwrap();
        }

        // A stalled machine may send one twice.
        assert!(segments_in(&peer).unwrap() >= 3);
        assert_eq!(segments_in(&learner).unwrap(), 0);
    }

    #[test]
    fn a_listeners_queue_is_told() {
        let listener = peer::listener().unwrap();

        SockRef::from(&listener).listen(7).unwrap();

        assert_eq!(queue_limit(&listener).unwrap(), 7);
    }
}
