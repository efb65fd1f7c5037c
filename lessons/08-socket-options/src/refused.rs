//! What the kernel refuses to set, and what it takes without doing it.
//! `setsockopt(2)`, "ERRORS".

use std::fs::File;
use std::io;

use lesson_socket_options::find;
use narrator::{explain, line, say};
use socket2::{Domain, SockRef, Socket, Type};

/// Values out of range, the wrong socket, no socket, and one that only
/// looks as if it had worked.
pub fn run() -> io::Result<()> {
    out_of_range()?;
    line("");
    wrong_socket()?;
    line("");
    silently_less()
}

// ANCHOR: range
/// A refused value leaves the old one as it was.
fn out_of_range() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let bad = [
        ("IP_TTL", "256"),
        ("TCP_KEEPIDLE", "0"),
        ("TCP_KEEPCNT", "128"),
        ("TCP_MAXSEG", "10"),
    ];
    for (name, value) in bad {
        let setting = find(name)?;
        let before = setting.get(&socket)?;
        let outcome = told(setting.set(&socket, value));
        say("tcp", "set", format_args!("{name} to {value}: {outcome}"));
        let after = setting.get(&socket)?;
        let kept = if after == before { "still" } else { "now" };
        say("tcp", "get", format_args!("{name}: {kept} {after}"));
    }
    Ok(())
}
// ANCHOR_END: range

/// An option of TCP means nothing to UDP, and no option means anything to a
/// file.
fn wrong_socket() -> io::Result<()> {
    let udp = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    let outcome = told(udp.set_tcp_nodelay(true));
    say("udp", "set", format_args!("TCP_NODELAY to 1: {outcome}"));
    let file = File::open("/dev/null")?;
    let outcome = told(SockRef::from(&file).set_keepalive(true));
    say("file", "set", format_args!("SO_KEEPALIVE to 1: {outcome}"));
    Ok(())
}

/// No error, and not what was asked for: only reading it back tells.
fn silently_less() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    const ASKED: usize = 1_000_000_000;
    socket.set_recv_buffer_size(ASKED)?;
    say("tcp", "set", format_args!("SO_RCVBUF to {ASKED}: no error"));
    let got = socket.recv_buffer_size()?;
    let most: usize = std::fs::read_to_string(MOST)?
        .trim()
        .parse()
        .map_err(io::Error::other)?;
    let what = match got {
        got if got == 2 * most => "twice net.core.rmem_max, and no more",
        got if got == 2 * ASKED => "what was asked for, doubled",
        _ => "something else",
    };
    say("tcp", "get", format_args!("SO_RCVBUF: {what}"));
    Ok(())
}

/// Where the kernel tells its limit: socket(7).
const MOST: &str = "/proc/sys/net/core/rmem_max";

fn told(outcome: io::Result<()>) -> String {
    outcome.map_or_else(|error| explain(&error), |()| "works".into())
}
