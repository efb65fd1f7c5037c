//! How long a loop may wait, and what is due when.

use std::time::Duration;

use support::check::{Broken, Log, check};
use support::memory;
use support::random::Random;

use super::exercise::*;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

const fn micros(count: usize) -> Duration {
    Duration::from_micros(count as u64)
}

const NANOSECOND: Duration = Duration::from_nanos(1);

/// The learner's timers, under names that a report can tell.
struct Scene<'a> {
    log: &'a Log,
    timers: Timers,
    names: Vec<(Timer, String)>,
}

impl<'a> Scene<'a> {
    fn new(log: &'a Log) -> Self {
        Scene { log, timers: Timers::new(), names: Vec::new() }
    }

    fn arm(&mut self, name: &str, deadline: Duration) -> Timer {
        self.log.note("arm", format!("{name} at {deadline:?}"), "");
        let timer = self.timers.arm(deadline);
        self.names.push((timer, name.to_string()));
        timer
    }

    /// Claims that a timer was or wasn't there to be given a new deadline.
    fn rearm(
        &mut self,
        timer: Timer,
        deadline: Duration,
        there: bool,
    ) -> Result<(), Broken> {
        let what = format!("{} at {deadline:?}", self.name(timer));
        self.log.note("rearm", what, "");
        self.log.expect(there, self.timers.rearm(timer, deadline))
    }

    /// Claims that a timer was or wasn't there to be cancelled.
    fn cancel(&mut self, timer: Timer, there: bool) -> Result<(), Broken> {
        self.log.note("cancel", self.name(timer), "");
        self.log.expect(there, self.timers.cancel(timer))
    }

    /// Claims that the loop may wait so long.
    fn waits(&self, now: Duration, due: i32) -> Result<(), Broken> {
        self.log.note("asked", format!("timeout, at {now:?}"), "");
        self.log.expect(due, self.timers.timeout(now))
    }

    /// Claims that these are due, in this order, and no others.
    fn fires(&mut self, now: Duration, due: &[&str]) -> Result<(), Broken> {
        self.log.note("asked", format!("due, at {now:?}"), "");
        let due: Vec<_> = due.iter().map(ToString::to_string).collect();
        let got = self.timers.due(now);
        let got = got.iter().map(|&timer| self.name(timer)).collect();
        self.log.expect(due, got)
    }

    /// The newest timer of this name, if one was given twice.
    fn name(&self, timer: Timer) -> String {
        let found = self.names.iter().rev().find(|(other, _)| *other == timer);
        found.map_or("a stranger".to_string(), |(_, name)| name.clone())
    }
}

#[test]
fn the_nearest_deadline_bounds_the_wait() {
    check("11", "Timers")
        .because(
            "The loop must be awake when the first of its timers is due, \
             whichever was set first: the time-out is the time until the \
             nearest deadline.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("late", ms(900));
            scene.arm("soon", ms(250));
            scene.arm("later", ms(700));
            scene.waits(ms(0), 250)?;
            scene.waits(ms(200), 50)
        });
}

#[test]
fn at_its_deadline_a_timer_fires_and_not_before() {
    check("11", "Timers")
        .because(
            "A deadline that is exactly now has come. One nanosecond before, \
             it hasn't.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("tea", ms(300));
            scene.fires(ms(300) - NANOSECOND, &[])?;
            scene.fires(ms(300), &["tea"])
        });
}

#[test]
fn a_timer_fires_once() {
    check("11", "Timers")
        .because("What was given out is forgotten, and bounds no wait.")
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("tea", ms(300));
            scene.fires(ms(400), &["tea"])?;
            scene.fires(ms(500), &[])?;
            scene.waits(ms(500), -1)
        });
}

#[test]
fn they_fire_in_the_order_of_their_deadlines() {
    check("11", "Timers")
        .because(
            "Several deadlines passed while the loop was busy. All of them \
             are due at once, the earliest first, in whatever order they \
             were set.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("third", ms(300));
            scene.arm("first", ms(100));
            scene.arm("fourth", ms(400));
            scene.arm("second", ms(200));
            scene.arm("not yet", ms(501));
            let due = ["first", "second", "third", "fourth"];
            scene.fires(ms(500), &due)
        });
}

#[test]
fn with_no_timer_the_wait_is_for_ever() {
    check("11", "Timers")
        .because(
            "-1 tells poll(2) to wait until something happens. With 0 it \
             returns at once, and the loop spins. A timer that was cancelled \
             is none.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.waits(ms(7), -1)?;
            let tea = scene.arm("tea", ms(300));
            scene.cancel(tea, true)?;
            scene.waits(ms(7), -1)
        });
}

#[test]
fn a_part_of_a_millisecond_counts_whole() {
    check("11", "Timers")
        .because(
            "poll(2) counts in milliseconds. Rounded down, the wait ends \
             before the deadline, nothing is due, and the next time-out is \
             0: the loop spins through the rest of the millisecond.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("tea", ms(300));
            scene.waits(micros(299_600), 1)?;
            scene.waits(ms(300) - NANOSECOND, 1)?;
            scene.waits(ms(100) - NANOSECOND, 201)
        });
}

#[test]
fn a_whole_millisecond_counts_as_one() {
    check("11", "Timers")
        .because(
            "Rounded up means up to the next whole one. A deadline that is \
             exactly 300 ms away takes 300 and not 301: each one more makes \
             every timer late.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("tea", ms(300));
            scene.waits(ms(0), 300)?;
            scene.waits(ms(299), 1)?;
            scene.waits(ms(300), 0)
        });
}

#[test]
fn what_is_overdue_does_not_wait() {
    check("11", "Timers")
        .because(
            "The loop was busy and comes late. The time left is none, and \
             not less than none: a negative time-out would be for ever.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            scene.arm("tea", ms(300));
            scene.waits(ms(301), 0)?;
            scene.waits(ms(90_000), 0)?;
            scene.fires(ms(90_000), &["tea"])
        });
}

#[test]
fn a_wait_too_long_for_an_i32_is_cut() {
    check("11", "Timers")
        .because(
            "2,147,483,647 ms are 24 days and some hours. An `as i32` makes \
             a negative time-out of a longer one, which is for ever, or a \
             short one.",
        )
        .run(|log| {
            let day = ms(24 * 60 * 60 * 1000);
            for days in [25, 50, 1_000, u32::MAX] {
                let mut scene = Scene::new(log.afresh());
                scene.arm("far", days * day);
                scene.waits(ms(0), i32::MAX)?;
            }
            Ok(())
        });
}

#[test]
fn equal_deadlines_all_fire_in_the_order_of_setting() {
    check("11", "Timers")
        .because(
            "Many clients came in the same millisecond. A map from the \
             deadline to its timer has room for one of them.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let names: Vec<_> = (1..=8).map(|n| n.to_string()).collect();
            for name in &names {
                scene.arm(name, ms(300));
            }
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            scene.fires(ms(300), &names)?;
            scene.waits(ms(300), -1)
        });
}

#[test]
fn a_cancelled_timer_neither_fires_nor_wakes() {
    check("11", "Timers")
        .because(
            "The answer came in time, and the time-out was cancelled. The \
             loop must not wake up for it.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let first = scene.arm("first", ms(100));
            scene.arm("second", ms(300));
            scene.cancel(first, true)?;
            scene.waits(ms(0), 300)?;
            scene.fires(ms(500), &["second"])
        });
}

#[test]
fn what_is_gone_can_not_be_cancelled_or_set_anew() {
    check("11", "Timers")
        .because(
            "Whoever cancels wants to know whether it was in time: if the \
             timer was fired, its work has been done.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let tea = scene.arm("tea", ms(100));
            let eggs = scene.arm("eggs", ms(300));
            scene.fires(ms(100), &["tea"])?;
            scene.cancel(tea, false)?;
            scene.rearm(tea, ms(200), false)?;
            scene.cancel(eggs, true)?;
            scene.cancel(eggs, false)?;
            scene.rearm(eggs, ms(200), false)?;
            scene.waits(ms(100), -1)?;
            scene.fires(ms(500), &[])
        });
}

#[test]
fn a_timer_that_is_set_anew_has_one_deadline() {
    check("11", "Timers")
        .because(
            "A client that says something gets its time anew. The old \
             deadline is gone: it bounds no wait, and nothing fires then.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let idle = scene.arm("idle", ms(100));
            scene.rearm(idle, ms(300), true)?;
            scene.waits(ms(0), 300)?;
            scene.fires(ms(200), &[])?;
            scene.rearm(idle, ms(250), true)?;
            scene.waits(ms(200), 50)?;
            scene.fires(ms(400), &["idle"])?;
            scene.fires(ms(500), &[])
        });
}

#[test]
fn among_equals_the_one_set_anew_comes_last() {
    check("11", "Timers")
        .because(
            "Equal deadlines go in the order in which they were set, and \
             `rearm` sets a timer as `arm` does.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let one = scene.arm("one", ms(100));
            scene.arm("two", ms(300));
            scene.rearm(one, ms(300), true)?;
            scene.arm("three", ms(300));
            scene.fires(ms(300), &["two", "one", "three"])
        });
}

#[test]
fn no_name_is_given_twice() {
    check("11", "Timers")
        .because(
            "Somebody still holds the name of a timer that was fired, and \
             cancels it. If another timer has got that name by now, the \
             wrong one is cancelled.",
        )
        .run(|log| {
            let mut scene = Scene::new(log);
            let old = scene.arm("old", ms(100));
            scene.fires(ms(100), &["old"])?;
            scene.arm("new", ms(300));
            log.note("cancel", "old, which was fired", "");
            log.expect(false, scene.timers.cancel(old))?;
            scene.fires(ms(300), &["new"])
        });
}

#[test]
fn what_is_cancelled_or_set_anew_leaves_nothing_behind() {
    check("11", "Timers")
        .because(
            "Each request has a time-out of an hour and is answered at \
             once. What is cancelled, and what was set anew, must be taken \
             out then, not when its hour has come.",
        )
        .run(|log| {
            const HOUR: Duration = ms(60 * 60 * 1000);
            const ROOM: u64 = 16 * 1024;
            let mut timers = Timers::new();
            log.note("given", "10,000 timers, each cancelled at once", "");
            memory::within(log, ROOM, || {
                for n in 0..10_000 {
                    let timer = timers.arm(HOUR + ms(n));
                    timers.cancel(timer);
                }
            })?;
            log.afresh().note("given", "one timer, set anew 10,000 times", "");
            let idle = timers.arm(HOUR);
            memory::within(log, ROOM, || {
                for n in 0..10_000 {
                    timers.rearm(idle, HOUR + ms(n));
                }
            })
        });
}

#[test]
fn a_loop_wakes_no_more_often_than_it_must() {
    check("11", "Timers")
        .because(
            "A loop that waits for exactly `timeout` and then asks for what \
             is due must find something each time it wakes, and no timer \
             before its deadline or a millisecond after.",
        )
        .run(|log| {
            let mut random = Random(11);
            let mut timers = Timers::new();
            let mut set = Vec::new();
            for _ in 0..500 {
                let at = micros(random.below(2_000_000));
                set.push((timers.arm(at), at));
            }
            log.note("given", "500 timers within 2 s", "");
            let mut now = Duration::ZERO;
            while let wait @ 0.. = timers.timeout(now) {
                now += ms(wait as u64);
                let due = timers.due(now);
                log.afresh().note("given", "500 timers within 2 s", "");
                log.note("asked", format!("due, at {now:?}"), "");
                if due.is_empty() {
                    return log.broken(format!("nothing, after {wait} ms"));
                }
                on_time(log, &mut set, &due, now)?;
            }
            log.note("asked", "how many timers never fired", "");
            log.expect(0, set.len())
        });
}

/// Claims that these were set, and are due now, and takes them out.
fn on_time(
    log: &Log,
    set: &mut Vec<(Timer, Duration)>,
    due: &[Timer],
    now: Duration,
) -> Result<(), Broken> {
    for timer in due {
        let Some(at) = set.iter().position(|(other, _)| other == timer) else {
            return log.broken(format!("{timer:?}, which isn't set"));
        };
        let (_, deadline) = set.remove(at);
        if deadline > now || now - deadline >= ms(1) {
            return log.broken(format!("a timer set for {deadline:?}"));
        }
    }
    Ok(())
}
