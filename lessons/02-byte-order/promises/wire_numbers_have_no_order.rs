//! Is the length within the limit? The limit is a number of this machine.
//! Convert the length, not the limit, and compare numbers.

use lesson_byte_order::Be32;

fn main() {
    let length = Be32::from_bytes([0, 0, 1, 0x2c]);
    println!("{}", length <= Be32::from_host(1024));
}
