//! Rejected by: bytes_that_are_no_utf8_are_counted_too
//!
//! Takes the bytes of a stream for a `String`.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    server.shutdown(Shutdown::Write)?;
    let mut line = Vec::new();
    BufReader::new(server).read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let number = String::from_utf8(line).ok();
    number
        .and_then(|number| number.parse().ok())
        .ok_or(ErrorKind::InvalidData.into())
}

pub fn answer(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut text = String::new();
    client.read_to_string(&mut text)?;
    let words = text.split_whitespace().count();
    client.write_all(format!("{words}\n").as_bytes())
}
