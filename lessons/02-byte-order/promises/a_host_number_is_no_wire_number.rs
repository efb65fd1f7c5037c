//! A length goes out. Whoever fills in the header converts it first.

use lesson_byte_order::WireHeader;

fn main() {
    let message = "hello";
    let header = WireHeader { kind: 1, length: message.len() as u32 };
    println!("{header:?}");
}
