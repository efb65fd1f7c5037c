//! Asks a UDP echo server as fast as it answers: for scripts/bench-udp.
//!
//! ```text
//! bench ADDRESS COUNT       prints how many answers came in a second
//! ```
//!
//! So many datagrams are on their way at once that the server always has
//! one waiting, and so few that no buffer is full.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson_udp::connected;
use narrator::{During, Trouble, finish, line};

/// Datagrams on their way at once.
const WINDOW: usize = 32;
/// Bytes of data in each.
const SIZE: usize = 64;
/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    finish("bench", run())
}

fn run() -> Result<(), Trouble> {
    let (address, count) = arguments()
        .ok_or(io::Error::from(io::ErrorKind::InvalidInput))
        .during("usage: bench ADDRESS COUNT")?;
    let rate = rate(address, count).during(address)?;
    line(format_args!("{rate:.0}"));
    Ok(())
}

fn arguments() -> Option<(SocketAddr, usize)> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next()?.parse().ok()?;
    Some((address, arguments.next()?.parse().ok()?))
}

/// Answers in a second, of so many.
fn rate(address: SocketAddr, count: usize) -> io::Result<f64> {
    let socket = connected(address)?;
    socket.set_read_timeout(Some(LIMIT))?;
    let mut buffer = [0; SIZE];
    let began = Instant::now();
    for _ in 0..WINDOW {
        socket.send(&buffer)?;
    }
    for _ in 0..count {
        socket.recv(&mut buffer)?;
        socket.send(&buffer)?;
    }
    for _ in 0..WINDOW {
        socket.recv(&mut buffer)?;
    }
    let answers = (count + WINDOW) as f64;
    Ok(answers / began.elapsed().as_secs_f64())
}
