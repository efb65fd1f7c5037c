//! Rejected by: a_byte_above_127_is_not_negative, what_is_written_is_read
//!
//! Two halves of a u64 are read through a signed type. Where the top bit of the
//! lower half is set, its sign fills the upper half: the bug of every C program
//! that shifts a `char` or an `int`.

/// The two bytes of `number`, in network byte order.
pub fn u16_to_wire(number: u16) -> [u8; 2] {
    // A cast to u8 keeps the lowest eight bits.
    [(number >> 8) as u8, number as u8]
}

/// The four bytes of `number`, in network byte order.
pub fn u32_to_wire(number: u32) -> [u8; 4] {
    [24, 16, 8, 0].map(|shift| (number >> shift) as u8)
}

/// The eight bytes of `number`, in network byte order.
pub fn u64_to_wire(number: u64) -> [u8; 8] {
    [56, 48, 40, 32, 24, 16, 8, 0].map(|shift| (number >> shift) as u8)
}

/// The number whose bytes came in network byte order.
pub fn u16_from_wire(bytes: [u8; 2]) -> u16 {
    (u16::from(bytes[0]) << 8) | u16::from(bytes[1])
}

/// The number whose bytes came in network byte order.
pub fn u32_from_wire(bytes: [u8; 4]) -> u32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

/// The number whose bytes came in network byte order.
pub fn u64_from_wire(bytes: [u8; 8]) -> u64 {
    let [a, b, c, d, e, f, g, h] = bytes;
    let upper = u32_from_wire([a, b, c, d]) as i32;
    let lower = u32_from_wire([e, f, g, h]) as i32;
    ((upper as u64) << 32) | lower as u64
}
