//! Put numbers into network byte order.
//!
//! The wire carries bytes, and the most significant byte of a number goes
//! first (RFC 791, appendix B). Write six functions: numbers of 2, 4 and 8
//! bytes to the wire, and back.
//!
//! ```text
//! 8080 = 0x1f90                 1f 90
//! 3232235777 = 0xc0a80101       c0 a8 01 01
//! 1 as a u64                    00 00 00 00 00 00 00 01
//! ```
//!
//! - The answer is the same on every machine, whichever way its memory
//!   holds numbers. Shifts work on numbers, not on memory: `number >> 8` drops
//!   the lowest eight bits everywhere.
//! - `to_be_bytes` and `from_be_bytes` are these very functions, so do without
//!   them. In a program of your own, use them.
//!
//! Check it: `cargo workbook check to_network_order`
//!
//! Read chapter 02, "Network byte order".

/// The two bytes of `number`, in network byte order.
pub fn u16_to_wire(number: u16) -> [u8; 2] {
    todo!("the upper eight bits, then the lower eight")
}

/// The four bytes of `number`, in network byte order.
pub fn u32_to_wire(number: u32) -> [u8; 4] {
    todo!("the same with four")
}

/// The eight bytes of `number`, in network byte order.
pub fn u64_to_wire(number: u64) -> [u8; 8] {
    todo!("the same with eight")
}

/// The number whose bytes came in network byte order.
pub fn u16_from_wire(bytes: [u8; 2]) -> u16 {
    todo!("each byte to its place")
}

/// The number whose bytes came in network byte order.
pub fn u32_from_wire(bytes: [u8; 4]) -> u32 {
    todo!("each byte to its place")
}

/// The number whose bytes came in network byte order.
pub fn u64_from_wire(bytes: [u8; 8]) -> u64 {
    todo!("each byte to its place")
}
