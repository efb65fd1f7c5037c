//! Rejected by: a_silent_client_keeps_nobody_waiting
//!
//! Serves the clients one after another. The next one is accepted when the
//! one before has finished, which may be never.

use std::io::{self, Read, Write};
use std::net::TcpListener;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        client.write_all(&buffer[..count])?;
    }
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    for client in listener.incoming() {
        if let Err(error) = echo(&mut client?) {
            eprintln!("a client failed: {error}");
        }
    }
    Ok(())
}
