//! Rejected by: another_number_than_one_is_refused
//!
//! One of those that came is taken, whatever else came.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use lesson_unix_sockets::rights;
use socket2::{Domain, SockRef};

/// The old program's side. On an error the listener comes back with it.
pub fn hand_over(
    to: &UnixStream,
    listener: TcpListener,
) -> Result<(), (TcpListener, io::Error)> {
    match sent_and_confirmed(to, &listener) {
        Ok(()) => Ok(()),
        Err(error) => Err((listener, error)),
    }
}

fn sent_and_confirmed(
    mut to: &UnixStream,
    listener: &TcpListener,
) -> io::Result<()> {
    rights::send(to, b"L", &[listener.as_fd()])?;
    let mut answer = [0];
    to.read_exact(&mut answer)?;
    match &answer {
        b"k" => Ok(()),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

/// The new program's side.
///
/// # Errors
///
/// `InvalidData` when something else came, `UnexpectedEof` when nothing can
/// come any more.
pub fn take_over(mut from: &UnixStream) -> io::Result<TcpListener> {
    // Room for all that can come: then nothing is cut, and all is counted.
    let mut message = rights::receive(from, &mut [0; 1], rights::MOST)?;
    if message.bytes == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let descriptor = match (message.descriptors.pop(), message.cut) {
        (Some(one), false) => one,
        _ => return Err(ErrorKind::InvalidData.into()),
    };
    if !listens(&descriptor).unwrap_or(false) {
        return Err(ErrorKind::InvalidData.into());
    }
    from.write_all(b"k")?;
    Ok(descriptor.into())
}

fn listens(descriptor: &OwnedFd) -> io::Result<bool> {
    let socket = SockRef::from(descriptor);
    let domain = socket.domain()?;
    let internet = domain == Domain::IPV4 || domain == Domain::IPV6;
    Ok(internet && socket.is_listener()?)
}
