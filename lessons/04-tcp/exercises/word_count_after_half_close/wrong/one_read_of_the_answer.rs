//! Rejected by: the_answer_may_come_in_pieces, an_answer_cut_short_is_an_error
//!
//! Believes that an answer as short as this comes by one read.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    server.shutdown(Shutdown::Write)?;
    let mut buffer = [0; 32];
    let count = server.read(&mut buffer)?;
    if count == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let line = str::from_utf8(&buffer[..count]);
    let number = line.ok().and_then(|line| line.trim().parse().ok());
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
