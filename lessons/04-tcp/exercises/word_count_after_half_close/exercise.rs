//! Count words when the client has finished.
//!
//! A client sends a text, finishes its direction of the connection, and then
//! hears from the server how many words the text has. Write both ends.
//!
//! `ask` is the client:
//!
//! - Send the whole text. Then say that nothing more will come, and keep the
//!   connection open for the answer: a half-close.
//! - The answer is a decimal number and a newline, `6\n`. It may come in
//!   pieces, so it is whole when the newline is there.
//! - The stream ends before the newline: an error of kind `UnexpectedEof`.
//! - What came before the newline is no number: `InvalidData`.
//! - Any other error: return it as it is.
//!
//! `answer` is the server:
//!
//! - Read until the client has finished; only then send the number of words
//!   and a newline.
//! - Words are separated by ASCII white space, any number of it
//!   (`u8::is_ascii_whitespace`). The rest need not be ASCII, nor UTF-8.
//! - A read may end in the middle of a word.
//! - A read that a signal interrupts (`ErrorKind::Interrupted`) is tried
//!   again. Any other error: return it as it is, and answer nothing.
//!
//! Check it: `cargo workbook check word_count_after_half_close`
//!
//! Read chapter 04, "Half-close" and "Zero bytes is the end".

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Sends `text` to the server and returns the number that it answers.
pub fn ask(server: TcpStream, text: &[u8]) -> io::Result<u64> {
    todo!("send the text, finish sending, read up to the newline")
}

/// Counts the words that come from `client` and sends it their number.
pub fn answer(client: &mut (impl Read + Write)) -> io::Result<()> {
    todo!("read up to the end, count, answer")
}
