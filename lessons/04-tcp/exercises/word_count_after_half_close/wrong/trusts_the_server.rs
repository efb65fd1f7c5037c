//! Rejected by: an_answer_that_is_no_number_is_an_error
//!
//! Panics when the server's answer is no number: it trusts what it has read.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    server.shutdown(Shutdown::Write)?;
    let mut line = String::new();
    BufReader::new(server).read_line(&mut line)?;
    if !line.ends_with('\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().parse().expect("a number"))
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
