//! Rejected by: a_byte_above_127_is_not_negative, a_small_number_keeps_its_zeros, eight_bytes_become_a_number, four_bytes_become_a_number, of_eight_bytes_the_most_significant_goes_first, of_four_bytes_the_most_significant_goes_first, of_two_bytes_the_most_significant_goes_first, two_bytes_become_a_number
//!
//! The bytes as this machine's memory has them. On a big-endian machine this
//! would be right, and nobody there would notice.

/// The two bytes of `number`, in network byte order.
pub fn u16_to_wire(number: u16) -> [u8; 2] {
    number.to_ne_bytes()
}

/// The four bytes of `number`, in network byte order.
pub fn u32_to_wire(number: u32) -> [u8; 4] {
    number.to_ne_bytes()
}

/// The eight bytes of `number`, in network byte order.
pub fn u64_to_wire(number: u64) -> [u8; 8] {
    number.to_ne_bytes()
}

/// The number whose bytes came in network byte order.
pub fn u16_from_wire(bytes: [u8; 2]) -> u16 {
    u16::from_ne_bytes(bytes)
}

/// The number whose bytes came in network byte order.
pub fn u32_from_wire(bytes: [u8; 4]) -> u32 {
    u32::from_ne_bytes(bytes)
}

/// The number whose bytes came in network byte order.
pub fn u64_from_wire(bytes: [u8; 8]) -> u64 {
    u64::from_ne_bytes(bytes)
}
