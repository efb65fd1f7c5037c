//! Where does the next message begin? Bytes in another order can't be added.

use lesson_byte_order::{Be32, Header};

fn main() {
    let length = Be32::from_bytes([0, 0, 1, 0x2c]);
    println!("{}", length + Header::SIZE as u32);
}
