//! The memory of a message goes with the connection's decoder.

use lesson_framing::{Decoder, LengthPrefix, Status};

fn first(bytes: &[u8]) -> &[u8] {
    let mut decoder = Decoder::new(LengthPrefix::new(80));
    decoder.push(bytes);
    match decoder.message() {
        Ok(Status::Complete(message)) => message,
        _ => &[],
    }
}

fn main() {
    println!("{:?}", first(b"\0\0\0\x05hello"));
}
