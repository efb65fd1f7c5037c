//! Rejected by: a_longer_form_than_needed_is_refused, a_number_is_decoded, a_part_of_a_number_is_not_enough_yet, an_eleventh_byte_is_not_waited_for, greater_numbers_are_cut_into_groups_of_seven_bits, what_lies_behind_the_number_is_left_alone
//!
//! The groups are written in network byte order, the most significant first.
//! A varint is the exception: the least significant group leads.

/// Why the bytes are not a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The number needs more than 64 bits.
    TooLarge,
    /// The number would fit into fewer bytes.
    NotShortest,
}

pub fn encode(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![(number & 0x7f) as u8];
    while number >= 0x80 {
        number >>= 7;
        bytes.push((number & 0x7f) as u8 | 0x80);
    }
    bytes.reverse();
    bytes
}

pub fn decode(bytes: &[u8]) -> Result<Option<(u64, usize)>, Refused> {
    let mut number: u64 = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if index == 0 && *byte == 0x80 {
            return Err(Refused::NotShortest);
        }
        if number >> 57 != 0 {
            return Err(Refused::TooLarge);
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok(Some((number, index + 1)));
        }
    }
    Ok(None)
}
