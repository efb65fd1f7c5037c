//! Rejected by: an_answer_cut_short_is_an_error
//!
//! Takes what has come when the stream ends, with a newline or without.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    server.shutdown(Shutdown::Write)?;
    let mut line = Vec::new();
    server.read_to_end(&mut line)?;
    if line.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let line = String::from_utf8(line).ok();
    let number = line.and_then(|line| line.trim_end().parse().ok());
    number.ok_or(ErrorKind::InvalidData.into())
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
