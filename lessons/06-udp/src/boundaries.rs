//! One `recvfrom` takes one datagram: never two, and never a part of one
//! with the rest to follow. udp(7): "All receive operations return only one
//! packet."

use std::io;

use lesson_udp::{LOOPBACK, bound};
use narrator::say;

/// Three sends, three receives. Chapter 05's `glued`, with datagrams.
pub fn run() -> io::Result<()> {
    let server = bound(LOOPBACK)?;
    let client = bound(LOOPBACK)?;
    for text in ["hello", "brave new", "world"] {
        let sent = client.send_to(text.as_bytes(), server.local_addr()?)?;
        say("client", "sendto", format_args!("{sent} bytes: \"{text}\""));
    }

    // Room for all three. It makes no difference.
    let mut buffer = [0; 1024];
    for _ in 0..3 {
        let (count, _) = server.recv_from(&mut buffer)?;
        let text = buffer[..count].escape_ascii();
        say("server", "recvfrom", format_args!("{count} bytes: \"{text}\""));
    }
    Ok(())
}
