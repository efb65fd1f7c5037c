//! Tell what is missing, what came late, and what came twice.
//!
//! A sender numbers its datagrams: each has the number of the one before
//! plus 1. Numbers have 16 bits, so 0 comes after 65,535. You are told the
//! numbers in the order of their arrival. Say of each what it is, and which
//! numbers are missing.
//!
//! - Call the number after the newest so far the *next* one. A number that
//!   is less than 32,768 steps ahead of it, or equal to it, is new. It
//!   becomes the newest; those between are missing.
//! - Any other number is old. It came late if it was missing, and is missing
//!   no longer. Otherwise it came again.
//!
//! No number stays missing for more than 30,000 numbers here.
//!
//! Check it: `cargo workbook check sequence_gaps`
//!
//! Read chapter 06, "Lost, late, twice".

/// What a number that has come is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// New: the next one, or one ahead of it.
    New,
    /// It was missing until now.
    Late,
    /// It is old, and was not missing.
    Again,
}

/// What has come of a numbered row of datagrams.
pub struct Gaps {
    // Your fields.
}

impl Gaps {
    /// Nothing has come yet. `first` is the number of the first datagram
    /// that was sent: it is the next one.
    pub fn new(first: u16) -> Self {
        todo!("the next number, and no gaps")
    }

    /// Takes the number of a datagram that has come.
    pub fn came(&mut self, number: u16) -> Came {
        todo!("how far ahead of the next one is it?")
    }

    /// The numbers that are missing, in the order in which they were sent.
    pub fn missing(&self) -> Vec<u16> {
        todo!("those that were passed over and have not come since")
    }
}
