//! Rejected by: a_small_number_keeps_its_zeros, what_is_written_is_read
//!
//! A number takes as many bytes as it needs, from the left, as digits on paper.

/// The two bytes of `number`, in network byte order.
pub fn u16_to_wire(number: u16) -> [u8; 2] {
    // A cast to u8 keeps the lowest eight bits.
    [(number >> 8) as u8, number as u8]
}

/// The four bytes of `number`, in network byte order.
pub fn u32_to_wire(number: u32) -> [u8; 4] {
    let mut bytes = [24, 16, 8, 0].map(|shift| (number >> shift) as u8);
    let zeros = number.leading_zeros() / 8;
    bytes.rotate_left(zeros as usize % 4);
    bytes
}

/// The eight bytes of `number`, in network byte order.
pub fn u64_to_wire(number: u64) -> [u8; 8] {
    let mut bytes =
        [56, 48, 40, 32, 24, 16, 8, 0].map(|shift| (number >> shift) as u8);
    let zeros = number.leading_zeros() / 8;
    bytes.rotate_left(zeros as usize % 8);
    bytes
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
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
