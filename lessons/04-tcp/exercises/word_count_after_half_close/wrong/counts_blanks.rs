//! Rejected by: white_space_of_any_kind_and_length_separates, a_text_without_words_has_none
//!
//! Counts the blanks, plus one: right for a sentence, and for nothing else.

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
    let mut text = Vec::new();
    client.read_to_end(&mut text)?;
    let blanks = text.iter().filter(|byte| **byte == b' ').count();
    client.write_all(format!("{}\n", blanks + 1).as_bytes())
}
