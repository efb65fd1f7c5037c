//! Writing to a peer that has closed: the first `send` succeeds, because the
//! FIN said only that the peer sends nothing more. The bytes are answered
//! with RST (RFC 9293, section 3.5.2), and the next `send` fails: send(2).

use std::io;
use std::os::fd::AsFd;

use lesson_tcp::{pair, recv};
use narrator::{explain, say};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

/// Three calls after the peer is gone.
pub fn run() -> io::Result<()> {
    let (client, server) = pair()?;
    drop(server);
    say("server", "close", "the server is gone");

    send(&client);
    until_reset(&client)?;
    say("kernel", "RST", "nobody there: the connection is over");
    send(&client);

    let count = recv(&client, &mut [0; 16])?;
    let why = "the end, there all along";
    say("client", "recv", format_args!("{count} bytes: {why}"));
    Ok(())
}

fn send(client: &Socket) {
    match client.send(b"are you there?") {
        Ok(count) => say("client", "send", format_args!("{count} bytes")),
        Err(error) => say("client", "send", explain(&error)),
    }
}

/// Waits for POLLHUP, which the RST brings: poll(2).
fn until_reset(socket: &Socket) -> io::Result<()> {
    let mut watched = [PollFd::new(socket.as_fd(), PollFlags::empty())];
    match poll(&mut watched, PollTimeout::from(5000u16))? {
        0 => Err(io::ErrorKind::TimedOut.into()),
        _ => Ok(()),
    }
}
