//! Rejected by: the_answer_is_heard_after_the_half_close, the_answer_may_come_in_pieces, an_answer_that_is_no_number_is_an_error, a_text_of_megabytes_is_sent_whole
//!
//! Closes both directions where one was meant, and hears no answer.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    server.shutdown(Shutdown::Both)?;
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
