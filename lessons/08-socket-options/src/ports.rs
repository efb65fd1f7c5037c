//! A client needs a port too, and there are only so many: ip(7),
//! `connect(2)`. A range of two ports shows how they run out.

use std::io;
use std::net::SocketAddr;

use lab::Lab;
use lesson_tcp::state::{State, await_state};
use lesson_tcp::{BACKLOG, connect, listener, local, recv, remote};
use narrator::{explain, line, say};
use socket2::{Domain, Socket, Type};

use crate::scene::at;

/// Two servers on alice's own host.
const SERVER: SocketAddr = at(1, 8888);
const OTHER: SocketAddr = at(1, 9999);

/// The last free port, and one port too few to tell two ends apart.
pub fn run() -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/ports.snap");
    let Some(mut lab) = Lab::enter_or_replay(RECORDED) else { return Ok(()) };
    let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
    alice.set("ipv4/ip_local_port_range", "40000 40001")?;
    say("alice", "sysctl", "ip_local_port_range: 40000 to 40001");
    alice.enter(run_out)?;
    line("");
    bob.set("ipv4/ip_local_port_range", "50000 50000")?;
    say("bob", "sysctl", "ip_local_port_range: 50000 to 50000");
    bob.enter(to_itself)
}

// ANCHOR: out
/// One connection more than there are ports.
fn run_out() -> io::Result<()> {
    let server = listener(SERVER, BACKLOG, false)?;
    let _other = listener(OTHER, BACKLOG, false)?;
    let mut clients = [connect(SERVER)?, connect(SERVER)?];
    clients.sort_by_key(|client| local(client).map(|at| at.port()).ok());
    for client in &clients {
        say("alice", "connect", told(client)?);
    }
    say("alice", "connect", outcome(SERVER));
    let elsewhere = connect(OTHER)?;
    let to = remote(&elsewhere)?;
    say("alice", "connect", format_args!("{to}: works, another pair"));
    let any = SocketAddr::new(SERVER.ip(), 0);
    let bound = listener(any, BACKLOG, false);
    let bound = bound.map_or_else(|error| explain(&error), |_| "works".into());
    say("alice", "bind", format_args!("{any}: {bound}"));

    line("");
    let [first, _second] = clients;
    let from = local(&first)?;
    drop(first);
    // The server's ends close second.
    drop((server.accept()?, server.accept()?));
    let state = await_state(from, SERVER, State::TimeWait)?;
    say("alice", "close", format_args!("{from}, which is {state} now"));
    say("alice", "connect", outcome(SERVER));
    Ok(())
}
// ANCHOR_END: out

fn told(client: &Socket) -> io::Result<String> {
    Ok(format!("{} → {}", local(client)?, remote(client)?))
}

fn outcome(to: SocketAddr) -> String {
    match connect(to) {
        Ok(_) => format!("{to}: works"),
        Err(error) => format!("{to}: {}", explain(&error)),
    }
}

// ANCHOR: itself
/// Nobody listens at the port, and connect succeeds.
fn to_itself() -> io::Result<()> {
    let nobody = at(2, 50_000);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.connect(&nobody.into())?;
    say("bob", "connect", format_args!("{nobody}: works, nobody listens"));
    say("bob", "names", told(&socket)?);
    socket.send(b"anybody?")?;
    say("bob", "send", "\"anybody?\"");
    let mut buffer = [0; 64];
    let count = recv(&socket, &mut buffer)?;
    let text = buffer[..count].escape_ascii();
    say("bob", "recv", format_args!("\"{text}\""));
    Ok(())
}
// ANCHOR_END: itself
