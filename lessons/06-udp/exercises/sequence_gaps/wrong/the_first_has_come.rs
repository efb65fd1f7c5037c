//! Rejected by: all_in_order_leaves_no_gap, a_gap_is_missing, a_late_one_is_no_longer_missing, a_copy_is_told, a_late_copy_is_a_copy, the_numbers_wrap, half_the_circle_is_the_border
//!
//! `first` is taken for the newest number that has come. The next one is then
//! the one behind it.

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
    next: u16,
    /// In the order in which they were sent.
    missing: Vec<u16>,
}

impl Gaps {
    /// Nothing has come yet. `first` is the number of the first datagram
    /// that was sent: it is the next one.
    pub fn new(first: u16) -> Self {
        Gaps { next: first.wrapping_add(1), missing: Vec::new() }
    }

    /// Takes the number of a datagram that has come.
    pub fn came(&mut self, number: u16) -> Came {
        if number.wrapping_sub(self.next) < 0x8000 {
            while self.next != number {
                self.missing.push(self.next);
                self.next = self.next.wrapping_add(1);
            }
            self.next = number.wrapping_add(1);
            return Came::New;
        }
        match self.missing.iter().position(|&gap| gap == number) {
            Some(place) => {
                self.missing.remove(place);
                Came::Late
            }
            None => Came::Again,
        }
    }

    /// The numbers that are missing, in the order in which they were sent.
    pub fn missing(&self) -> Vec<u16> {
        self.missing.clone()
    }
}
