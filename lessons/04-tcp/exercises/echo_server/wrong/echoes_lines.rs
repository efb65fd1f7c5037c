//! Rejected by: an_echo_comes_before_the_next_read, bytes_that_are_no_text_come_back
//!
//! Takes the stream for lines of text. Nothing comes back before a newline, and
//! bytes that are not UTF-8 are an error.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let mut line = String::new();
    while client.read_line(&mut line)? > 0 {
        client.get_mut().write_all(line.as_bytes())?;
        line.clear();
    }
    Ok(())
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
