//! How much memory the code under check asked for.
//!
//! A length that lies costs nothing where it is refused in time. Whether it
//! was can't be seen from the answer, only from the allocator.

use crate::check::{Broken, Log};

/// Runs `work` and says how many bytes it held at the most, on this thread,
/// beyond those that were held before.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let mut answer = None;
    let held = allocation_counter::measure(|| answer = Some(work()));
    match answer {
        Some(answer) => (answer, held.bytes_max),
        None => unreachable!("measure() calls its argument"),
    }
}

/// Claims that `work` makes do with `room` bytes of memory.
pub fn within<T>(
    log: &Log,
    room: u64,
    work: impl FnOnce() -> T,
) -> Result<T, Broken> {
    let (answer, held) = most_held(work);
    if held > room {
        let most = format!("at most {room} bytes of memory taken up");
        log.note("expected", most, "");
        return log.broken(format!("{held} bytes"));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_counted_even_when_nobody_writes_to_it() {
        let (length, held) = most_held(|| Vec::<u8>::with_capacity(5000).len());

        assert_eq!(length, 0);
        assert!((5000..6000).contains(&held), "{held}");
    }

    #[test]
    fn room_is_counted_once_when_it_is_given_back() {
        let many = || (0..100).for_each(|_| drop(vec![0u8; 5000]));
        let ((), held) = most_held(many);

        assert!(held < 6000, "{held}");
    }
}
