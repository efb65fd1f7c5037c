//! The side that closes first keeps the connection in TIME-WAIT, one minute
//! on Linux, so that late segments meet nobody new (RFC 9293, section 3.6.1).
//!
//! A server that closes first therefore leaves its port busy. SO_REUSEADDR,
//! socket(7), lets a new listener in, if the old one had set it too.

use std::io;
use std::net::SocketAddr;

use lesson_tcp::state::{State, await_state};
use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local};
use narrator::{explain, line, say};

/// The close, step by step, and then every way to start again.
pub fn run() -> io::Result<()> {
    let address = told()?;
    let again = outcome(listener(address, BACKLOG, false));
    say("server", "bind", format_args!("the same port again: {again}"));

    line("");
    line("first run      second run     bind to the same port");
    for first in [false, true] {
        for second in [false, true] {
            let address = untold(first)?;
            let again = outcome(listener(address, BACKLOG, second));
            let (first, second) = (option(first), option(second));
            line(format_args!("{first:<14} {second:<14} {again}"));
        }
    }
    Ok(())
}

// ANCHOR: told
/// A server that closes first, and stops. Returns the address it had.
fn told() -> io::Result<SocketAddr> {
    let listener = listener(LOOPBACK, BACKLOG, false)?;
    let address = local(&listener)?;
    let client = connect(address)?;
    let from = local(&client)?;
    let (server, _) = listener.accept()?;
    states(address, State::Established, from, State::Established)?;

    drop(server);
    say("server", "close", "first: FIN goes out, ACK comes back");
    states(address, State::FinWait2, from, State::CloseWait)?;

    drop(client);
    say("client", "close", "second: FIN goes out, ACK comes back");
    states(address, State::TimeWait, from, State::Closed)?;

    drop(listener);
    say("server", "close", "the listener; a new one is to take its place");
    Ok(address)
}
// ANCHOR_END: told

/// The same without a word. `reuse` sets SO_REUSEADDR.
fn untold(reuse: bool) -> io::Result<SocketAddr> {
    let listener = listener(LOOPBACK, BACKLOG, reuse)?;
    let address = local(&listener)?;
    let client = connect(address)?;
    let from = local(&client)?;
    let (server, _) = listener.accept()?;
    drop(server);
    await_state(from, address, State::CloseWait)?;
    drop(client);
    await_state(address, from, State::TimeWait)?;
    Ok(address)
}

/// Waits for both ends to reach these states, which `/proc/net/tcp` shows.
fn states(
    server: SocketAddr,
    server_due: State,
    client: SocketAddr,
    client_due: State,
) -> io::Result<()> {
    let server_is = await_state(server, client, server_due)?;
    let client_is = await_state(client, server, client_due)?;
    let both = format!("server {server_is}, client {client_is}");
    say("kernel", "state", both);
    Ok(())
}

fn option(reuse: bool) -> &'static str {
    if reuse { "SO_REUSEADDR" } else { "without" }
}

fn outcome<T>(result: io::Result<T>) -> String {
    result.map_or_else(|error| explain(&error), |_| "works".into())
}
