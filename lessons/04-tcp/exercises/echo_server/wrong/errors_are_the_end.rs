//! Rejected by: a_broken_connection_is_not_a_finished_one
//!
//! Treats every error as the end of the conversation.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while let Ok(count) = client.read(&mut buffer) {
        if count == 0 {
            break;
        }
        client.write_all(&buffer[..count])?;
    }
    Ok(())
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
