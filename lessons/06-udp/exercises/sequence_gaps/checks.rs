//! What must be told of a row of numbers.

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

/// Tells of a number, and claims what it is.
fn is(
    log: &Log,
    gaps: &mut Gaps,
    number: u16,
    due: Came,
) -> Result<(), Broken> {
    log.note("came", number.to_string(), "");
    let told = |came: Came| Told(format!("{came:?}"));
    log.expect(told(due), told(gaps.came(number)))
}

fn lacks(log: &Log, gaps: &Gaps, due: &[u16]) -> Result<(), Broken> {
    log.note("asked", "which are missing?", "");
    log.expect(due.to_vec(), gaps.missing())
}

#[test]
fn all_in_order_leaves_no_gap() {
    check("06", "Lost, late, twice")
        .because("Each number was the next one: nothing is missing.")
        .run(|log| {
            let mut gaps = Gaps::new(7);
            for number in 7..12 {
                is(log, &mut gaps, number, Came::New)?;
            }
            lacks(log, &gaps, &[])
        });
}

#[test]
fn a_gap_is_missing() {
    check("06", "Lost, late, twice")
        .because(
            "A newer number passed over some. All of them are missing, the \
             first one of the row as well.",
        )
        .run(|log| {
            let mut gaps = Gaps::new(0);
            is(log, &mut gaps, 2, Came::New)?;
            is(log, &mut gaps, 6, Came::New)?;
            lacks(log, &gaps, &[0, 1, 3, 4, 5])
        });
}

#[test]
fn a_late_one_is_no_longer_missing() {
    check("06", "Lost, late, twice")
        .because("It was overtaken, not lost. Now it is here.")
        .run(|log| {
            let mut gaps = Gaps::new(0);
            is(log, &mut gaps, 0, Came::New)?;
            is(log, &mut gaps, 2, Came::New)?;
            is(log, &mut gaps, 1, Came::Late)?;
            lacks(log, &gaps, &[])
        });
}

#[test]
fn a_copy_is_told() {
    check("06", "Lost, late, twice")
        .because("It has come before. A copy is neither new nor late.")
        .run(|log| {
            let mut gaps = Gaps::new(0);
            is(log, &mut gaps, 0, Came::New)?;
            is(log, &mut gaps, 0, Came::Again)?;
            is(log, &mut gaps, 1, Came::New)?;
            is(log, &mut gaps, 0, Came::Again)
        });
}

#[test]
fn a_late_copy_is_a_copy() {
    check("06", "Lost, late, twice")
        .because("A number can be late once. What comes after is a copy.")
        .run(|log| {
            let mut gaps = Gaps::new(0);
            is(log, &mut gaps, 1, Came::New)?;
            is(log, &mut gaps, 0, Came::Late)?;
            is(log, &mut gaps, 0, Came::Again)
        });
}

#[test]
fn the_numbers_wrap() {
    check("06", "Lost, late, twice")
        .because(
            "After 65,535 comes 0. It is new, not old; and 65,535 was sent \
             before it.",
        )
        .run(|log| {
            let mut gaps = Gaps::new(65_533);
            is(log, &mut gaps, 65_533, Came::New)?;
            is(log, &mut gaps, 1, Came::New)?;
            lacks(log, &gaps, &[65_534, 65_535, 0])?;
            is(log, &mut gaps, 65_535, Came::Late)?;
            lacks(log, &gaps, &[65_534, 0])
        });
}

#[test]
fn half_the_circle_is_the_border() {
    check("06", "Lost, late, twice")
        .because(
            "Less than 32,768 steps ahead of the next number is new; from \
             there on a number is old.",
        )
        .run(|log| {
            let mut gaps = Gaps::new(0);
            is(log, &mut gaps, 32_768, Came::Again)?;
            is(log, &mut gaps, 32_767, Came::New)?;
            log.expect(32_767, gaps.missing().len())
        });
}
