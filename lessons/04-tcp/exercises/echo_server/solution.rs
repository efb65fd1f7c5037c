//! An echo server.
//!
//! What to notice:
//!
//! - `&buffer[..count]`: a read says how much of the buffer it has filled.
//!   The rest holds what an earlier read left there.
//! - The server never asks what the bytes mean, so it works for any bytes,
//!   cut into any pieces.
//! - `write_all` blocks while the client doesn't read its echo. Then the
//!   server reads nothing either, the client's sends fill up and block in
//!   their turn. That is flow control, and it costs the server no memory.
//! - The thread owns its socket. When `echo` returns, for whatever reason,
//!   the socket is dropped: `close(2)`, and the client sees the end.
//! - The error of one conversation stays in its thread. A server for real
//!   use would write it to a log.
//! - A thread for each client is the simplest server that serves many. A
//!   thousand silent clients would keep a thousand threads asleep.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

/// Sends back what comes from `client`, until it has finished.
pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        // recv(2): any data available, up to the requested amount.
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        client.write_all(&buffer[..count])?;
    }
}

/// Accepts clients for ever, and echoes each one on a thread of its own.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
