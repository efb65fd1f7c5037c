//! What passes in a storm, and what doesn't.

use std::time::Duration;

use support::check::{Broken, Log, check};

use super::exercise::*;

const EVERYBODY: [u8; 6] = [0xff; 6];
/// The group 224.0.0.251, RFC 1112, section 6.4.
const GROUP: [u8; 6] = [0x01, 0x00, 0x5e, 0, 0, 0xfb];
const BOB: [u8; 6] = [0x02, 0, 0, 0, 0, 2];

/// A guard that is asked, and the time of which it is told.
struct Switch(StormGuard);

impl Switch {
    /// At most `most` frames in 10 ms.
    fn guarded(log: &Log, most: usize) -> Self {
        log.note("guard", format!("at most {most} in 10 ms"), "");
        Switch(StormGuard::new(most, Duration::from_millis(10)))
    }

    /// Claims whether a frame passes that comes at this time.
    fn passes(
        &mut self,
        log: &Log,
        to: [u8; 6],
        millis: u64,
        due: bool,
    ) -> Result<(), Broken> {
        let digits: Vec<_> = to.iter().map(|b| format!("{b:02x}")).collect();
        log.note(
            "frame",
            format!("to {}", digits.join(":")),
            &format!("at {millis} ms"),
        );
        let mut frame = vec![0; 60];
        frame[..6].copy_from_slice(&to);
        let now = Duration::from_millis(millis);
        let told = |passes| match passes {
            true => "it passes".to_string(),
            false => "it is refused".to_string(),
        };
        log.expect(told(due), told(self.0.lets_pass(&frame, now)))
    }
}

#[test]
fn a_few_pass_and_no_more() {
    check("07", "A storm")
        .because("So many broadcasts are everyday life. More are a storm.")
        .run(|log| {
            let mut switch = Switch::guarded(log, 3);
            for _ in 0..3 {
                switch.passes(log, EVERYBODY, 1, true)?;
            }
            switch.passes(log, EVERYBODY, 1, false)?;
            switch.passes(log, EVERYBODY, 2, false)
        });
}

#[test]
fn a_frame_to_one_host_always_passes() {
    check("07", "A storm")
        .because(
            "It goes to one host, and makes no storm. It neither counts nor \
             is it held up by one.",
        )
        .run(|log| {
            let mut switch = Switch::guarded(log, 1);
            switch.passes(log, BOB, 0, true)?;
            switch.passes(log, BOB, 0, true)?;
            switch.passes(log, EVERYBODY, 1, true)?;
            switch.passes(log, EVERYBODY, 1, false)?;
            switch.passes(log, BOB, 1, true)
        });
}

#[test]
fn a_group_counts_as_well() {
    check("07", "A storm")
        .because(
            "A switch sends a group's frame out at every port, as it does \
             with one to everybody. One bit marks both.",
        )
        .run(|log| {
            let mut switch = Switch::guarded(log, 2);
            switch.passes(log, GROUP, 0, true)?;
            switch.passes(log, EVERYBODY, 0, true)?;
            switch.passes(log, GROUP, 1, false)
        });
}

#[test]
fn an_odd_byte_further_on_is_no_group() {
    check("07", "A storm")
        .because("Only the lowest bit of the first byte tells.")
        .run(|log| {
            let mut switch = Switch::guarded(log, 0);
            switch.passes(log, [0x02, 1, 1, 1, 1, 0xff], 0, true)?;
            switch.passes(
                log,
                [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff],
                0,
                true,
            )?;
            switch.passes(log, [0x03, 0, 0, 0, 0, 0], 0, false)
        });
}

#[test]
fn it_opens_again() {
    check("07", "A storm")
        .because(
            "What passed counts while it is less than the window old. At 10 \
             ms the frame of 0 ms doesn't count any more.",
        )
        .run(|log| {
            let mut switch = Switch::guarded(log, 1);
            switch.passes(log, EVERYBODY, 0, true)?;
            switch.passes(log, EVERYBODY, 9, false)?;
            switch.passes(log, EVERYBODY, 10, true)?;
            switch.passes(log, EVERYBODY, 19, false)?;
            switch.passes(log, EVERYBODY, 20, true)
        });
}

#[test]
fn no_stretch_of_time_has_more() {
    check("07", "A storm")
        .because(
            "Any 10 ms, not only those that begin at 0, 10, 20 ms: between 8 \
             and 12 ms, three have passed.",
        )
        .run(|log| {
            let mut switch = Switch::guarded(log, 3);
            for millis in [8, 9, 9] {
                switch.passes(log, EVERYBODY, millis, true)?;
            }
            switch.passes(log, EVERYBODY, 10, false)?;
            switch.passes(log, EVERYBODY, 12, false)?;
            switch.passes(log, EVERYBODY, 18, true)?;
            switch.passes(log, EVERYBODY, 18, false)?;
            switch.passes(log, EVERYBODY, 19, true)
        });
}

#[test]
fn what_was_refused_does_not_count() {
    check("07", "A storm")
        .given("storm", "a frame each ms, for 100 ms")
        .because(
            "It didn't pass. Were it counted, a storm that goes on would \
             keep the gate shut for ever.",
        )
        .run(|log| {
            let mut switch = Switch::guarded(log, 1);
            for millis in 0..100 {
                let due = millis % 10 == 0;
                switch.passes(log.afresh(), EVERYBODY, millis, due)?;
            }
            Ok(())
        });
}

#[test]
fn without_a_header_nothing_passes() {
    check("07", "A storm")
        .because(
            "14 bytes of header: whose frame is it, if they are not there? \
             There must be no panic either.",
        )
        .run(|log| {
            for length in [0, 1, 5, 6, 13] {
                let mut guard = StormGuard::new(1, Duration::from_millis(10));
                log.afresh().note("frame", format!("{length} bytes"), "");
                let frame = vec![0; length];
                log.expect(false, guard.lets_pass(&frame, Duration::ZERO))?;
            }
            let mut guard = StormGuard::new(1, Duration::from_millis(10));
            log.afresh().note("frame", "14 bytes, to one host", "");
            log.expect(true, guard.lets_pass(&[0; 14], Duration::ZERO))
        });
}
