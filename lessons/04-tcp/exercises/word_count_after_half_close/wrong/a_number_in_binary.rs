//! Rejected by: the_words_of_a_text_are_counted, a_word_cut_in_two_is_one_word, white_space_of_any_kind_and_length_separates, a_text_without_words_has_none, bytes_that_are_no_utf8_are_counted_too, an_interrupted_read_is_tried_again
//!
//! Sends the number as its eight bytes, and not as decimal digits.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

/// Sends `text` to the server and returns the number that it answers.
pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    // RFC 9293, section 3.6: "I have no more data to send."
    server.shutdown(Shutdown::Write)?;

    let mut line = Vec::new();
    BufReader::new(server).read_until(b'\n', &mut line)?;
    let Some(number) = line.strip_suffix(b"\n") else {
        return Err(ErrorKind::UnexpectedEof.into());
    };
    let number = str::from_utf8(number).ok();
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| ErrorKind::InvalidData.into())
}

/// Counts the words that come from `client` and sends it their number.
pub fn answer(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut words: u64 = 0;
    let mut inside = false;
    let mut buffer = [0; 4096];
    loop {
        let count = match client.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            // EINTR: a signal arrived; signal(7) says try again.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for byte in &buffer[..count] {
            let part = !byte.is_ascii_whitespace();
            if part && !inside {
                words += 1;
            }
            inside = part;
        }
    }
    client.write_all(&words.to_be_bytes())
}
