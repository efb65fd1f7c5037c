//! Rejected by: a_carry_comes_back_in_at_the_other_end, a_checksum_may_be_zero, a_fold_that_carries_is_folded_again, a_header_as_it_was_sent_is_intact, a_real_header_has_the_checksum_it_was_sent_with, an_odd_byte_is_the_higher_half_of_a_word, any_bytes_have_the_sum_that_arithmetic_says, errors_that_cancel_out_are_not_noticed, every_flipped_bit_is_noticed, many_words_do_not_overflow_the_sum
//!
//! The sum is cut to 16 bits, and the carries are gone. That is arithmetic
//! modulo 65536, two's complement; the checksum is one's complement.

/// Gives the checksum of these bytes.
pub fn checksum(bytes: &[u8]) -> u16 {
    !folded_sum(bytes)
}

/// Whether the bytes are as they were sent, as far as their checksum tells.
/// The checksum is in them, wherever its place may be.
pub fn is_intact(bytes: &[u8]) -> bool {
    folded_sum(bytes) == 0xffff
}

/// Adds up the words in one's complement arithmetic.
fn folded_sum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| match *pair {
        [high, low] => u16::from_be_bytes([high, low]),
        [odd] => u16::from_be_bytes([odd, 0]),
        _ => 0,
    });
    let mut sum: u64 = words.map(u64::from).sum();
    // It is 16 bits by now: the cast loses nothing.
    sum as u16
}
