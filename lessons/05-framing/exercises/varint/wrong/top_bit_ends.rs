//! Rejected by: a_longer_form_than_needed_is_refused, a_number_is_decoded, a_number_up_to_127_is_one_byte, a_part_of_a_number_is_not_enough_yet, a_single_zero_byte_is_zero, an_eleventh_byte_is_not_waited_for, greater_numbers_are_cut_into_groups_of_seven_bits, more_than_64_bits_are_refused, what_lies_behind_the_number_is_left_alone
//!
//! The top bit is taken for the mark of the last byte instead of the mark of
//! all others.

/// Why the bytes are not a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The number needs more than 64 bits.
    TooLarge,
    /// The number would fit into fewer bytes.
    NotShortest,
}

pub fn encode(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8);
        number >>= 7;
    }
    bytes.push(number as u8 | 0x80);
    bytes
}

pub fn decode(bytes: &[u8]) -> Result<Option<(u64, usize)>, Refused> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if index == 9 && byte & 0x7f > 1 {
            return Err(Refused::TooLarge);
        }
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 != 0 {
            if *byte == 0x80 && index > 0 {
                return Err(Refused::NotShortest);
            }
            return Ok(Some((number, index + 1)));
        }
    }
    Ok(None)
}
