//! `send` takes what fits into the send buffer and says how much that was:
//! send(2), tcp(7). The rest is the caller's to send again.

use std::io::{self, ErrorKind, Read, Write};
use std::thread;

use lesson_tcp::pair;
use narrator::say;

const BYTES: usize = 16_000_000;

/// Sixteen million bytes, and a peer that isn't reading yet.
pub fn run() -> io::Result<()> {
    let (mut client, mut server) = pair()?;
    let data = vec![b'x'; BYTES];

    // fcntl(2): with O_NONBLOCK, send takes what fits and returns. Without,
    // it would wait here for a peer that never reads.
    client.set_nonblocking(true)?;
    let sent = client.send(&data)?;
    if sent == BYTES {
        let why = "all of it fitted: see /proc/sys/net/ipv4/tcp_wmem";
        return Err(io::Error::other(why));
    }
    say("client", "send", format_args!("{sent} of {BYTES} bytes"));

    let mut rest = &data[sent..];
    // Acknowledgements on their way may still make a little room.
    loop {
        match client.send(rest) {
            Ok(count) => rest = &rest[count..],
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(e) => return Err(e),
        }
    }
    say("client", "send", "nothing more: the buffers are full");

    // ANCHOR: rest
    let reader = thread::spawn(move || {
        let mut all = Vec::new();
        server.read_to_end(&mut all).map(|count| (count, all))
    });
    say("server", "recv", "begins to read");

    client.set_nonblocking(false)?;
    client.write_all(rest)?;
    drop(client);
    say("client", "send", "the rest, in as many calls as it takes");
    // ANCHOR_END: rest

    let (count, all) = reader.join().map_err(|_| ErrorKind::Other)??;
    let same = if all == data { "as sent" } else { "not as sent" };
    say("server", "recv", format_args!("{count} bytes in all, {same}"));
    Ok(())
}
