//! `send` puts bytes into a buffer of the kernel: send(2). The peer's kernel
//! acknowledges them when it has them in a buffer of its own. No program has
//! seen them yet, and perhaps none will (RFC 793, section 2.6).

use std::io;

use lesson_tcp::{BACKLOG, LOOPBACK, connect, listener, local, recv, state};
use narrator::{explain, say};
use socket2::Socket;

/// Three times success, and not a byte was read.
pub fn run() -> io::Result<()> {
    let listener = listener(LOOPBACK, BACKLOG, false)?;
    let client = connect(local(&listener)?)?;
    say("client", "connect", "connected; nobody has called accept");

    let sent = client.send(b"pay 100 euros")?;
    say("client", "send", format_args!("{sent} bytes: \"pay 100 euros\""));
    told_by_the_kernel(&client, &listener)?;

    let (server, _) = listener.accept()?;
    say("server", "accept", "and does nothing with it");

    let sent = client.send(&[b'.'; 1000])?;
    say("client", "send", format_args!("{sent} bytes more"));
    told_by_the_kernel(&client, &listener)?;

    drop(server);
    say("server", "close", "without a single recv");
    match recv(&client, &mut [0; 16]) {
        Ok(count) => say("client", "recv", format_args!("{count} bytes")),
        Err(error) => say("client", "recv", explain(&error)),
    }
    Ok(())
}

/// What `/proc/net/tcp` says of both ends.
fn told_by_the_kernel(client: &Socket, listener: &Socket) -> io::Result<()> {
    let (here, there) = (local(client)?, local(listener)?);
    state::await_acknowledged(here, there)?;
    say("kernel", "client", "0 bytes not acknowledged: all has arrived");
    let unread = state::of(there, here)?.map_or(0, |entry| entry.unread);
    say("kernel", "server", format_args!("{unread} bytes not read"));
    Ok(())
}
