//! Swapped twice is not swapped at all. A number that is in network byte
//! order already has no `to_be`.

use lesson_byte_order::Be16;

fn main() {
    let port = Be16::from_host(8080);
    println!("{}", port.to_be());
}
