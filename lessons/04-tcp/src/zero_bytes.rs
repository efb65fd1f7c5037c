//! A `recv` of 0 bytes is the end of the stream, not an empty message:
//! recv(2). It comes again on every call, at once.

use std::io;

use lesson_tcp::{pair, recv};
use narrator::say;

/// Calls after which this program gives up. The mistake itself never does.
const ENOUGH: usize = 100_000;

/// A client that goes after two bytes, and a server that wants five.
pub fn run() -> io::Result<()> {
    let (client, server) = pair()?;

    client.send(b"he")?;
    say("client", "send", "2 bytes: \"he\"");
    drop(client);
    say("client", "close", "before it has said all");

    // ANCHOR: mistake
    let mut message = [0; 5];
    let (mut got, mut empty) = (0, 0);
    while got < message.len() {
        let count = recv(&server, &mut message[got..])?;
        got += count;
        // The mistake: 0 is added like any other count, and the loop turns.
        if count == 0 {
            empty += 1;
        }
        if empty == ENOUGH {
            break;
        }
    }
    // ANCHOR_END: mistake
    say("server", "recv", format_args!("{got} of 5 bytes"));
    say("server", "recv", format_args!("0 bytes, {empty} times in a row"));
    Ok(())
}
