//! A port came over the wire. Whoever connects to it converts it first.

use std::net::{Ipv4Addr, SocketAddrV4};

use lesson_byte_order::Be16;

fn main() {
    let port = Be16::from_bytes([0x1f, 0x90]);
    let ip = Ipv4Addr::LOCALHOST;
    println!("{}", SocketAddrV4::new(ip, port));
}
