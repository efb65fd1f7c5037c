//! The handler that all the demos use: lines come back in capital letters.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::thread;

use lesson_socketserver::{DatagramHandler, Stream, StreamHandler};

/// The longest line that it takes.
const LONGEST: u64 = 4096;
/// More than all buffers on the way take.
pub const BIG: usize = 16_000_000;

/// Answers each line; `trouble` makes three words do what they say.
pub struct Talk {
    /// Whether `panic`, `hang` and `big` are more than words.
    pub trouble: bool,
}

// ANCHOR: talk
impl StreamHandler for Talk {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            stream.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(());
            }
            if line.len() as u64 == LONGEST && !line.ends_with(b"\n") {
                let text = format!("a line of more than {LONGEST} bytes");
                return Err(io::Error::new(ErrorKind::InvalidData, text));
            }
            let answer = self.answer(line);
            stream.get_mut().write_all(&answer)?;
        }
    }
}
// ANCHOR_END: talk

impl DatagramHandler for Talk {
    fn handle(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        Ok(self.answer(request.to_vec()))
    }
}

impl Talk {
    fn answer(&self, request: Vec<u8>) -> Vec<u8> {
        match request.trim_ascii() {
            b"panic" if self.trouble => panic!("as you wish"),
            b"hang" if self.trouble => loop {
                thread::park();
            },
            b"big" if self.trouble => vec![b'x'; BIG],
            _ => request.to_ascii_uppercase(),
        }
    }
}
