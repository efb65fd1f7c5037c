//! Rejected by: a_word_cut_in_two_is_one_word, an_interrupted_read_is_tried_again
//!
//! Counts the words of each read on its own: a word cut in two counts twice.

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
    let mut words = 0;
    let mut buffer = [0; 4096];
    loop {
        match client.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                words += buffer[..count]
                    .split(u8::is_ascii_whitespace)
                    .filter(|word| !word.is_empty())
                    .count();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    client.write_all(format!("{words}\n").as_bytes())
}
