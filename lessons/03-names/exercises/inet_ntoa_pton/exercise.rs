//! Write an address as text, and read it strictly.
//!
//! `inet_ntoa` writes four bytes as dotted decimal, and `inet_pton` reads that
//! and nothing else. What the one writes, and only that, the other takes. Write
//! both.
//!
//! ```text
//!   0a 00 00 02    ──── inet_ntoa ───→    "10.0.0.2"
//!   0a 00 00 02    ←─── inet_pton ────    "10.0.0.2"
//! ```
//!
//! - Four numbers from 0 to 255 in decimal, with three dots between them. The
//!   first number is the first byte, as it goes over the wire.
//! - No number has a zero in front, except 0 itself. `inet_aton` would take it
//!   for octal, so inet_pton(3) refuses it.
//! - `inet_pton` refuses everything else: white space, a sign, digits other
//!   than `0` to `9`, fewer parts or more, a dot at either end.
//! - `Ipv4Addr`'s `to_string` and `parse` are these very functions, so do
//!   without them. In a program of your own, use them.
//!
//! Check it: `cargo workbook check inet_ntoa_pton`
//!
//! Read chapter 03, "Addresses as text".

/// The address as dotted decimal: inet_ntoa(3).
pub fn inet_ntoa(address: [u8; 4]) -> String {
    todo!("four numbers, three dots")
}

/// The address that `text` is, if it is one: inet_pton(3) for AF_INET.
pub fn inet_pton(text: &str) -> Option<[u8; 4]> {
    todo!("four numbers, three dots, and nothing else")
}
