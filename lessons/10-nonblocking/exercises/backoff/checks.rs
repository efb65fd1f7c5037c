//! What `Backoff` says, told as stories without a clock.

use std::cell::Cell;
use std::time::{Duration, Instant};

use support::check::{Broken, Log, check};
use support::random::Random;

use super::exercise::*;

/// 100 ms at first, 1 s at most, a minute in all.
const PLAN: Plan = Plan { first: ms(100), most: ms(1_000), total: s(60) };

const TOLD: &str = "100 ms first, 1 s at most, 60 s in all";

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

const fn s(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The waits after so many failures in a row, each attempt made when the
/// wait before it is over, and failing at once.
fn waits(
    backoff: &mut Backoff<impl FnMut() -> f64>,
    now: &mut Instant,
    count: usize,
) -> Vec<Option<Duration>> {
    let mut all = Vec::new();
    for _ in 0..count {
        let wait = backoff.failed(*now);
        *now += wait.unwrap_or_default();
        all.push(wait);
    }
    all
}

fn some(waits: &[u64]) -> Vec<Option<Duration>> {
    waits.iter().map(|wait| Some(ms(*wait))).collect()
}

/// Notes the plan, and the number that `random` always gives.
fn given(log: &Log, plan: &str, random: &str) {
    log.note("plan", plan, "");
    log.note("random", random, "");
}

#[test]
fn the_ceiling_doubles() {
    check("10", "Trying again later")
        .because(
            "Half of 100 ms, of 200 ms, of 400 ms: the ceiling doubles with \
             each failure in a row.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let mut now = Instant::now();
            let mut backoff = Backoff::new(PLAN, now, || 0.5);
            log.note("asked", "the waits after four failures", "");
            let got = waits(&mut backoff, &mut now, 4);
            log.expect(some(&[50, 100, 200, 400]), got)
        });
}

#[test]
fn the_ceiling_has_a_limit() {
    check("10", "Trying again later")
        .because(
            "A wait that doubles without a limit is soon one of hours, and \
             the client misses that the server is back. 800 ms doubled is \
             more than 1 s: then it is 1 s, and stays so.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let mut now = Instant::now();
            let mut backoff = Backoff::new(PLAN, now, || 0.5);
            log.note("asked", "the waits after seven failures", "");
            let got = waits(&mut backoff, &mut now, 7);
            log.expect(some(&[50, 100, 200, 400, 500, 500, 500]), got)?;
            let plan = Plan { first: s(9), ..PLAN };
            log.afresh();
            given(log, "9 s first, 1 s at most", "always 0.5");
            let mut backoff = Backoff::new(plan, now, || 0.5);
            let got = waits(&mut backoff, &mut now, 2);
            log.expect(some(&[500, 500]), got)
        });
}

#[test]
fn the_wait_is_a_random_part() {
    check("10", "Trying again later")
        .because(
            "All clients lost the server at the same moment. If all wait \
             equally long they come back at the same moment, too. Take the \
             part that `random` says, and ask it once for each wait.",
        )
        .run(|log| {
            let parts = [0.0, 0.25, 0.75, 0.5, 0.125];
            given(log, TOLD, "0.0, 0.25, 0.75, 0.5, 0.125");
            let asked = Cell::new(0);
            let random = || {
                let part = parts[asked.get() % parts.len()];
                asked.set(asked.get() + 1);
                part
            };
            let mut now = Instant::now();
            let mut backoff = Backoff::new(PLAN, now, random);
            log.note("asked", "the waits after five failures", "");
            let got = waits(&mut backoff, &mut now, 5);
            log.expect(some(&[0, 50, 300, 400, 125]), got)
        });
}

#[test]
fn the_last_wait_ends_at_the_deadline() {
    check("10", "Trying again later")
        .because(
            "0.4 s are left, and the wait would be 0.5 s. It is cut: one \
             last attempt at the deadline, and none after it.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let begun = Instant::now();
            let mut now = begun;
            let mut backoff = Backoff::new(PLAN, now, || 0.5);
            waits(&mut backoff, &mut now, 9);
            log.note("asked", "the wait, after 59.6 s", "");
            log.expect(Some(ms(400)), backoff.failed(begun + ms(59_600)))
        });
}

#[test]
fn at_the_deadline_it_gives_up() {
    check("10", "Trying again later")
        .because(
            "The time is over, at the deadline itself too. Who goes on for \
             ever hides from everybody that the server is gone for good.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let begun = Instant::now();
            let mut backoff = Backoff::new(PLAN, begun, || 0.5);
            log.note("failures", "after 1 s, 60 s, 61 s, 3 hours", "");
            let got = [s(1), s(60), s(61), s(10_800)]
                .map(|passed| backoff.failed(begun + passed));
            log.expect(vec![Some(ms(50)), None, None, None], got.to_vec())
        });
}

#[test]
fn the_time_of_the_attempts_counts() {
    check("10", "Trying again later")
        .because(
            "Each attempt took 25 s before it failed. `total` is the time \
             that passes, not the sum of the waits: look at `now`.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let begun = Instant::now();
            let mut backoff = Backoff::new(PLAN, begun, || 0.5);
            log.note("failures", "after 25 s, 50 s, 75 s", "");
            let got = [s(25), s(50), s(75)]
                .map(|passed| backoff.failed(begun + passed));
            log.expect(vec![Some(ms(50)), Some(ms(100)), None], got.to_vec())
        });
}

#[test]
fn after_a_success_it_waits_briefly_again() {
    check("10", "Trying again later")
        .because(
            "It worked, so the server is there. When it fails again, that \
             is a first failure: back to the first ceiling.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let mut now = Instant::now();
            let mut backoff = Backoff::new(PLAN, now, || 0.5);
            let mut got = waits(&mut backoff, &mut now, 3);
            backoff.succeeded(now);
            got.extend(waits(&mut backoff, &mut now, 2));
            log.note("asked", "three failures, a success, two failures", "");
            log.expect(some(&[50, 100, 200, 50, 100]), got)
        });
}

#[test]
fn after_a_success_the_time_begins_anew() {
    check("10", "Trying again later")
        .because(
            "The connection stood for an hour. When it breaks, `total` \
             counts from the success, not from the program's start.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let begun = Instant::now();
            let mut backoff = Backoff::new(PLAN, begun, || 0.5);
            let success = begun + s(3_600);
            log.note("success", "after an hour", "");
            backoff.succeeded(success);
            log.note("failures", "59 s and 60 s after it", "");
            let got =
                [s(59), s(60)].map(|passed| backoff.failed(success + passed));
            log.expect(vec![Some(ms(50)), None], got.to_vec())
        });
}

#[test]
fn a_success_after_giving_up_begins_anew() {
    check("10", "Trying again later")
        .because(
            "The last attempt, at the deadline, may succeed. From then on \
             all is as in the beginning.",
        )
        .run(|log| {
            given(log, TOLD, "always 0.5");
            let begun = Instant::now();
            let mut backoff = Backoff::new(PLAN, begun, || 0.5);
            log.note("failures", "after 60 s, 61 s", "");
            let got =
                [s(60), s(61)].map(|passed| backoff.failed(begun + passed));
            log.expect(vec![None, None], got.to_vec())?;
            log.note("success", "after 62 s", "");
            backoff.succeeded(begun + s(62));
            log.note("failure", "a second later", "");
            log.expect(Some(ms(50)), backoff.failed(begun + s(63)))
        });
}

#[test]
fn no_time_is_too_long_or_too_short() {
    check("10", "Trying again later")
        .because(
            "A total without end, thousands of failures, a first wait of \
             zero: sums and products must not overflow. See saturating_mul \
             and saturating_sub.",
        )
        .run(|log| {
            let odd = [
                ("no time in all", Plan { total: s(0), ..PLAN }, None),
                (
                    "no end, an hour at most",
                    Plan { first: s(1), most: s(3_600), total: Duration::MAX },
                    Some(s(1_800)),
                ),
                ("first 0", Plan { first: s(0), ..PLAN }, Some(s(0))),
                ("at most 0", Plan { most: s(0), ..PLAN }, Some(s(0))),
                (
                    "at most for ever, 60 s in all",
                    Plan { most: Duration::MAX, ..PLAN },
                    Some(s(60)),
                ),
            ];
            for (told, plan, due) in odd {
                given(log.afresh(), told, "always 0.5");
                log.note("asked", "the wait after 5,000 failures at once", "");
                let now = Instant::now();
                let mut backoff = Backoff::new(plan, now, || 0.5);
                let got = (0..5_000).map(|_| backoff.failed(now)).last();
                log.expect(due, got.flatten())?;
            }
            Ok(())
        });
}

#[test]
fn a_story_keeps_to_the_plan() {
    check("10", "Trying again later")
        .given("random", "any numbers from 0 to 1")
        .because(
            "Whatever the dice say, no wait is longer than its ceiling, and \
             none leads beyond the deadline.",
        )
        .run(|log| {
            for seed in 1..200 {
                log.afresh().note("seed", seed.to_string(), "");
                story(log, seed)?;
            }
            Ok(())
        });
}

/// One story: failures until it gives up.
fn story(log: &Log, seed: u64) -> Result<(), Broken> {
    const BITS: f64 = (1u64 << 53) as f64;
    let mut numbers = Random(seed);
    let random = move || (numbers.number() >> 11) as f64 / BITS;
    let begun = Instant::now();
    let (mut now, mut ceiling) = (begun, PLAN.first);
    let mut backoff = Backoff::new(PLAN, now, random);
    for attempt in 1..100_000 {
        let Some(wait) = backoff.failed(now) else {
            log.note("asked", "when it gives up", "");
            return log.expect(PLAN.total, now - begun);
        };
        now += wait;
        if wait > ceiling || now > begun + PLAN.total {
            log.note("expected", format!("at most {ceiling:?}"), "");
            return log.broken(format!("{wait:?}, failure {attempt}"));
        }
        ceiling = (ceiling * 2).min(PLAN.most);
    }
    log.broken("no end after 100,000 failures")
}
