//! Rejected by: a_second_client_is_served, a_silent_client_keeps_nobody_waiting, a_reset_ends_no_other_conversation
//!
//! Accepts once. `accept` gives one client, not the right to all that come.

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
    let (mut client, _) = listener.accept()?;
    echo(&mut client)
}
