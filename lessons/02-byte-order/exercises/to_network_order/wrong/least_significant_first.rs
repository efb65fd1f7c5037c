//! Rejected by: a_byte_above_127_is_not_negative, a_small_number_keeps_its_zeros, eight_bytes_become_a_number, four_bytes_become_a_number, of_eight_bytes_the_most_significant_goes_first, of_four_bytes_the_most_significant_goes_first, of_two_bytes_the_most_significant_goes_first, two_bytes_become_a_number
//!
//! The bytes come in the order in which the shifts grow. Both directions agree
//! with each other, so a test that writes and reads passes.

/// The two bytes of `number`, in network byte order.
pub fn u16_to_wire(number: u16) -> [u8; 2] {
    // A cast to u8 keeps the lowest eight bits.
    [number as u8, (number >> 8) as u8]
}

/// The four bytes of `number`, in network byte order.
pub fn u32_to_wire(number: u32) -> [u8; 4] {
    [0, 8, 16, 24].map(|shift| (number >> shift) as u8)
}

/// The eight bytes of `number`, in network byte order.
pub fn u64_to_wire(number: u64) -> [u8; 8] {
    [0, 8, 16, 24, 32, 40, 48, 56].map(|shift| (number >> shift) as u8)
}

/// The number whose bytes came in network byte order.
pub fn u16_from_wire(bytes: [u8; 2]) -> u16 {
    (u16::from(bytes[1]) << 8) | u16::from(bytes[0])
}

/// The number whose bytes came in network byte order.
pub fn u32_from_wire(bytes: [u8; 4]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

/// The number whose bytes came in network byte order.
pub fn u64_from_wire(bytes: [u8; 8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
