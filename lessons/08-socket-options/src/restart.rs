//! SO_REUSEPORT lets a new server start beside the old one, socket(7). But
//! each listener has a queue of its own, and what waits in the old one's
//! when it closes is reset.
//!
//! ```text
//! clients ──┬─▶ queue of the old listener ─▶ accept
//!           └─▶ queue of the new listener ─▶ accept
//!           the kernel chooses, by a hash of both ends
//! ```

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lab::Lab;
use lesson_tcp::state::{State, entries};
use lesson_tcp::{connect, recv};
use narrator::{line, say};
use socket2::{Domain, Socket, Type};

use crate::scene::at;

const SERVER: SocketAddr = at(1, 8888);

/// How many clients come while both servers listen.
const CLIENTS: usize = 100;

/// How long anybody waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// The old server ends three times.
pub fn run() -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/restart.snap");
    let Some(mut lab) = Lab::enter_or_replay(RECORDED) else { return Ok(()) };
    let alice = lab.host("alice")?;
    line("The old server closes its listener:");
    alice.enter(|| restart(false))?;
    line("");
    line("The old server serves its queue first:");
    alice.enter(|| restart(true))?;
    line("");
    alice.set("ipv4/tcp_migrate_req", "1")?;
    line("The old server closes, and tcp_migrate_req is 1:");
    alice.enter(|| restart(false))
}

// ANCHOR: restart
/// Both listen, clients come, the old one ends; perhaps after it has
/// accepted all that wait.
fn restart(serve_first: bool) -> io::Result<()> {
    let (old, new) = (sharing()?, sharing()?);
    say("old", "listen", "SO_REUSEPORT");
    say("new", "listen", "SO_REUSEPORT, the same port");
    let clients: io::Result<Vec<_>> =
        (0..CLIENTS).map(|_| connect(SERVER)).collect();
    let clients = clients?;
    await_queues()?;
    say("clients", "connect", format_args!("{CLIENTS} of them: all work"));

    if serve_first {
        let served = serve_all(&old)?;
        say("old", "accept", format_args!("{served} of {CLIENTS}"));
    }
    drop(old);
    say("old", "close", "the listener");
    let served = serve_all(&new)?;
    say("new", "accept", format_args!("{served} of {CLIENTS}"));
    let (answers, resets) = ask(&clients)?;
    say("clients", "recv", format_args!("an answer: {answers} of {CLIENTS}"));
    say("clients", "recv", format_args!("ECONNRESET: {resets} of {CLIENTS}"));
    Ok(())
}
// ANCHOR_END: restart

// ANCHOR: sharing
fn sharing() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // Both must have set it, before bind.
    socket.set_reuse_port(true)?;
    // What is left of the restart before, in this demo.
    socket.set_reuse_address(true)?;
    socket.bind(&SERVER.into())?;
    socket.listen(2 * CLIENTS as i32)?;
    Ok(socket)
}
// ANCHOR_END: sharing

/// Accepts all that wait, and answers each.
fn serve_all(listener: &Socket) -> io::Result<usize> {
    listener.set_nonblocking(true)?;
    let mut served = 0;
    loop {
        match listener.accept() {
            Ok((client, _)) => {
                client.send(b"hello")?;
                served += 1;
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                return Ok(served);
            }
            Err(other) => return Err(other),
        }
    }
}

/// Each client gets an answer or a reset: how many got which.
fn ask(clients: &[Socket]) -> io::Result<(usize, usize)> {
    let (mut answers, mut resets) = (0, 0);
    for client in clients {
        client.set_read_timeout(Some(PATIENCE))?;
        match recv(client, &mut [0; 5]) {
            Ok(5) => answers += 1,
            Ok(_) => return Err(io::Error::other("half an answer")),
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => resets += 1,
            Err(other) => return Err(other),
        }
    }
    Ok((answers, resets))
}

/// Waits until all clients stand in one queue or the other.
fn await_queues() -> io::Result<()> {
    let began = Instant::now();
    let waits = |e: &lesson_tcp::state::Entry| e.state == State::Listen;
    while began.elapsed() < PATIENCE {
        let listeners = entries()?.into_iter().filter(waits);
        if listeners.map(|listener| listener.unread).sum::<usize>() == CLIENTS {
            return Ok(());
        }
        std::thread::yield_now();
    }
    Err(io::ErrorKind::TimedOut.into())
}
