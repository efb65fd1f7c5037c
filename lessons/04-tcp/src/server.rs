//! An echo server: what comes from a client goes back to it.
//!
//! Each client has a thread of its own, so one that stalls holds up nobody
//! else. Whatever a client does (garbage, a reset, silence) ends its own
//! conversation and nothing more.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lesson_tcp::{BACKLOG, listener};
use narrator::{During, Trouble, explain, line, say};

/// Clients served at once. A thread costs memory; without a bound, clients
/// that connect and stay silent would take it all.
const CLIENTS: usize = 64;

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to rest when `accept` fails for want of memory or descriptors.
const REST: Duration = Duration::from_millis(100);

/// Serves clients at `address` until the process is stopped.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let listener: TcpListener = listener(address, BACKLOG, true)
        .during(format_args!("bind {address}"))?
        .into();
    let address = listener.local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    serve(&listener);
    Ok(())
}

fn serve(listener: &TcpListener) {
    // Every client holds one more reference while it is served.
    let served = Arc::new(());
    loop {
        match listener.accept() {
            Ok((stream, from)) if Arc::strong_count(&served) > CLIENTS => {
                say("server", "close", format_args!("{from}: full house"));
                drop(stream);
            }
            Ok((stream, from)) => {
                let place = Arc::clone(&served);
                let client = move || {
                    say("server", "accept", from);
                    say("server", "close", ending(from, echo(stream)));
                    drop(place);
                };
                // Without a thread to be had, the client is hung up on.
                if let Err(error) = thread::Builder::new().spawn(client) {
                    eprintln!("lesson-tcp: thread: {}", explain(&error));
                }
            }
            // accept(2): an error may be that of the connection, or want of
            // memory or descriptors. Neither is a reason to stop serving.
            Err(error) => {
                eprintln!("lesson-tcp: accept: {}", explain(&error));
                thread::sleep(REST);
            }
        }
    }
}

fn ending(from: SocketAddr, end: io::Result<u64>) -> String {
    match end {
        Ok(count) => format!("{from}: {count} bytes echoed"),
        Err(error) => format!("{from}: {}", explain(&error)),
    }
}

/// Sends back what comes in, until the client has finished. A client that
/// neither sends nor takes anything for [`PATIENCE`] is an error like others.
fn echo(stream: TcpStream) -> io::Result<u64> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // Reads, writes all of what it read, and so on until a read of 0 bytes.
    io::copy(&mut &stream, &mut &stream)
}
