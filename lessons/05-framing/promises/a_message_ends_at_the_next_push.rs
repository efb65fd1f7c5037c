//! A message is lent from the decoder's buffer, which the next push moves.

use lesson_framing::{Decoder, Delimiter};

fn main() {
    let mut decoder = Decoder::new(Delimiter::newline(80));
    decoder.push(b"hello\nwor");
    let message = decoder.message();
    decoder.push(b"ld\n");
    println!("{message:?}");
}
