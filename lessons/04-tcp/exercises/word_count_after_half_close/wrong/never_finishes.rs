//! Rejected by: the_server_hears_the_text_and_its_end
//!
//! Sends the text and waits for the answer. The server can't know that the text
//! is over, and waits for more.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;

pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
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
    let mut text = Vec::new();
    client.read_to_end(&mut text)?;
    let words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .count();
    client.write_all(format!("{words}\n").as_bytes())
}
