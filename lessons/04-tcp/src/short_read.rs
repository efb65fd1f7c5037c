//! `recv(n)` takes at most n bytes; what it leaves is there for the next
//! call, recv(2).
//!
//! An empty buffer isn't the end: while the peer may still send, `recv` waits.

use std::io::{self, ErrorKind};

use lesson_tcp::{arrived, pair, recv};
use narrator::say;

/// Thirteen bytes, taken five at a time.
pub fn run() -> io::Result<()> {
    let (client, server) = pair()?;
    let mut buffer = [0; 5];

    let sent = client.send(b"hello, server")?;
    say("client", "send", format_args!("{sent} bytes: \"hello, server\""));

    // Until all has arrived, a recv might find even less.
    arrived(&server, sent)?;
    for _ in 0..3 {
        let count = recv(&server, &mut buffer)?;
        let text = buffer[..count].escape_ascii();
        say("server", "recv", format_args!("up to 5 → {count}: \"{text}\""));
    }

    // fcntl(2): with O_NONBLOCK, recv says so instead of waiting.
    server.set_nonblocking(true)?;
    match recv(&server, &mut buffer) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => {
            say("server", "recv", "up to 5 → nothing yet: recv would wait");
        }
        other => say("server", "recv", format_args!("{other:?}")),
    }

    drop(client);
    say("client", "close", "nothing more will be sent");
    server.set_nonblocking(false)?;
    let count = recv(&server, &mut buffer)?;
    say("server", "recv", format_args!("up to 5 → {count}: the end"));
    Ok(())
}
