//! `as` makes any number into any other, and asks nothing. Not this one.

use lesson_byte_order::Be16;

fn main() {
    let port = Be16::from_host(8080);
    println!("{}", port as u16);
}
