//! Rejected by: an_echo_comes_before_the_next_read
//!
//! Waits until the client has finished before it sends anything back. A client
//! that waits for its echo never finishes.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes)?;
    client.write_all(&bytes)
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
