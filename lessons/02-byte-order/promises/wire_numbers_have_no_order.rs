//! Is the length within the limit? Convert first: in memory, the bytes of a
//! larger number may make a smaller one.

use lesson_byte_order::Be32;

fn main() {
    let length = Be32::from_bytes([0, 0, 1, 0x2c]);
    println!("{}", length <= Be32::from_host(1024));
}
