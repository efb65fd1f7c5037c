//! A length goes out. Whoever fills in the header converts it first.

use lesson_byte_order::WireHeader;

fn main() {
    let length = "hello".len() as u32;
    let header = WireHeader { kind: 1, length };
    println!("{header:?}");
}
