//! What a connection has from its listener: accept(2). On Linux the options
//! of the socket, and not the flags of the file, O_NONBLOCK among them.

use std::io;

use lesson_nonblocking::asleep::Call;
use lesson_tcp::{LOOPBACK, connect, listener, local, recv};
use narrator::{line, say};
use nix::libc::{SOCK_CLOEXEC, SOCK_NONBLOCK};
use socket2::{SockAddr, Socket};

use crate::stage::{beside, non_blocking, until_readable};

/// A listener with all of them set, and two ways to accept.
pub fn run() -> io::Result<()> {
    let listener = listener(LOOPBACK, 16, false)?;
    listener.set_nonblocking(true)?;
    listener.set_tcp_nodelay(true)?;
    listener.set_keepalive(true)?;
    tell("listen", &listener)?;

    let (client, server) = admit(&listener, Socket::accept)?;
    tell("accept", &server)?;
    let flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    let (_other, asked) = admit(&listener, |from| from.accept4(flags))?;
    tell("accept4", &asked)?;

    line("");
    line("A program that believes otherwise");
    stall(client, &server)
}

/// A client, and the connection to it.
fn admit(
    listener: &Socket,
    accept: impl Fn(&Socket) -> io::Result<(Socket, SockAddr)>,
) -> io::Result<(Socket, Socket)> {
    let client = connect(local(listener)?)?;
    until_readable(listener)?;
    let (server, _) = accept(listener)?;
    Ok((client, server))
}

// ANCHOR: tell
fn tell(call: &str, socket: &Socket) -> io::Result<()> {
    let flag = non_blocking(socket)?;
    let (delay, alive) = (socket.tcp_nodelay()?, socket.keepalive()?);
    let what =
        format!("O_NONBLOCK {flag}, TCP_NODELAY {delay}, SO_KEEPALIVE {alive}");
    say("server", call, what);
    Ok(())
}
// ANCHOR_END: tell

// ANCHOR: stall
/// It expects EAGAIN of the connection, as its listener is non-blocking.
fn stall(client: Socket, server: &Socket) -> io::Result<()> {
    let count = beside(
        Call::Recv,
        || recv(server, &mut [0; 64]),
        |_| {
            say("server", "recv", "asleep, the kernel says, and no EAGAIN");
            drop(client);
            say("client", "close", "so that it doesn't sleep for ever");
            Ok(())
        },
    )??;
    say("server", "recv", format_args!("{count} bytes"));
    Ok(())
}
// ANCHOR_END: stall
