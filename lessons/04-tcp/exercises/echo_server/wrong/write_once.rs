//! Rejected by: a_short_write_is_continued
//!
//! Believes that `write` takes all that it is given.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        client.write(&buffer[..count])?;
    }
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
