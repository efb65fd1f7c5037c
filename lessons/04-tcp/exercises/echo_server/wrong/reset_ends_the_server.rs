//! Rejected by: a_silent_client_keeps_nobody_waiting, a_reset_ends_no_other_conversation
//!
//! Lets the error of one conversation end the server: the `?` that is right in
//! `echo` is wrong one level further out.

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
        echo(&mut client?)?;
    }
    Ok(())
}
