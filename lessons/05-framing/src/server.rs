//! A server of lines, for `nc` and friends. It tells each piece that comes
//! and each message that the pieces make, and sends each message back.
//!
//! Each client has a thread of its own and keeps to bounds: the length of a
//! line, the time without a byte, the number of clients. Whatever a client
//! does ends its own conversation and nothing more.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lesson_framing::{Decoder, Delimiter, Framing, Status};
use narrator::{During, Trouble, explain, line};

use crate::stage::{shortened, tell};

/// The longest line that a client may send, in bytes.
const LIMIT: usize = 1024;

/// Clients served at once.
const CLIENTS: usize = 64;

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to rest when `accept` fails for want of memory or descriptors.
const REST: Duration = Duration::from_millis(100);

/// Serves clients at `address` until the process is stopped.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let listener =
        TcpListener::bind(address).during(format_args!("bind {address}"))?;
    let address = listener.local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    // Every client holds one more reference while it is served.
    let served = Arc::new(());
    loop {
        match listener.accept() {
            Ok((_, from)) if Arc::strong_count(&served) > CLIENTS => {
                tell("server", "close", format_args!("{from}: full house"));
            }
            Ok((stream, from)) => {
                let place = Arc::clone(&served);
                let client = move || {
                    tell("server", "accept", from);
                    tell("server", "close", ending(from, serve(stream)));
                    drop(place);
                };
                // Without a thread to be had, the client is hung up on.
                if let Err(error) = thread::Builder::new().spawn(client) {
                    eprintln!("lesson-framing: thread: {}", explain(&error));
                }
            }
            Err(error) => {
                eprintln!("lesson-framing: accept: {}", explain(&error));
                thread::sleep(REST);
            }
        }
    }
}

fn ending(from: SocketAddr, end: io::Result<()>) -> String {
    match end {
        Ok(()) => format!("{from}: it has finished"),
        Err(error) => format!("{from}: {}", explain(&error)),
    }
}

/// Sends back each line, until the client has finished.
fn serve(mut stream: TcpStream) -> io::Result<()> {
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
        tell("server", "recv", shortened(&piece[..count]));
        decoder.push(&piece[..count]);
        while let Status::Complete(message) = decoder.message()? {
            tell("server", "message", shortened(message));
            let mut answer = Vec::new();
            framing.encode(message, &mut answer)?;
            stream.write_all(&answer)?;
        }
    }
}
