//! Rejected by: a_small_number_keeps_its_zeros, of_eight_bytes_the_most_significant_goes_first, of_four_bytes_the_most_significant_goes_first, of_two_bytes_the_most_significant_goes_first, what_is_written_is_read
//!
//! `to_be` swaps on this machine, and the shifts put the result in network
//! order once more: two swaps are none.

/// The two bytes of `number`, in network byte order.
pub fn u16_to_wire(number: u16) -> [u8; 2] {
    let number = number.to_be();
    [(number >> 8) as u8, number as u8]
}

/// The four bytes of `number`, in network byte order.
pub fn u32_to_wire(number: u32) -> [u8; 4] {
    let number = number.to_be();
    [24, 16, 8, 0].map(|shift| (number >> shift) as u8)
}

/// The eight bytes of `number`, in network byte order.
pub fn u64_to_wire(number: u64) -> [u8; 8] {
    let number = number.to_be();
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
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
