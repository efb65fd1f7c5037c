//! An echo server: what comes from a client goes back to it.
//!
//! Each client has a thread of its own, so one that stalls holds up nobody
//! else. Whatever a client does (garbage, a reset, silence) ends its own
//! conversation and nothing more.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use lesson_tcp::{BACKLOG, listener, serve};
use narrator::{During, Trouble, explain, line};

/// Clients served at once.
const CLIENTS: usize = 64;

/// How long a client may neither send nor take anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves clients at `address` until the process is stopped.
pub fn run(address: SocketAddr) -> Result<(), Trouble> {
    let listener: TcpListener = listener(address, BACKLOG, true)
        .during(format_args!("bind {address}"))?
        .into();
    let address = listener.local_addr().during("getsockname")?;
    line(format_args!("listening on {address}"));
    serve::each_client(&listener, CLIENTS, |stream| match echo(stream) {
        Ok(count) => format!("{count} bytes echoed"),
        Err(error) => explain(&error),
    })
}

/// Sends back what comes in, until the client has finished. A client that
/// neither sends nor takes anything for [`PATIENCE`] is an error like others.
fn echo(stream: TcpStream) -> io::Result<u64> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // Reads, writes all of what it read, and so on until a read of 0 bytes.
    io::copy(&mut &stream, &mut &stream)
}
