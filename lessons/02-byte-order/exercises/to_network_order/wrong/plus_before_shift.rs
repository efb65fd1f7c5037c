//! Rejected by: a_byte_above_127_is_not_negative, two_bytes_become_a_number, what_is_written_is_read
//!
//! `+` binds tighter than `<<`: the shift is by eight and the second byte.

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
    u16::from(bytes[0]) << 8 + u16::from(bytes[1])
}

/// The number whose bytes came in network byte order.
pub fn u32_from_wire(bytes: [u8; 4]) -> u32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

/// The number whose bytes came in network byte order.
pub fn u64_from_wire(bytes: [u8; 8]) -> u64 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
