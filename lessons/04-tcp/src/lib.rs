//! What the lesson's programs share, and later lessons build on.
//!
//! Each function names the system call behind it. socket2 keeps the names of
//! the calls; this library adds what a program says every time it makes them:
//! which address, which queue, which option.
//!
//! ```text
//! server   socket → bind → listen → accept ─┐
//!                                           ├─ send, recv … → close
//! client   socket → connect ────────────────┘
//! ```
//!
//! - [`listener`], [`connect`], [`pair`]: from nothing to a connection.
//! - [`recv`], [`arrived`]: what has come so far, and waiting for more.
//! - [`serve`]: a thread for each client.
//! - [`state`]: what the kernel knows about each connection.

pub mod serve;
pub mod state;

use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, SocketAddr};

use nix::libc;
use socket2::{Domain, Socket, Type};

/// An address on this machine that nobody else can reach, with port 0: the
/// kernel picks a free port at bind, ip(7).
pub const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How many connections may wait for `accept` in most of these programs.
pub const BACKLOG: i32 = 128;

/// A listening socket: `socket(2)`, `bind(2)`, `listen(2)`.
///
/// `backlog` is how many connections may wait for `accept`. `reuse` sets
/// SO_REUSEADDR before `bind`, so that a server started again can have its
/// port back while old connections are still in TIME-WAIT, socket(7).
///
/// Errors: EADDRINUSE when the port is taken, EACCES below port 1024
/// without privilege, EADDRNOTAVAIL for an address of another machine.
pub fn listener(
    address: SocketAddr,
    backlog: i32,
    reuse: bool,
) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(reuse)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket)
}

/// A new socket, connected to `address`: `socket(2)`, `connect(2)`.
///
/// Errors: ECONNREFUSED when nobody listens there, ETIMEDOUT when nobody
/// answers, ENETUNREACH when no route leads there.
pub fn connect(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    Ok(socket)
}

/// Both ends of one connection on loopback: the client's and the server's.
pub fn pair() -> io::Result<(Socket, Socket)> {
    let listener = listener(LOOPBACK, 1, false)?;
    let client = connect(local(&listener)?)?;
    let (server, _) = listener.accept()?;
    Ok((client, server))
}

/// The address at this end: `getsockname(2)`.
pub fn local(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(not_an_internet_address)
}

/// The address at the other end: `getpeername(2)`.
pub fn remote(socket: &Socket) -> io::Result<SocketAddr> {
    socket.peer_addr()?.as_socket().ok_or_else(not_an_internet_address)
}

fn not_an_internet_address() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "not an internet address")
}

/// Takes what has arrived, at most `buffer.len()` bytes: `recv(2)`.
///
/// Waits while there is nothing. 0 means that the peer has finished sending.
///
/// socket2's own `recv` fills memory that was never initialised; its `Read`
/// makes the same call with an ordinary buffer.
pub fn recv(mut socket: &Socket, buffer: &mut [u8]) -> io::Result<usize> {
    socket.read(buffer)
}

/// Waits until `count` bytes have arrived, and leaves them there: `recv(2)`
/// with MSG_PEEK and MSG_WAITALL. Returns fewer only when no more will come.
///
/// The demos use it where they want to show what one `recv` then takes,
/// whatever else the machine is doing. A program has no need of it.
pub fn arrived(socket: &Socket, count: usize) -> io::Result<usize> {
    let mut unread = vec![MaybeUninit::uninit(); count];
    socket.recv_with_flags(&mut unread, libc::MSG_PEEK | libc::MSG_WAITALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_has_the_options_it_was_asked_for() {
        let plain = listener(LOOPBACK, BACKLOG, false).unwrap();
        let reusing = listener(LOOPBACK, BACKLOG, true).unwrap();

        assert!(!plain.reuse_address().unwrap());
        assert!(reusing.reuse_address().unwrap());
        assert!(plain.is_listener().unwrap());
    }

    #[test]
    fn waiting_for_bytes_outlasts_a_part_and_leaves_all() {
        let (client, server) = pair().unwrap();
        let (begin, begun) = std::sync::mpsc::channel();

        client.send(b"ab").unwrap();
        let waiting = std::thread::spawn(move || {
            arrived(&server, 2).unwrap();
            begin.send(()).unwrap();
            (arrived(&server, 4).unwrap(), server)
        });
        begun.recv().unwrap();
        std::thread::yield_now();
        client.send(b"cd").unwrap();
        let (count, server) = waiting.join().unwrap();
        let mut buffer = [0; 8];

        assert_eq!(count, 4);
        assert_eq!(recv(&server, &mut buffer).unwrap(), 4);
        assert_eq!(&buffer[..4], b"abcd");
    }

    #[test]
    fn waiting_ends_when_no_more_bytes_will_come() {
        let (client, server) = pair().unwrap();

        client.send(b"ab").unwrap();
        drop(client);

        assert_eq!(arrived(&server, 4).unwrap(), 2);
    }

    #[test]
    fn both_ends_of_a_pair_agree_on_the_addresses() {
        let (client, server) = pair().unwrap();

        assert_eq!(local(&client).unwrap(), remote(&server).unwrap());
        assert_eq!(remote(&client).unwrap(), local(&server).unwrap());
    }
}
