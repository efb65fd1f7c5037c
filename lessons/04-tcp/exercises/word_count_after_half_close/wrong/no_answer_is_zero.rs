//! Rejected by: an_answer_cut_short_is_an_error, an_answer_that_is_no_number_is_an_error, a_reset_instead_of_an_answer_is_an_error
//!
//! Where no number has come, there were no words.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

/// Sends `text` to the server and returns the number that it answers.
pub fn ask(mut server: TcpStream, text: &[u8]) -> io::Result<u64> {
    server.write_all(text)?;
    // RFC 9293, section 3.6: "I have no more data to send."
    server.shutdown(Shutdown::Write)?;

    let mut line = Vec::new();
    let _ = BufReader::new(server).read_until(b'\n', &mut line);
    let number = str::from_utf8(&line).unwrap_or_default().trim_end();
    Ok(number.parse().unwrap_or(0))
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
    client.write_all(format!("{words}\n").as_bytes())
}
