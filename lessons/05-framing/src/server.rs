//! A server of lines, for `nc` and friends. It tells each piece that comes
//! and each message that the pieces make, and sends each message back.
//!
//! Each client has a thread of its own and keeps to bounds: the length of a
//! line, the time without a byte, the number of clients. Whatever a client
//! does ends its own conversation and nothing more.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use lesson_framing::{Decoder, Delimiter, Framing, Status};
use lesson_tcp::serve;
use narrator::{During, Trouble, explain, line, say};

use crate::stage::shortened;

/// The longest line that a client may send, in bytes.
const LIMIT: usize = 1024;

/// Clients served at once.
const CLIENTS: usize = 64;

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves clients at `address` until the process is stopped.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let listener =
        TcpListener::bind(address).during(format_args!("bind {address}"))?;
    let address = listener.local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    serve::each_client(&listener, CLIENTS, |stream| match echo(stream) {
        Ok(()) => "it has finished".to_string(),
        Err(error) => explain(&error),
    })
}

/// Sends back each line, until the client has finished.
fn echo(mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let framing = Delimiter::newline(LIMIT);
    let mut decoder = Decoder::new(framing.clone());
    let mut piece = [0; 512];
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(decoder.finish()?);
        }
        say("server", "recv", shortened(&piece[..count]));
        decoder.push(&piece[..count]);
        while let Status::Complete(message) = decoder.message()? {
            say("server", "message", shortened(message));
            let mut answer = Vec::new();
            framing.encode(message, &mut answer)?;
            stream.write_all(&answer)?;
        }
    }
}
