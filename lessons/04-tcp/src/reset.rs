//! Who closes a socket with unread bytes in it sends RST, not FIN, and what
//! the peer hasn't got by then is lost: RFC 9293, section 3.6.1.
//!
//! On Linux the peer may still read what had arrived before the RST.

use std::io::{self, ErrorKind};

use lesson_tcp::{arrived, pair, recv};
use narrator::{explain, say};
use socket2::Socket;

const BYTES: usize = 16_000_000;

/// A question nobody read, and an answer nobody got whole.
pub fn run() -> io::Result<()> {
    let (client, server) = pair()?;

    client.send(b"send me everything")?;
    say("client", "send", "\"send me everything\"");
    arrived(&server, 18)?;

    // Takes what fits into the buffers and returns, as in short-write.
    server.set_nonblocking(true)?;
    let sent = server.send(&vec![b'x'; BYTES])?;
    say("server", "send", format_args!("{sent} of {BYTES} bytes"));
    drop(server);
    say("server", "close", "the question still unread: RST");

    let (received, end) = read_to_the_end(&client)?;
    say("client", "recv", format_args!("{received} of those, then the end:"));
    say("client", "recv", end);
    let verdict = if received < sent { "fewer than" } else { "all that" };
    say("client", "count", format_args!("{verdict} were sent"));
    Ok(())
}

/// How many bytes came, and how it ended.
fn read_to_the_end(socket: &Socket) -> io::Result<(usize, String)> {
    let mut buffer = vec![0; 64 * 1024];
    let mut received = 0;
    loop {
        match recv(socket, &mut buffer) {
            Ok(0) => return Ok((received, "0 bytes".into())),
            Ok(count) => received += count,
            Err(e) if e.kind() == ErrorKind::ConnectionReset => {
                return Ok((received, explain(&e)));
            }
            Err(e) => return Err(e),
        }
    }
}
