//! Count words when the client has finished.
//!
//! What to notice:
//!
//! - `shutdown(Shutdown::Write)` sends the FIN. The server's next read, when
//!   it has taken the text, returns 0. The other direction stays open for as
//!   long as the server likes.
//! - Without it both ends wait: the server for the end of the text, the
//!   client for the answer. Dropping a clone made by `try_clone` doesn't
//!   help: a FIN goes out when the *last* descriptor is closed.
//! - The newline is what makes the answer whole. Without it `1` might be the
//!   first half of `12`, cut off by a server that died.
//! - The server never holds the text, so a text of any length costs it the
//!   same memory. All that it remembers from one read to the next is whether
//!   the last byte was part of a word.

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
    client.write_all(format!("{words}\n").as_bytes())
}
