//! A datagram that finds no room in the receiver's buffer is thrown away.
//! The sender isn't told, nor is the receiver: SO_RCVBUF in socket(7).

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::Instant;

use lesson_udp::{LOOPBACK, PATIENCE, bound, connected, kernel};
use narrator::say;
use socket2::SockRef;

/// How many datagrams are sent.
const COUNT: u32 = 1000;
/// The room that is asked for, in bytes. The kernel doubles it, socket(7).
const LITTLE: usize = 4096;

/// A thousand datagrams for a server that is busy elsewhere.
pub fn run() -> io::Result<()> {
    let server = bound(LOOPBACK)?;
    SockRef::from(&server).set_recv_buffer_size(LITTLE)?;
    say("server", "setsockopt", format_args!("SO_RCVBUF: {LITTLE}"));

    let client = connected(server.local_addr()?)?;
    client.send(&1u32.to_be_bytes())?;
    // Waits until it is there, and leaves it there: MSG_PEEK.
    server.peek(&mut [0; 4])?;
    let each = told_by_the_kernel(&server)?.waiting;
    for number in 2..=COUNT {
        client.send(&number.to_be_bytes())?;
    }
    say("client", "send", format_args!("{COUNT} times 4 bytes: no error"));

    let drops = settled(&server, each)?;
    say("kernel", "drops", format_args!("{drops} of {COUNT} datagrams"));
    let numbers = all_there_is(&server)?;
    let count = numbers.len();
    say("server", "recvfrom", format_args!("{count} of {COUNT} datagrams"));
    if numbers.iter().copied().eq(1..=count as u32) {
        say("server", "", "the first that came: later ones found no room");
    }
    Ok(())
}

/// Waits until each datagram has been put into the buffer or dropped, as on
/// a busy machine the last of them may be on their way. Gives the drops.
///
/// The kernel counts the memory that is taken, and each datagram takes
/// `each` bytes of it.
fn settled(server: &UdpSocket, each: u64) -> io::Result<u64> {
    let end = Instant::now() + PATIENCE;
    loop {
        let now = told_by_the_kernel(server)?;
        if now.waiting / each + now.drops == u64::from(COUNT) {
            return Ok(now.drops);
        }
        if Instant::now() > end {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::yield_now();
    }
}

fn told_by_the_kernel(server: &UdpSocket) -> io::Result<kernel::Entry> {
    match server.local_addr()? {
        SocketAddr::V4(address) => kernel::of(address),
        SocketAddr::V6(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// The numbers that wait at the socket, until none does.
fn all_there_is(server: &UdpSocket) -> io::Result<Vec<u32>> {
    server.set_nonblocking(true)?;
    let (mut numbers, mut buffer) = (Vec::new(), [0; 4]);
    loop {
        match server.recv(&mut buffer) {
            Ok(_) => numbers.push(u32::from_be_bytes(buffer)),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(numbers)
}
