//! "Not enough yet" must be looked at: a status is not the message.

use lesson_framing::{Decoder, Delimiter, Error};

fn shout(message: &[u8]) -> Vec<u8> {
    message.to_ascii_uppercase()
}

fn main() -> Result<(), Error> {
    let mut decoder = Decoder::new(Delimiter::newline(80));
    decoder.push(b"hel");
    println!("{:?}", shout(decoder.message()?));
    Ok(())
}
