//! Numbers that look random, and are the same in every run.
//!
//! ```
//! let mut random = support::random::Random(42);
//! let die = 1 + random.below(6);
//! let words: Vec<u64> = random.take(3).collect();
//! # assert_eq!((die, words.len()), (4, 3));
//! ```

/// A sequence that its seed decides: xorshift64, Marsaglia, "Xorshift RNGs"
/// (2003). The seed mustn't be 0, from which only zeros follow.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number, of 64 bits. The lowest ones are the least random.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 to `end` - 1.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() >> 16) as usize % end
    }
}

impl Iterator for Random {
    type Item = u64;

    /// Never `None`.
    fn next(&mut self) -> Option<u64> {
        Some(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers: Vec<u64> = Random(1).take(3).collect();

        let due = [0x4082_2041, 0x1000_4106_0c01_1441, 0x9b1e_842f_6e86_2629];
        assert_eq!(numbers, due);
    }

    #[test]
    fn a_number_below_six_is_one_of_six() {
        let mut random = Random(7);
        let mut seen = [0; 6];

        (0..6000).for_each(|_| seen[random.below(6)] += 1);

        assert!(seen.iter().all(|count| (800..1200).contains(count)));
    }
}
